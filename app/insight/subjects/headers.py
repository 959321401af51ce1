"""Verdicts on what answers carry: MPLS labels, addresses, times to live, quoted headers (P4 to P6, P9, P10)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import TYPE_CHECKING

from ....probe.wire import TTL_EXPIRED
from ..assessment import span
from ..finding import Finding, note
from ..wording import milliseconds

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from ...path.snapshot import Hop, Responder
    from ..evidence.gather import Evidence

CARRIER_NAT = ip_network("100.64.0.0/10")  # RFC 6598
PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))  # RFC 1918, RFC 4193
INITIAL_TTLS = (32, 64, 128, 255)
ASYMMETRIC_HOPS = 3
# So many quotes of a hop must differ from what was sent, and none agree with it.
QUOTES_MIN = 3
# So many answers must agree before the way back is counted, or a handshake compared.
HOPS_BACK_MIN = 5
# What a translator changes, how that is called and what it means; what makes another checksum comes first.
_TRANSLATED = (
    (
        "source",
        "source address",
        "A device there translates addresses, and does not put them back in what routers quote.",
    ),
    (
        "port",
        "source port",
        "A device there translates ports and does not put them back in what routers quote. Only root hears these hops.",
    ),
    (
        "checksum",
        "UDP checksum",
        "A device there translates addresses, and puts them back in what comes back, but not the checksum.",
    ),
    (
        "identification",
        "identification (IPv4)",
        "A device there makes headers anew, as some translators and firewalls do.",
    ),
)
# A step that may hide a tunnel; a handshake so much faster than the hop before may be a proxy's.
HIDDEN_STEP_US = 10_000
PROXY_SHARE, PROXY_US = 0.5, 5_000


def about_headers(evidence: Evidence) -> list[Finding]:
    """All verdicts on labels, addresses and headers."""
    hops = evidence.snapshot.hops
    return [
        *_tunnels(hops),
        *_hidden_tunnel(hops),
        *_nat(hops),
        *_translators(hops),
        *_asymmetric(hops),
        *_rewritten(evidence),
        *_proxy(evidence),
    ]


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
    return note(
        "P4", run[0].ttl, run[-1].ttl, "MPLS tunnel", f"labels {labels}", *reasons, hops=len(run), flattened=near
    )


def _hidden_tunnel(hops: tuple[Hop, ...]) -> list[Finding]:
    """A step in time, and more hops back than there: routers in between that do not lower the time to live."""
    for first, second in pairwise(hops[:-1]):
        back, farther = hops_back(first), hops_back(second)
        if back is None or farther is None or any(one.labels for one in (*first.responders, *second.responders)):
            continue
        step_us = second.statistics.best - first.statistics.best
        if step_us > HIDDEN_STEP_US and farther - back >= 1 + ASYMMETRIC_HOPS:
            return [
                note(
                    "P4",
                    first.ttl,
                    second.ttl,
                    "Perhaps a hidden tunnel",
                    f"one hop there, {farther - back} back, +{milliseconds(step_us)} ms",
                    "Routers in between may forward by label without counting, or the way back is another.",
                    step_us=step_us,
                    back=farther - back,
                )
            ]
    return []


# ---- P5 -----------------------------------------------------------------------------------------------------------


def _nat(hops: tuple[Hop, ...]) -> list[Finding]:
    findings = []
    if {hop.ttl for hop in hops if hop.ttl <= 2 and _within(hop.address, PRIVATE)} == {1, 2}:
        findings.append(
            note(
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
            note(
                "P5",
                carrier.ttl,
                carrier.ttl,
                "Carrier's address translation",
                f"{carrier.address} is of {CARRIER_NAT}",
                "The access network shares public addresses between customers.",
            )
        )
    return findings


def _translators(hops: tuple[Hop, ...]) -> list[Finding]:
    """From which hop on quotes differ from what was sent, all of them: what did it is before that hop."""
    quoted = [(hop, sum(one.rewrites.quotes for one in hop.responders)) for hop in hops]
    quoted = [(hop, quotes) for hop, quotes in quoted if quotes >= QUOTES_MIN]
    findings = []
    for what, name, why in _TRANSLATED:
        changed = [sum(getattr(one.rewrites, what) for one in hop.responders) for hop, _ in quoted]
        before = next((at for at, number in enumerate(changed) if number), len(changed))
        behind = list(zip(quoted, changed, strict=True))[before:]
        # What differs from the first hop on may be this host's own doing.
        if not before or not behind or any(number < quotes for (_, quotes), number in behind):
            continue
        ttl, nearest = behind[0][0][0].ttl, quoted[before - 1][0].ttl
        findings.append(
            note(
                "P5",
                nearest,
                ttl,
                "Headers made anew" if what == "identification" else "Address translation",
                f"the {name} is rewritten before hop {ttl}, and not before hop {nearest}",
                why,
                quotes=sum(quotes for (_, quotes), _ in behind),
                before=ttl,
                what=what,
            )
        )
        break  # another address or port makes another checksum
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
        back = hops_back(hop)
        if back is not None and abs(back - hop.ttl) >= ASYMMETRIC_HOPS:
            return [
                note(
                    "P6",
                    hop.ttl,
                    hop.ttl,
                    "Answers come back another way",
                    f"{hop.ttl} hops there, about {back} back",
                    "A loss or delay seen from here on may be on the way back.",
                    there=hop.ttl,
                    back=back,
                    answers=hop.received,
                )
            ]
    return []


def hops_back(hop: Hop) -> int | None:
    """How many hops the answers of a hop's latest address took; None where too few tell."""
    responder = _main(hop)
    if responder is None or responder.reply_ttl is None or responder.statistics.answers < HOPS_BACK_MIN:
        return None
    reply_ttl = responder.reply_ttl
    return next(initial for initial in INITIAL_TTLS if reply_ttl <= initial) - reply_ttl + 1


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
            note(
                "P9",
                tos_hop.ttl,
                tos_hop.ttl,
                "Type of service rewritten",
                f"sent {sent_tos}, arrived as {one.quoted_tos}",
                f"A router before hop {span(tos_hop.ttl, tos_hop.ttl)} changed it, so marked traffic loses its class.",
                sent=sent_tos,
                arrived=one.quoted_tos or 0,
                answers=one.statistics.answers,
            )
        )
    for hop in evidence.snapshot.hops:
        responder = _main(hop)
        if responder is None or any(word != TTL_EXPIRED for word, *_ in responder.kinds):
            continue  # only a packet whose time was up has to arrive with 1
        if _quoted(responder, responder.quoted_ttl, 1):
            findings.append(
                note(
                    "P10",
                    hop.ttl,
                    hop.ttl,
                    "Time to live rewritten",
                    f"arrived with {responder.quoted_ttl} instead of 1",
                    "A device before this hop changes it, or forwards packets whose time is up.",
                    arrived=responder.quoted_ttl or 0,
                    answers=responder.statistics.answers,
                )
            )
            break
    return findings


def _proxy(evidence: Evidence) -> list[Finding]:
    """A TCP handshake that is done long before an answer of the hop before could be there."""
    snapshot = evidence.snapshot
    if snapshot.settings.protocol != "tcp" or not snapshot.reached or len(snapshot.hops) < 2:
        return []
    before, target = snapshot.hops[-2:]
    if min(before.received, target.received) < HOPS_BACK_MIN:
        return []
    there_us, here_us = before.statistics.best, target.statistics.best
    if here_us >= PROXY_SHARE * there_us or there_us - here_us < PROXY_US:
        return []
    return [
        note(
            "P10",
            target.ttl,
            target.ttl,
            "Perhaps a transparent proxy",
            f"handshake in {milliseconds(here_us)} ms, hop {before.ttl} takes {milliseconds(there_us)} ms",
            "Something nearer accepts the connection in the target's name.",
            handshake_us=here_us,
            before_us=there_us,
        )
    ]


def _quoted(responder: Responder, quoted: int | None, sent: int) -> bool:
    return quoted is not None and quoted != sent and responder.statistics.answers >= 3


def _main(hop: Hop) -> Responder | None:
    """The address that answered last."""
    return hop.responders[hop.latest] if hop.latest >= 0 else None
