"""Verdicts on the shape of the path: P1, P3, P11, P12, and paths that flap."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from ...path.flow_map import hop_flows, is_parted, recent_hop_flows
from ...path.last_result import kept
from ...trace.enumeration import CONFIDENCE_PERCENT
from ..assessment import Verdict, span
from ..evidence.patterns import flapping
from ..evidence.series import LONG_ROUNDS
from ..finding import Finding, Rank, note
from ..wording import chance, count, plural

if TYPE_CHECKING:
    from ...path.flow_map import HopFlows
    from ...path.snapshot import Hop
    from ..evidence.gather import Evidence

LOOP_VISITS = 3
# Rounds that are looked back for flows; by turns each of them comes several times in so many.
ENUMERATED_ROUNDS = 256
UNSURE_SHOWN = 3
DOUBLED_SHOWN = 3
TWO_LENGTHS_MIN = 2
# Addresses that come in stretches with so small a chance under balancing are a route that comes and goes.
FLAP_P = 1e-4


def about_shape(evidence: Evidence) -> list[Finding]:
    """All verdicts on who answers where."""
    hops = evidence.snapshot.hops
    findings = [found for found in (_loop(evidence),) if found is not None]
    flows = {hop.ttl: _flows(evidence, hop) for hop in hops if len(hop.responders) > 1}
    shared = [hop for hop in hops if hop.ttl in flows and len(flows[hop.ttl].answers) > 1]
    # Flows by turns come in an order of their own.
    flaps = [hop for hop in shared if evidence.snapshot.settings.flows < 2 and flapping(evidence, hop) < FLAP_P]
    findings += [_flap(evidence, flaps)] if flaps else []
    nearer = _target_nearer(evidence)
    told = {finding.verdict.last_ttl for finding in nearer}
    trace = evidence.snapshot.target.address
    findings += [
        _balanced((trace, hop.ttl), flows[hop.ttl]) for hop in shared if hop not in flaps and hop.ttl not in told
    ]
    findings += _enumerated(evidence)
    findings += _parted(evidence)
    findings += _twice(hops) if evidence.snapshot.reached else []
    findings += nearer
    findings += _duplicates(hops)
    return findings


def _flows(evidence: Evidence, hop: Hop) -> HopFlows:
    """About how often each address answered on the current path, as far as one looks back, and in which flows."""
    snapshot = evidence.snapshot
    first_round = snapshot.last_round + 1 - len(hop.flows)
    return recent_hop_flows(hop, evidence.since, LONG_ROUNDS, first_round, snapshot.target.address)


# ---- P1 -----------------------------------------------------------------------------------------------------------


@kept(places=256)
def _balanced(flows: HopFlows) -> Finding:
    counts = flows.answers
    total = sum(counts.values())
    parts = " ".join(f"{100 * count / total:.0f} %" for _, count in counts.most_common())
    many = len(counts)
    title = f"Load shared over {many} addresses"
    reasons = ["Routers take turns in answering; the load is shared between them. Not a fault."]
    if flows.balance == "packet":
        title += ", packet by packet"
        reasons = ["One flow meets several routers: packets of one connection may overtake each other."]
    elif flows.balance == "flow":
        title += ", by flow"
        reasons = ["Each flow keeps to one address: the load is shared flow by flow. Not a fault."]
    if flows.complete:
        what = "flows" if flows.by_flow else "probes"
        confidence = f"with {CONFIDENCE_PERCENT} % confidence"
        reasons.append(f"{flows.trials} {what} without another address: {confidence} these are all.")
    return note("P1", flows.ttl, flows.ttl, title, parts, *reasons, addresses=many, answers=total, trials=flows.trials)


def _enumerated(evidence: Evidence) -> list[Finding]:
    """Of several flows: whether they have met all addresses of all hops, as far as one has to look back for that."""
    snapshot = evidence.snapshot
    if snapshot.settings.flows < 2 or not snapshot.hops:
        return []
    since = max(evidence.since, len(snapshot.hops[0].flows) - ENUMERATED_ROUNDS)
    hops = [one for one in (hop_flows(hop, since) for hop in snapshot.hops) if one.found]
    held = len({flow for one in hops for flow in one.by_flow})
    if held < 2:
        return []
    unsure = [one for one in hops if not one.complete]
    first, last = hops[0].ttl, hops[-1].ttl
    figures = f"{held} flows"
    if not unsure:
        reason = f"With {CONFIDENCE_PERCENT} % confidence no hop has further ones."
        return [note("P1", first, last, "All addresses found", figures, reason, flows=held, unsure=0)]
    where = ", ".join(f"hop {one.ttl}: {one.found} in {one.trials} flows" for one in unsure[:UNSURE_SHOWN])
    more = f", and {len(unsure) - UNSURE_SHOWN} more hops" if len(unsure) > UNSURE_SHOWN else ""
    reason = f"Too few flows have answered to know all routers ({where}{more})."
    return [note("P1", first, last, "There may be more addresses", figures, reason, flows=held, unsure=len(unsure))]


def _parted(evidence: Evidence) -> list[Finding]:
    """Hops that are probed outside of the flow that all others are in; one note for all."""
    snapshot = evidence.snapshot
    if not snapshot.settings.flows or snapshot.settings.protocol != "udp":
        return []
    ttls = [hop.ttl for hop in snapshot.hops if is_parted(hop)]
    if not ttls:
        return []
    why = (
        "These routers quote too little of a packet to tell probes of one flow apart, so their rows are not of one"
        " flow. As root they can be told."
    )
    figures = f"hop {', '.join(map(str, ttls))}"
    return [note("P1", ttls[0], ttls[-1], "Probes with ports of their own", figures, why, hops=len(ttls))]


# ---- P2 (flap) ---------------------------------------------------------------------------------------------------


def _flap(evidence: Evidence, hops: list[Hop]) -> Finding:
    first, last = hops[0].ttl, hops[-1].ttl
    p_value = max(flapping(evidence, hop) for hop in hops)
    verdict = Verdict(
        "P2",
        "warning",
        first,
        last,
        "Path flaps",
        figures=f"the same routers come and go at hop {span(first, last)}",
        reasons=(f"They come in stretches, not at random ({chance(p_value)}): a route that changes to and fro.",),
        numbers=(("p_value", p_value), ("hops", len(hops))),
    )
    return Finding(
        Rank.CHANGE, verdict, (("The path flaps", f"between routers at hop {span(first, last)}, to and fro."),)
    )


# ---- P3 -----------------------------------------------------------------------------------------------------------


def _loop(evidence: Evidence) -> Finding | None:
    """The same routers again and again, to the end, and the target not reached."""
    snapshot = evidence.snapshot
    if snapshot.reached:
        return None
    answering = [
        (hop.ttl, address) for hop in snapshot.hops if (address := hop.address) is not None and not hop.waiting
    ]
    visits = Counter(address for _, address in answering)
    members = {address for address, often in visits.items() if often >= LOOP_VISITS}
    ttls = [ttl for ttl, address in answering if address in members]
    if not ttls or (len(members) < 2 and _longest_repeat(answering, members) < LOOP_VISITS):
        return None
    behind = [address for ttl, address in answering if ttl >= ttls[0]]
    if sum(address in members for address in behind) < 0.8 * len(behind):
        return None
    names = list(dict.fromkeys(address for _, address in answering if address in members))
    verdict = Verdict(
        "P3",
        "fault",
        ttls[0],
        ttls[-1],
        "Routing loop",
        figures=f"{' and '.join(names[:3])} in turn, {len(ttls)} times",
        reasons=("Packets go in a circle until their time to live ends. The routers' operators must mend it.",),
        numbers=(("members", len(names)), ("visits", len(ttls))),
    )
    return Finding(
        Rank.LOOP,
        verdict,
        (
            ("Routing loop:", f"from hop {ttls[0]} on packets go in a circle between {' and '.join(names[:2])}."),
            ("Routing loop:", f"from hop {ttls[0]} on packets go in a circle."),
        ),
    )


def _longest_repeat(answering: list[tuple[int, str]], members: set[str]) -> int:
    longest = run = 0
    for _, address in answering:
        run = run + 1 if address in members else 0
        longest = max(longest, run)
    return longest


def _twice(hops: tuple[Hop, ...]) -> list[Finding]:
    """One router at two hops in a row, and no more often: a loop it is not."""
    addresses = [hop.address for hop in hops[:-1]]
    for at, (first, second) in enumerate(pairwise(addresses)):
        if first is not None and first == second and addresses.count(first) == 2:
            ttl = hops[at].ttl
            why = "It forwards packets whose time is up, or translates addresses. Not a loop."
            return [note("P3", ttl, ttl + 1, "The same router twice", first, why)]
    return []


# ---- P11, P12 -----------------------------------------------------------------------------------------------------


def _target_nearer(evidence: Evidence) -> list[Finding]:
    """The target's address at a hop where a router answers too: a forged answer, or paths of two lengths."""
    snapshot = evidence.snapshot
    if not snapshot.reached:
        return []
    end, findings = snapshot.hops[-1].ttl, []
    for hop in snapshot.hops:
        addresses = [responder.address for responder in hop.responders]
        if snapshot.target.address not in addresses or (len(addresses) < 2 and hop.ttl >= end - 1):
            continue
        counts = hop_flows(hop, max(evidence.since, len(hop.flows) - LONG_ROUNDS)).answers  # each one counts
        mine = counts[addresses.index(snapshot.target.address)]
        others = sum(counts.values()) - mine
        figures = f"{mine} of {mine + others} answers are the target's"
        figures += ", the others a router's" if others else ""
        if hop.ttl < end - 1 and mine:
            title = "The target's address too near"
            why = f"The target is {end} hops away: a forged or a strayed answer. It is counted once, at this hop."
            findings.append(note("P11", hop.ttl, hop.ttl, title, figures, why, answers=mine, others=others))
        elif min(mine, others) >= TWO_LENGTHS_MIN:
            title = "The target at two distances"
            why = "Balanced paths of two lengths lead to it. The rows end where it answered last, so none is doubled."
            findings.append(note("P12", hop.ttl, hop.ttl, title, figures, why, answers=mine, others=others))
    return findings


def _duplicates(hops: tuple[Hop, ...]) -> list[Finding]:
    """Probes that were answered a second time; one note for hops in a row, those that never answer left out."""
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


def _doubled(run: list[Hop]) -> Finding:
    total = sum(hop.duplicates for hop in run)
    answered = sum(hop.received for hop in run)
    elsewhere = sum(hop.duplicates_elsewhere for hop in run)
    figures = f"{count(total)} of {count(answered)}; each is counted once"
    if len(run) > 1:
        most = sorted(sorted(run, key=lambda hop: -hop.duplicates)[:DOUBLED_SHOWN], key=lambda hop: hop.ttl)
        where = ", ".join(f"hop {hop.ttl}: {count(hop.duplicates)} of {count(hop.received)}" for hop in most)
        more = f", {plural(len(run) - len(most), 'more hop')}" if len(run) > len(most) else ""
        figures = f"{where}{more}; each is counted once"
    reasons = ["A link or a host sends packets double, on the way there or back, or two hosts have one address."]
    if elsewhere:
        reasons.append(
            f"{plural(elsewhere, 'second answer')} came from another address than the first: from another way that the"
            " double took, or forged."
        )
    return note(
        "P11",
        run[0].ttl,
        run[-1].ttl,
        "Some probes answered twice",
        figures,
        *reasons,
        duplicates=total,
        answered=answered,
        elsewhere=elsewhere,
    )
