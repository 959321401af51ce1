"""Verdicts on what answers carry: MPLS labels, addresses, TTLs, quoted headers."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import TYPE_CHECKING

from ....probe.wire import TTL_EXPIRED
from ...path.return_path import hops_back
from ...protocols import TCP
from .. import rules, wording
from ..place import Place, at_hop
from .notes import note

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from ...path.snapshot import Hop, Responder
    from ..assessment import Verdict
    from ..evidence.gather import Evidence

CARRIER_NAT = ip_network("100.64.0.0/10")  # RFC 6598
PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))  # RFC 1918
ASYMMETRIC_HOPS = 3
# So many quotes of a hop must differ from what was sent, and none agree with it.
QUOTES_MIN = 3
# So many answers must agree before hops back are counted, or a handshake compared.
HOPS_BACK_MIN = 5
# What a NAT changes, what that is called and what it means; what makes another checksum comes first.
_TRANSLATED = (
    (
        "source",
        "source address",
        "A NAT there rewrites addresses, and does not put them back in what routers quote.",
    ),
    (
        "port",
        "source port",
        "A NAT there rewrites ports and does not put them back in what routers quote. Only root hears these hops.",
    ),
    (
        "checksum",
        "UDP checksum",
        "A NAT there rewrites addresses, and puts them back in what routers quote, but not the checksum.",
    ),
    (
        "identification",
        "IP ID",
        "A device there writes headers anew, as some firewalls and NAT devices do.",
    ),
)
# A step that may hide a tunnel; a handshake so much faster than the hop before may be a proxy's.
HIDDEN_STEP_US = 10_000
PROXY_SHARE, PROXY_US = 0.5, 5_000


def about_headers(evidence: Evidence) -> list[Verdict]:
    """All verdicts on labels, addresses and headers."""
    hops = evidence.snapshot.hops
    return [
        *_tunnels(hops),
        *_hidden_tunnel(hops),
        *_nat(hops, evidence.snapshot.target.address),
        *_rewriters(hops),
        *_asymmetric(hops),
        *_rewritten(evidence),
        *_proxy(evidence),
    ]


# ---- tunnels --------------------------------------------------------------------------------------------------------


def _tunnels(hops: tuple[Hop, ...]) -> list[Verdict]:
    """Runs of hops that answer with label stacks."""
    notes = []
    run: list[Hop] = []
    for hop in (*hops, None):
        labelled = hop is not None and any(responder.labels for responder in hop.responders)
        if hop is not None and labelled:
            run.append(hop)
            continue
        if run:
            notes.append(_tunnel(run))
        run = []
    return notes


def _tunnel(run: list[Hop]) -> Verdict:
    stacks = [responder.labels for hop in run for responder in hop.responders if responder.labels]
    labels = ", ".join(dict.fromkeys(str(stack[0].label) for stack in stacks))
    last_us = run[-1].statistics.best
    near = sum(abs(hop.statistics.best - last_us) <= max(1000, last_us // 20) for hop in run)
    reasons = ["These routers forward by MPLS label."]
    if len(run) > 1 and near > 1:
        reasons = ["RTT inside a tunnel is that of its far end; do not compare it hop by hop."]
    return note(
        rules.MPLS_TUNNEL,
        Place(run[0].ttl, run[-1].ttl),
        "MPLS tunnel",
        f"labels {labels}",
        *reasons,
        hops=len(run),
        flattened=near,
    )


def _hidden_tunnel(hops: tuple[Hop, ...]) -> list[Verdict]:
    """A step in RTT, and more hops back than forward: routers in between that do not lower the TTL."""
    for first, second in pairwise(hops[:-1]):
        back, farther = settled_hops_back(first), settled_hops_back(second)
        if back is None or farther is None or any(one.labels for one in (*first.responders, *second.responders)):
            continue
        step_us = second.statistics.best - first.statistics.best
        if step_us > HIDDEN_STEP_US and farther - back >= 1 + ASYMMETRIC_HOPS:
            return [
                note(
                    rules.HIDDEN_TUNNEL,
                    Place(first.ttl, second.ttl),
                    "possible hidden tunnel",
                    f"one hop forward, {farther - back} back, {wording.change(step_us)}",
                    "Routers in between may forward by label without lowering the TTL, or the return path differs.",
                    step_us=step_us,
                    back=farther - back,
                )
            ]
    return []


# ---- NAT ------------------------------------------------------------------------------------------------------------


def _nat(hops: tuple[Hop, ...], target: str) -> list[Verdict]:
    notes = []
    # To a private target private routers are the whole path, and nobody translates.
    private = not _within(target, PRIVATE)
    if private and {hop.ttl for hop in hops if hop.ttl <= 2 and _within(hop.address, PRIVATE)} == {1, 2}:
        notes.append(
            note(
                rules.DOUBLE_NAT,
                Place(1, 2),
                "two private routers in a row",
                "",
                "Two NAT routers in a row (double NAT) look like this, and so does a network with routers of its own.",
            )
        )
    carrier = next((hop for hop in hops if hop.ttl <= 4 and _within(hop.address, (CARRIER_NAT,))), None)
    if carrier is not None:
        notes.append(
            note(
                rules.CARRIER_NAT,
                at_hop(carrier.ttl),
                "carrier-grade NAT",
                f"{carrier.address} is in {CARRIER_NAT}",
                "The access network shares public addresses between customers.",
            )
        )
    return notes


def _rewriters(hops: tuple[Hop, ...]) -> list[Verdict]:
    """From which hop on quotes differ from what was sent, all of them: the NAT is before that hop."""
    quoted = [(hop, sum(one.rewrites.quotes for one in hop.responders)) for hop in hops]
    quoted = [(hop, quotes) for hop, quotes in quoted if quotes >= QUOTES_MIN]
    notes = []
    for what, name, why in _TRANSLATED:
        changed = [sum(getattr(one.rewrites, what) for one in hop.responders) for hop, _ in quoted]
        before = next((at for at, number in enumerate(changed) if number), len(changed))
        beyond = list(zip(quoted, changed, strict=True))[before:]
        # What differs from the first hop on may be this host's own doing.
        if not before or not beyond or any(number < quotes for (_, quotes), number in beyond):
            continue
        ttl, nearest = beyond[0][0][0].ttl, quoted[before - 1][0].ttl
        notes.append(
            note(
                rules.IP_ID_REWRITTEN if what == "identification" else rules.NAT,
                Place(nearest, ttl),
                "IP ID rewritten" if what == "identification" else "NAT",
                f"{name} rewritten before hop {ttl}, and not before hop {nearest}",
                why,
                quotes=sum(quotes for (_, quotes), _ in beyond),
                before=ttl,
                what=what,
            )
        )
        break  # another address or port makes another checksum
    return notes


def _within(address: str | None, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Whether an address lies in one of the networks; a hidden or scoped one does not."""
    parsed = _parsed(address or "")
    return parsed is not None and any(parsed.version == network.version and parsed in network for network in networks)


@lru_cache(maxsize=256)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None


# ---- return path ----------------------------------------------------------------------------------------------------


def _asymmetric(hops: tuple[Hop, ...]) -> list[Verdict]:
    """The first hop from which on answers take another number of hops back; one note for all."""
    for hop in hops:
        back = settled_hops_back(hop)
        if back is not None and abs(back - hop.ttl) >= ASYMMETRIC_HOPS:
            return [
                note(
                    rules.ASYMMETRIC_RETURN_PATH,
                    at_hop(hop.ttl),
                    "asymmetric return path",
                    f"{hop.ttl} hops forward, about {back} back",
                    "Loss or delay seen from here on may be on the return path.",
                    there=hop.ttl,
                    back=back,
                    answers=hop.received,
                )
            ]
    return []


def settled_hops_back(hop: Hop) -> int | None:
    """How many hops the answers of a hop's latest address took; None where too few tell."""
    responder = _main(hop)
    if responder is None or responder.reply_ttl is None or responder.statistics.answers < HOPS_BACK_MIN:
        return None
    return hops_back(responder.reply_ttl)


# ---- rewritten fields, proxies --------------------------------------------------------------------------------------


def _rewritten(evidence: Evidence) -> list[Verdict]:
    """What routers quote of the packet is not what was sent."""
    sent_tos = evidence.snapshot.settings.tos
    notes = []
    tos_hop = next(
        (hop for hop in evidence.snapshot.hops if (one := _main(hop)) and _quoted(one, one.quoted_tos, sent_tos)), None
    )
    if tos_hop is not None and (one := _main(tos_hop)) is not None:
        notes.append(
            note(
                rules.TOS_REWRITTEN,
                at_hop(tos_hop.ttl),
                "type of service rewritten",
                f"sent {sent_tos}, arrived as {one.quoted_tos}",
                f"A router before hop {tos_hop.ttl} changed it, so marked traffic loses its class.",
                sent=sent_tos,
                arrived=one.quoted_tos or 0,
                answers=one.statistics.answers,
            )
        )
    for hop in evidence.snapshot.hops:
        responder = _main(hop)
        if responder is None or any(word != TTL_EXPIRED for word, *_ in responder.kinds):
            continue  # only a packet whose TTL has run out has to arrive with 1
        if _quoted(responder, responder.quoted_ttl, 1):
            notes.append(
                note(
                    rules.TTL_REWRITTEN,
                    at_hop(hop.ttl),
                    "TTL rewritten",
                    f"arrived with {responder.quoted_ttl} instead of 1",
                    "A device before this hop changes it, or forwards packets whose TTL has run out.",
                    arrived=responder.quoted_ttl or 0,
                    answers=responder.statistics.answers,
                )
            )
            break
    return notes


def _proxy(evidence: Evidence) -> list[Verdict]:
    """A TCP handshake that is done long before an answer of the hop before could be there."""
    snapshot = evidence.snapshot
    if snapshot.settings.protocol != TCP.name or not snapshot.reached or len(snapshot.hops) < 2:
        return []
    before, target = snapshot.hops[-2:]
    if min(before.received, target.received) < HOPS_BACK_MIN:
        return []
    there_us, here_us = before.statistics.best, target.statistics.best
    if here_us >= PROXY_SHARE * there_us or there_us - here_us < PROXY_US:
        return []
    return [
        note(
            rules.TCP_PROXY,
            at_hop(target.ttl),
            "possible transparent proxy",
            f"handshake in {wording.milliseconds(here_us)} ms, hop {before.ttl} takes"
            f" {wording.milliseconds(there_us)} ms",
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
