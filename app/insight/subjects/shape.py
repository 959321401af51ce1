"""Verdicts on who answers where: load balancing, the target too near, duplicate replies."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from ....probe.wire import REPLY
from ...path.flow_map import hop_flows, is_parted, recent_hop_flows
from ...path.last_result import kept
from ...protocols import ICMP, PROTOCOLS
from ...trace.enumeration import CONFIDENCE_PERCENT
from .. import rules
from ..assessment import Verdict
from ..evidence.patterns import is_order_open
from ..evidence.series import LONG_ROUNDS
from ..place import Place, at_hop, hop_list
from ..wording import count, plural
from .loops import about_loops
from .notes import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.flow_map import HopFlows
    from ...path.snapshot import Hop, Snapshot
    from ..evidence.gather import Evidence
    from ..evidence.network import Shown

QUICK_ROUNDS = 16
TURNS_MIN = 7  # pairs of rounds with other addresses: by chance one hop in a hundred has so many
# Rounds that are looked back for flows; by turns each of them comes several times in so many.
ENUMERATED_ROUNDS = 256
UNSURE_SHOWN = 3
DOUBLED_SHOWN = 3
TWO_LENGTHS_MIN = 2
# From so many answers of the target, and from such a part of the rounds on, a hop far before the end is on a shorter
# path; single ones are forged or stray.
OFTEN_MIN, OFTEN_SHARE = 3, 0.2
# Linux and many others share load by ports, and ICMP by addresses alone: what looks like flows is one to them.
ICMP_ALONE = "Many routers share UDP and TCP over several paths and ICMP over one: -u or -T may find further routers."


def about_shape(evidence: Evidence, shown: Shown) -> list[Verdict]:
    """All verdicts on who answers where."""
    hops = evidence.snapshot.hops
    circling = about_loops(evidence, shown)
    verdicts = list(circling)
    flows = {hop.ttl: _flows(evidence, hop) for hop in hops if len(hop.responders) > 1}
    shared = [hop for hop in hops if hop.ttl in flows and len(flows[hop.ttl].answers) > 1]
    # Flows by turns come in an order of their own.
    by_order = evidence.snapshot.settings.flows < 2
    shared = [hop for hop in shared if not (by_order and is_order_open(evidence, hop))]
    passing = {hop.ttl for hop in shared if _passes_on(hops, hop, flows[hop.ttl])}
    shared = [hop for hop in shared if hop.ttl not in passing]
    verdicts += [_sometimes_twice(hops, ttl) for ttl in sorted(passing)]
    nearer = [] if circling else _target_nearer(evidence)  # what is beyond a loop answered before it began
    told = {ttl for one in nearer if one.place for ttl in range(one.place.first_ttl, one.place.last_ttl + 1)}
    trace = evidence.snapshot.target.address
    verdicts += [
        _by_turns(hop, shown) if _takes_turns(evidence, hop) else _balanced((trace, hop.ttl), flows[hop.ttl])
        for hop in shared
        if hop.ttl not in told
    ]
    verdicts += _enumerated(evidence)
    verdicts += _parted(evidence)
    verdicts += _twice(hops, evidence.snapshot.target.address) if evidence.snapshot.reached and not passing else []
    verdicts += nearer
    verdicts += _elsewhere(evidence.snapshot, shown)
    verdicts += _duplicates(hops)
    return verdicts


def _flows(evidence: Evidence, hop: Hop) -> HopFlows:
    """About how often each address answered on the current path, as far as one looks back, and in which flows."""
    snapshot = evidence.snapshot
    first_round = snapshot.last_round + 1 - len(hop.flows)
    return recent_hop_flows(hop, evidence.since, LONG_ROUNDS, first_round, snapshot.target.address)


# ---- load balancing -------------------------------------------------------------------------------------------------


def _takes_turns(evidence: Evidence, hop: Hop) -> bool:
    """Whether two addresses of a hop answer by turns, so often that it is no chance."""
    if evidence.snapshot.settings.flows > 1:  # they come in an order of their own
        return False
    rounds = len(hop.answered_by)
    for looked_at in (QUICK_ROUNDS, LONG_ROUNDS):  # the latest rounds tell nearly always that they do not
        answered = hop.answered_by[max(evidence.since, rounds - looked_at) :].tolist()
        pairs = [(one, other) for one, other in pairwise(answered) if one >= 0 <= other]
        if any(one == other for one, other in pairs):
            return False
    return len(pairs) >= TURNS_MIN and len({at for at in answered if at >= 0}) == 2


def _by_turns(hop: Hop, shown: Shown) -> Verdict:
    latest = dict.fromkeys(at for at in reversed(hop.answered_by.tolist()) if at >= 0)
    names = [shown(hop.responders[at].address) for at in sorted(list(latest)[:2])]
    return note(
        rules.ADDRESSES_BY_TURNS,
        at_hop(hop.ttl),
        "two addresses by turns",
        f"{names[0]} in one round, {names[1]} in the next",
        "One router that answers from two addresses, or load balancing packet by packet. Not a fault, and no change of"
        " the path.",
        addresses=2,
    )


@kept(places=256)
def _balanced(flows: HopFlows) -> Verdict:
    counts = flows.answers
    total = sum(counts.values())
    parts = " ".join(f"{100 * count / total:.0f} %" for _, count in counts.most_common())
    many = len(counts)
    phrase = f"load balancing over {many} addresses"
    reasons = ["Several routers answer at this hop: load balancing. Not a fault."]
    if flows.balance:
        phrase += f", per {flows.balance}"
    if flows.balance == "packet":
        reasons = ["One flow meets several routers: packets of one connection may overtake each other."]
    elif flows.balance == "flow":
        reasons = ["Each flow keeps to one address: load balancing per flow (ECMP). Not a fault."]
    if flows.complete:
        what = "flows" if flows.by_flow else "probes"
        confidence = f"with {CONFIDENCE_PERCENT} % confidence"
        reasons.append(f"{flows.trials} {what} without another address: {confidence} these are all.")
    return note(
        rules.LOAD_BALANCING,
        at_hop(flows.ttl),
        phrase,
        parts,
        *reasons,
        addresses=many,
        answers=total,
        trials=flows.trials,
        balance=flows.balance,
    )


def _enumerated(evidence: Evidence) -> list[Verdict]:
    """Of several flows: whether they have met all addresses of all hops, as far as one has to look back for that."""
    snapshot = evidence.snapshot
    if snapshot.settings.flows < 2 or not snapshot.hops:
        return []
    since = max(evidence.since, len(snapshot.hops[0].flows) - ENUMERATED_ROUNDS)
    hops = [one for one in (hop_flows(hop, since) for hop in snapshot.hops) if one.found]
    answered = len({flow for one in hops for flow in one.by_flow})
    if answered < 2:
        return []
    unsure = [one for one in hops if not one.complete]
    where, figures = Place(hops[0].ttl, hops[-1].ttl), f"{answered} flows"
    numbers = {"flows": answered, "unsure": len(unsure)}
    if not unsure:
        reasons = [f"With {CONFIDENCE_PERCENT} % confidence no hop has further ones."]
        phrase = "all addresses found"
        if snapshot.settings.protocol == ICMP.name and all(one.found == 1 for one in hops):
            phrase = "all addresses found for ICMP"
            reasons.append(ICMP_ALONE)
        return [note(rules.ALL_ADDRESSES_FOUND, where, phrase, figures, *reasons, **numbers)]
    shown = ", ".join(f"hop {one.ttl}: {one.found} in {one.trials} flows" for one in unsure[:UNSURE_SHOWN])
    more = f", and {plural(len(unsure) - UNSURE_SHOWN, 'more hop')}" if len(unsure) > UNSURE_SHOWN else ""
    reason = f"Too few flows have answered to know all routers ({shown}{more})."
    return [note(rules.MORE_ADDRESSES_POSSIBLE, where, "more addresses are possible", figures, reason, **numbers)]


def _parted(evidence: Evidence) -> list[Verdict]:
    """Hops that are probed outside the one flow; one note for all."""
    snapshot = evidence.snapshot
    if not snapshot.settings.flows or PROTOCOLS[snapshot.settings.protocol].flow_field != "ports":
        return []
    ttls = [hop.ttl for hop in snapshot.hops if is_parted(hop)]
    if not ttls:
        return []
    why = (
        "These routers quote too little of a packet to tell probes of one flow apart, so their rows are not of one"
        " flow. Root can tell them apart."
    )
    where = Place(ttls[0], ttls[-1])
    return [note(rules.PER_PROBE_PORTS, where, "per-probe ports", hop_list(tuple(ttls)), why, hops=len(ttls))]


# ---- one router twice -----------------------------------------------------------------------------------------------


def _passes_on(hops: tuple[Hop, ...], hop: Hop, flows: HopFlows) -> bool:
    """Whether the other one of a hop's two addresses is the next hop's only one: it got what had no TTL left."""
    beyond = next((one for one in hops[:-1] if one.ttl == hop.ttl + 1), None)
    answering = {hop.responders[at].address for at in flows.answers}
    return beyond is not None and len(answering) == 2 and {one.address for one in beyond.responders} < answering


def _sometimes_twice(hops: tuple[Hop, ...], ttl: int) -> Verdict:
    """A router that answers for its own hop and, now and then, for the one before it."""
    address = next(hop.address for hop in hops if hop.ttl == ttl + 1)
    why = f"Hop {ttl} forwards some packets whose TTL has run out. Neither a loop nor load balancing."
    return note(rules.REPEATED_ROUTER, Place(ttl, ttl + 1), "the same router twice", f"{address}, in some rounds", why)


def _twice(hops: tuple[Hop, ...], target: str) -> list[Verdict]:
    """One router at two hops in a row, and no more often: a loop it is not. Of the target's address more is known."""
    addresses = [hop.address for hop in hops[:-1]]
    for at, (first, second) in enumerate(pairwise(addresses)):
        if first not in {None, target} and first == second and addresses.count(first) == 2:
            ttl = hops[at].ttl
            why = "It forwards packets whose TTL has run out, or it is a NAT. Not a loop."
            return [note(rules.REPEATED_ROUTER, Place(ttl, ttl + 1), "the same router twice", first, why)]
    return []


# ---- the target, duplicates -----------------------------------------------------------------------------------------


def _target_nearer(evidence: Evidence) -> list[Verdict]:
    """The target's address at a hop where a router answers too: a forged answer, or paths of two lengths."""
    snapshot = evidence.snapshot
    if not snapshot.reached:
        return []
    end, verdicts = snapshot.hops[-1].ttl, []
    gateways: list[tuple[int, int]] = []
    two_distances = False
    for hop in snapshot.hops:
        addresses = [responder.address for responder in hop.responders]
        if snapshot.target.address in addresses:
            responder = hop.responders[addresses.index(snapshot.target.address)]
            if hop.ttl < end and not responder.ends(snapshot.target.address):
                gateways.append((hop.ttl, responder.statistics.answers))
                continue
        if snapshot.target.address not in addresses or (len(addresses) < 2 and hop.ttl >= end - 1):
            continue
        counts = hop_flows(hop, max(evidence.since, len(hop.flows) - LONG_ROUNDS)).answers  # each one counts
        mine = counts[addresses.index(snapshot.target.address)]
        others = sum(counts.values()) - mine
        figures = f"{mine} of {mine + others} answers are the target's"
        figures += ", the others a router's" if others else ""
        rounds = min(len(hop.flows) - evidence.since, LONG_ROUNDS)
        if hop.ttl < end - 1 and mine >= OFTEN_MIN and mine >= OFTEN_SHARE * rounds:
            if two_distances:
                continue  # probes with a higher TTL meet the shorter path, too
            rule, phrase = rules.TARGET_AT_TWO_DISTANCES, "the target at two distances"
            why = (
                f"It is {hop.ttl} or {end} hops away: paths of two lengths lead to it, by load balancing or as its"
                " route changes. The table ends at the hop where the target answered last."
            )
        elif hop.ttl < end - 1 and mine:
            rule, phrase = rules.TARGET_TOO_NEAR, "the target's address too near"
            why = f"The target is {end} hops away: a forged or a stray reply. It is counted once, at this hop."
        elif min(mine, others) >= TWO_LENGTHS_MIN and not two_distances and not is_order_open(evidence, hop):
            rule, phrase = rules.TARGET_AT_TWO_DISTANCES, "the target at two distances"
            why = "Paths of two lengths lead to it. The table ends at the hop where the target answered last."
        else:
            continue
        two_distances |= rule is rules.TARGET_AT_TWO_DISTANCES
        verdicts.append(note(rule, at_hop(hop.ttl), phrase, figures, why, answers=mine, others=others))
    return [*_gateways(gateways), *verdicts]


def _gateways(found: Sequence[tuple[int, int]]) -> list[Verdict]:
    """Hops at which TTL exceeded came from the target's address, with their answers; those in a row together."""
    verdicts = []
    for _, run in groupby(enumerate(found), lambda one: one[1][0] - one[0]):
        hops = [hop for _, hop in run]
        why = "TTL exceeded is what a router says: this one translates addresses (NAT64, DNAT). The path goes on."
        if len(hops) > 1:
            why += " It puts its address in the place of later routers' too."
        figures = f"{sum(answers for _, answers in hops)} answers"
        where = Place(hops[0][0], hops[-1][0])
        verdicts.append(
            note(rules.GATEWAY_WITH_TARGET_ADDRESS, where, "a gateway has the target's address", figures, why)
        )
    return verdicts


def _elsewhere(snapshot: Snapshot, shown: Shown) -> list[Verdict]:
    """Replies at the end of the path that come from another address than the target's."""
    if not snapshot.reached:
        return []
    end = snapshot.hops[-1]
    others = [
        one.address
        for one in end.responders
        if one.address != snapshot.target.address and any(word == REPLY for word, *_ in one.kinds)
    ]
    if not others:
        return []
    figures = f"{shown(others[0])} replies for {snapshot.target.address}"
    why = "The replies bring back what only the probes held: anycast, or a host with several addresses."
    return [note(rules.REPLY_FROM_ELSEWHERE, at_hop(end.ttl), "replies from another address", figures, why)]


def _duplicates(hops: tuple[Hop, ...]) -> list[Verdict]:
    """Probes that were answered twice; one note for hops in a row, those that never answer left out."""
    runs: list[list[Hop]] = []
    for hop in hops:
        if not hop.duplicates:
            continue
        between = hops[runs[-1][-1].ttl - hops[0].ttl + 1 : hop.ttl - hops[0].ttl] if runs else ()
        if runs and not any(one.received for one in between):
            runs[-1].append(hop)
        else:
            runs.append([hop])
    return [_doubled(run) for run in runs]


def _doubled(run: list[Hop]) -> Verdict:
    total = sum(hop.duplicates for hop in run)
    answered = sum(hop.received for hop in run)
    elsewhere = sum(hop.duplicates_elsewhere for hop in run)
    figures = f"{count(total)} of {count(answered)}; each is counted once"
    if len(run) > 1:
        most = sorted(sorted(run, key=lambda hop: -hop.duplicates)[:DOUBLED_SHOWN], key=lambda hop: hop.ttl)
        where = ", ".join(f"hop {hop.ttl}: {count(hop.duplicates)} of {count(hop.received)}" for hop in most)
        more = f", {plural(len(run) - len(most), 'more hop')}" if len(run) > len(most) else ""
        figures = f"{where}{more}; each is counted once"
    reasons = ["A link or a host duplicates packets, on the forward or return path, or two hosts share one address."]
    if elsewhere:
        replies = f"{count(elsewhere)} duplicate {'reply' if elsewhere == 1 else 'replies'}"
        reasons.append(f"{replies} came from another address than the first: over another path, or forged.")
    return note(
        rules.DUPLICATE_REPLIES,
        Place(run[0].ttl, run[-1].ttl),
        "some probes answered twice",
        figures,
        *reasons,
        duplicates=total,
        answered=answered,
        elsewhere=elsewhere,
    )
