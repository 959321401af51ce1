"""Verdicts on the shape of the path: P1, P3 to P6, P9, P10."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from ...probe.wire import TTL_EXPIRED
from ..trace.flows import flow_of
from .assessment import Verdict, span
from .finding import Finding, Rank
from .patterns import flapping
from .wording import chance

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from ..path.snapshot import Hop, Responder
    from .evidence import Evidence

# Probes without a further address after which k are all, with 95 % confidence (multipath detection's stopping rule).
ENOUGH_PROBES = (6, 11, 16, 21, 27, 33, 38, 44, 51, 57)
CARRIER_NAT = ip_network("100.64.0.0/10")  # RFC 6598
PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))  # RFC 1918, RFC 4193
INITIAL_TTLS = (32, 64, 128, 255)
ASYMMETRIC_HOPS = 3
LOOP_VISITS = 3
# A flow keeps to an address that gives so much of its answers; to say so takes a few.
BY_FLOW_SHARE, BY_FLOW_MIN = 0.95, 3
# Addresses that come in stretches with so small a chance under balancing are a route that comes and goes.
FLAP_P = 1e-4


def about_shape(evidence: Evidence) -> list[Finding]:
    """All verdicts on addresses, labels and quoted headers."""
    hops = evidence.snapshot.hops
    findings = [found for found in (_loop(evidence),) if found is not None]
    shares = {hop.ttl: _shares(hop, evidence.since) for hop in hops if len(hop.responders) > 1}
    shared = [hop for hop in hops if len(shares.get(hop.ttl, ())) > 1]
    # Flows by turns come in an order of their own.
    flaps = [hop for hop in shared if evidence.snapshot.settings.flows < 2 and flapping(evidence, hop) < FLAP_P]
    findings += [_flap(evidence, flaps)] if flaps else []
    findings += [_balanced(evidence, hop, shares[hop.ttl]) for hop in shared if hop not in flaps]
    findings += _tunnels(hops)
    findings += _nat(hops)
    findings += _asymmetric(hops)
    findings += _rewritten(evidence)
    return findings


def _note(rule: str, first: int, last: int, title: str, figures: str, *reasons: str, **numbers: float | str) -> Finding:
    verdict = Verdict(
        rule, "note", first, last, title, figures=figures, reasons=reasons, numbers=tuple(numbers.items())
    )
    return Finding(Rank.HARMLESS, verdict)


def _shares(hop: Hop, since: int) -> Counter[int]:
    """How often each address answered on the current path."""
    counts = Counter(hop.answered_by[since:].tolist())
    del counts[-1]
    return counts


# ---- P1 -----------------------------------------------------------------------------------------------------------


def _balanced(evidence: Evidence, hop: Hop, counts: Counter[int]) -> Finding:
    total = sum(counts.values())
    parts = " ".join(f"{100 * count / total:.0f} %" for _, count in counts.most_common())
    many = len(counts)
    title = f"Load shared over {many} addresses"
    reasons = ["Routers take turns in answering; the load is shared between them. Not a fault."]
    trials = total
    by_flow = _by_flow(evidence, hop)
    if by_flow:
        trials = len(by_flow)
        mixed = [flow for flow in by_flow.values() if max(flow.values()) < BY_FLOW_SHARE * sum(flow.values())]
        enough_each = [flow for flow in by_flow.values() if sum(flow.values()) >= BY_FLOW_MIN]
        if mixed:
            title += ", packet by packet"
            reasons = ["One flow meets several routers: packets of one connection may overtake each other."]
        elif enough_each:
            title += ", by flow"
            reasons = ["Each flow keeps to one address: the load is shared flow by flow. Not a fault."]
    enough = ENOUGH_PROBES[many - 1] if many <= len(ENOUGH_PROBES) else 0
    if enough and trials >= enough:
        what = "flows" if by_flow else "probes"
        reasons.append(f"{trials} {what} without another address: with 95 % confidence these are all.")
    return _note("P1", hop.ttl, hop.ttl, title, parts, *reasons, addresses=many, answers=total, trials=trials)


def _by_flow(evidence: Evidence, hop: Hop) -> dict[int, Counter[int]]:
    """How often each address answered each flow; empty where every probe had a flow of its own."""
    settings = evidence.snapshot.settings
    if not settings.flows or settings.protocol not in {"icmp", "udp"}:
        return {}
    first_round = evidence.snapshot.last_round + 1 - len(hop.answered_by)
    flows: dict[int, Counter[int]] = {}
    for number, responder in enumerate(hop.answered_by[evidence.since :].tolist(), start=first_round + evidence.since):
        if responder >= 0:
            flows.setdefault(flow_of(settings, number), Counter())[responder] += 1
    return flows


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


# ---- P4 -----------------------------------------------------------------------------------------------------------


def _tunnels(hops: tuple[Hop, ...]) -> list[Finding]:
    """Runs of hops that answer with label stacks."""
    findings = []
    run: list[Hop] = []
    for hop in (*hops, None):
        labelled = hop is not None and any(responder.labels for responder in hop.responders)
        if hop is not None and labelled:
            run.append(hop)
            continue
        if run:
            findings.append(_tunnel(run))
        run = []
    return findings


def _tunnel(run: list[Hop]) -> Finding:
    stacks = [responder.labels for hop in run for responder in hop.responders if responder.labels]
    labels = ", ".join(dict.fromkeys(str(stack[0].label) for stack in stacks))
    last_us = run[-1].statistics.best
    near = sum(abs(hop.statistics.best - last_us) <= max(1000, last_us // 20) for hop in run)
    reasons = ["These routers forward by MPLS label."]
    if len(run) > 1 and near > 1:
        reasons = ["Times inside a tunnel are those of its far end; do not compare them hop by hop."]
    return _note(
        "P4", run[0].ttl, run[-1].ttl, "MPLS tunnel", f"labels {labels}", *reasons, hops=len(run), flattened=near
    )


# ---- P5 -----------------------------------------------------------------------------------------------------------


def _nat(hops: tuple[Hop, ...]) -> list[Finding]:
    findings = []
    if {hop.ttl for hop in hops if hop.ttl <= 2 and _within(hop.address, PRIVATE)} == {1, 2}:
        findings.append(
            _note(
                "P5",
                1,
                2,
                "Two private routers in a row",
                "",
                "Perhaps address translation twice (a router behind a router): that hinders calls and games.",
            )
        )
    carrier = next((hop for hop in hops if hop.ttl <= 4 and _within(hop.address, (CARRIER_NAT,))), None)
    if carrier is not None:
        findings.append(
            _note(
                "P5",
                carrier.ttl,
                carrier.ttl,
                "Carrier's address translation",
                f"{carrier.address} is of {CARRIER_NAT}",
                "The access network shares public addresses between customers.",
            )
        )
    return findings


def _within(address: str | None, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether an address lies in one of the networks; a hidden or scoped one does not."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return False
    return any(parsed.version == network.version and parsed in network for network in networks)


# ---- P6 -----------------------------------------------------------------------------------------------------------


def _asymmetric(hops: tuple[Hop, ...]) -> list[Finding]:
    """The first hop from which on answers take another number of hops back; one note for all."""
    for hop in hops:
        responder = _main(hop)
        if responder is None or responder.reply_ttl is None or responder.statistics.answers < 5:
            continue
        back = next(initial for initial in INITIAL_TTLS if responder.reply_ttl <= initial) - responder.reply_ttl + 1
        if abs(back - hop.ttl) >= ASYMMETRIC_HOPS:
            return [
                _note(
                    "P6",
                    hop.ttl,
                    hop.ttl,
                    "Answers come back another way",
                    f"{hop.ttl} hops there, about {back} back",
                    "A loss or delay seen from here on may be on the way back.",
                    there=hop.ttl,
                    back=back,
                )
            ]
    return []


# ---- P9, P10 ------------------------------------------------------------------------------------------------------


def _rewritten(evidence: Evidence) -> list[Finding]:
    """What routers quote of the packet is not what was sent."""
    sent_tos = evidence.snapshot.settings.tos
    findings = []
    tos_hop = next(
        (hop for hop in evidence.snapshot.hops if (one := _main(hop)) and _quoted(one, one.quoted_tos, sent_tos)), None
    )
    if tos_hop is not None and (one := _main(tos_hop)) is not None:
        findings.append(
            _note(
                "P9",
                tos_hop.ttl,
                tos_hop.ttl,
                "Type of service rewritten",
                f"sent {sent_tos}, arrived as {one.quoted_tos}",
                f"A router before hop {span(tos_hop.ttl, tos_hop.ttl)} changed it, so marked traffic loses its class.",
                sent=sent_tos,
                arrived=one.quoted_tos or 0,
            )
        )
    for hop in evidence.snapshot.hops:
        responder = _main(hop)
        if responder is None or any(word != TTL_EXPIRED for word, *_ in responder.kinds):
            continue  # only a packet whose time was up has to arrive with 1
        if _quoted(responder, responder.quoted_ttl, 1):
            findings.append(
                _note(
                    "P10",
                    hop.ttl,
                    hop.ttl,
                    "Time to live rewritten",
                    f"arrived with {responder.quoted_ttl} instead of 1",
                    "A device before this hop changes it, or forwards packets whose time is up.",
                    arrived=responder.quoted_ttl or 0,
                )
            )
            break
    return findings


def _quoted(responder: Responder, quoted: int | None, sent: int) -> bool:
    return quoted is not None and quoted != sent and responder.statistics.answers >= 3


def _main(hop: Hop) -> Responder | None:
    """The address that answered last."""
    return hop.responders[hop.latest] if hop.latest >= 0 else None
