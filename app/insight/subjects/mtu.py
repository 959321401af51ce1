"""Verdicts on the path MTU: where packets that are too big are reported, and where they vanish."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...protocols import ICMP, UDP
from .. import rules, wording
from ..assessment import Verdict, capitalized
from ..place import Place, at_hop, link

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...trace.mtu.path_mtu import Fall, PathMtu
    from ..rules import Severity

# What TCP and IP headers take of a packet, without options (RFC 9293 section 3.7.1, RFC 8200 section 3).
HEADERS_BYTES = {4: 40, 6: 60}
MESSAGE = {4: "ICMP type 3 code 4 (fragmentation needed)", 6: "ICMPv6 type 2 (packet too big)"}
SMALL_BYTES = 64


def tcp_mss(mtu: int, version: int) -> int:
    """The largest TCP segment that fits into packets of this size."""
    return mtu - HEADERS_BYTES[version]


def mtu_answer(result: PathMtu) -> str:
    """What the path MTU is, as one or two sentences."""
    name, known = result.target.name, result.known_to
    if known is None or known.mtu is None:
        return f"The path MTU to {name} was not found: {_why_nothing(result)}."
    if result.mtu is None and result.state == "unfinished":
        head = f"The search ended early; the path MTU is {known.mtu} bytes up to hop {known.ttl}"
    elif result.mtu is None:
        last = "" if known is result.hops[-1] else f", the last that could be measured of {result.hops[-1].ttl}"
        head = f"The path MTU is {known.mtu} bytes up to hop {known.ttl}{last}"
        if not result.reached:
            head += f"; {name} is not reached"
    elif result.mtu == result.limit:
        if result.interface_mtu is None:
            return f"The path MTU to {name} is at least {result.mtu} bytes, the largest size that was tried."
        return (
            f"The path MTU to {name} is {result.mtu} bytes, all that {wording.host(result.target)}'s interface takes."
        )
    else:
        head = f"The path MTU to {name} is {result.mtu} bytes"
    hole = next((fall for fall in result.falls if fall.cause == "black-hole"), None)
    return f"{head}. Larger packets vanish {where(hole)}." if hole else f"{head}."


def mtu_advice(result: PathMtu) -> str:
    """What to do about it; empty where there is nothing to be done."""
    mtu, version = result.mtu, result.target.version
    if mtu is None or mtu == result.limit:
        return ""
    mss = f"TCP fits with an MSS of {tcp_mss(mtu, version)} ({mtu} less {HEADERS_BYTES[version]} for headers)"
    if result.caveat:
        return f"{result.caveat} {mss}."
    if any(fall.cause == "black-hole" for fall in result.falls):
        return (
            f"{mss}: clamp it on the router, or set the interface's MTU to {mtu}, until the networks on the path"
            f" let {MESSAGE[version]} through again."
        )
    return f"{mss}. Hosts find that out by themselves as long as nobody on the path drops {MESSAGE[version]}."


def host_caveat(result: PathMtu, discards: int) -> str:
    """What must be said where this host does not hear routers; ``discards`` is Linux's net.ipv4.ip_no_pmtu_disc.

    With 1 the kernel leaves out the sizes that routers give, with 2 and 3 it drops their messages (ip-sysctl.rst).
    """
    causes = {fall.cause for fall in result.falls}
    if result.target.version == 6 or not discards or causes.isdisjoint({"black-hole", "unsaid"}):
        return ""
    remedy = f'With "sysctl -w net.ipv4.ip_no_pmtu_disc=0" (now {discards}) the search can tell more.'
    host = capitalized(wording.host(result.target))
    if discards == 1:
        return f"{host} ignores the sizes that routers report. {remedy}"
    return f"{host} drops these reports, so a link that is reported looks like a black hole here. {remedy}"


def about_mtu(result: PathMtu, name: Callable[[str], str]) -> tuple[Verdict, ...]:
    """A verdict for each place where the path MTU falls; ``name`` is how an address is shown."""
    verdicts = (_hole(fall, result) if fall.cause == "black-hole" else _said(fall, name) for fall in result.falls)
    if not result.caveat:
        return tuple(verdicts)
    return tuple(
        replace(one, reasons=(*one.reasons, result.caveat)) if one.severity != "note" else one for one in verdicts
    )


def where(fall: Fall) -> str:
    """``between hops 3 and 4``, ``before hop 4`` or ``beyond hop 9``."""
    return link(fall.after_ttl, fall.ttl)


def _place(fall: Fall) -> Place:
    return Place(fall.after_ttl, fall.ttl) if fall.ttl else at_hop(fall.after_ttl)


def _why_nothing(result: PathMtu) -> str:
    if result.reason:
        return result.reason
    if result.state == "unfinished":
        return "the search ended before it was found"
    return "no hop answers" if not any(hop.address for hop in result.hops) else "too many probes were lost"


def _hole(fall: Fall, result: PathMtu) -> Verdict:
    figures = (
        f"{fall.large_lost} of {fall.large_sent} probes of {fall.larger} bytes lost,"
        f" {fall.small_sent - fall.small_lost} of {fall.small_sent} of {SMALL_BYTES} answered;"
        f" {wording.chance(fall.chance)}"
    )
    reasons = ["No router reports that they are too big, so hosts cannot adapt: connections open, and then hang."]
    router = f"the router at hop {fall.after_ttl}" if fall.after_ttl else f"a router before hop {fall.ttl}"
    settle = (
        f"The network operating the link {where(fall)} can tell whether {router} sends"
        f" {MESSAGE[result.target.version]}, and what drops it;"
        f" a firewall on {wording.host(result.target)} may do so too."
    )
    last = result.reached and fall.ttl == result.hops[-1].ttl
    if last and result.protocol == ICMP.name:
        reasons.append(
            "The answer to an echo request is as large as the request: it may be lost on the return path, or the target"
            " may not answer large ones."
        )
        settle = f"{UDP.option} tells the two directions apart: large packets go out, and small answers come back."
    return Verdict(
        rules.MTU_BLACK_HOLE,
        "fault",
        _place(fall),
        f"packets above {fall.smaller} bytes vanish",
        brief="MTU black hole",
        figures=figures,
        reasons=tuple(reasons),
        settle=settle,
        numbers=(
            ("after_ttl", fall.after_ttl),
            ("ttl", fall.ttl),
            ("larger", fall.larger),
            ("smaller", fall.smaller),
            ("large_sent", fall.large_sent),
            ("large_lost", fall.large_lost),
            ("small_sent", fall.small_sent),
            ("small_lost", fall.small_lost),
            ("p_value", fall.chance),
        ),
        headline=True,
    )


def _said(fall: Fall, name: Callable[[str], str]) -> Verdict:
    severity: Severity = "note"
    phrase = f"path MTU falls from {fall.larger} to {fall.smaller} bytes"
    who = name(fall.reporter)
    figures = f"{who} reports that packets may have {fall.said} bytes"
    reasons = "Hosts adapt by themselves as long as this message reaches them."
    if fall.cause == "unsaid":
        severity = "warning"
        if not fall.smaller:
            phrase = f"packets of {fall.larger} bytes are too big"
        given = "does not say how big they may be" if fall.said is None else f"gives {fall.said}, which is not so"
        figures = f"{who} reports that packets are too big, but {given}"
        reasons = "Hosts can only guess what passes, as old routers make them do (RFC 1191 section 5)."
    return Verdict(
        rules.MTU_UNREPORTED if fall.cause == "unsaid" else rules.MTU_DROP,
        severity,
        _place(fall),
        phrase,
        figures=figures,
        reasons=(reasons,),
        numbers=(("larger", fall.larger), ("smaller", fall.smaller), ("said", fall.said or 0)),
    )
