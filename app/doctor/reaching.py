"""Where packets can go from here: by either version of IP, and to targets."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

from ...probe import wire
from ..errors import UnsupportedError, UsageError
from ..host.source import source_address
from ..launch.prepare import by_interface, check_source
from ..protocols import ICMP, PROTOCOLS, TCP, UDP
from ..settings import Target
from ..trace.refusals import cause, hopeless
from ..trace.support import check_support
from .finding import Finding, Status
from .trying import PROBE_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...probe.wire import Answer
    from ..errors import ResolveError
    from ..settings import TraceSettings
    from .trying import Trial

# Public addresses whose route is looked up; nothing is sent there (udp(7): connect alone sends nothing).
_PUBLIC = {4: "198.41.0.4", 6: "2001:503:ba3e::2:30"}
NO_ROUTE = "no route leads there"
IPV6_OFF = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")


def versions(trial: Trial, settings: TraceSettings) -> Iterator[Finding]:
    """Whether packets of each version leave this host, as the settings want them to."""
    for version in (4, 6):
        name, title = f"ipv{version}", f"IPv{version}"
        leave = _leave(_PUBLIC[version], version, settings)
        if not trial.supports.get(f"ip-{version}") or (version == 6 and _ipv6_is_off()):
            yield Finding(name, title, Status.NOTE, "off on this host", f"-{10 - version} uses IPv{10 - version} alone")
        elif leave:
            yield Finding(name, title, Status.OK, f"packets to public addresses leave {leave}")
        else:
            yield Finding(
                name, title, Status.NOTE, f"no route to public addresses: -{version} does not leave this site"
            )


def _leave(address: str, version: int, settings: TraceSettings) -> str:
    """From which address packets leave for another, or where no more is known, by which interface; empty: no route."""
    local = settings.local_address if (":" in settings.local_address) == (version == 6) else ""
    tos, mark = settings.tos, settings.mark
    source = source_address(address, settings.local_device, local=local, mark=mark, tos=tos)
    if source or not mark:
        return f"from {source}" if source else ""
    from ...probe.routes import Routes

    try:  # that the probe process may set marks does not mean that this one may; to ask for a route, everybody may
        with closing(Routes()) as routes:
            return f"by {socket.if_indextoname(routes.interface(address, source=local, tos=tos, mark=mark))}"
    except OSError:
        return ""


def _ipv6_is_off() -> bool:
    try:
        return IPV6_OFF.read_text(encoding="ascii").strip() == "1"
    except OSError:
        return not Path("/proc/net/if_inet6").exists()


def reaching(trial: Trial, target: Target | ResolveError, settings: TraceSettings, tcp_port: int) -> Finding:
    """Whether a target has an address, a route leads there, and it answers to what leaves as the settings want."""
    title = "target"
    if not isinstance(target, Target):
        return Finding("target", title, Status.BAD, target.what, target.remedy)
    where = f"{target.name} is {target.address}" if target.name != target.address else target.address
    zoned = f"{target.address}%{target.zone}" if target.zone else target.address
    try:
        check_source(settings.local_address, [target])
        [target] = by_interface(settings.local_device, [target]) if settings.local_device else [target]
        check_support(trial.supports, settings, [target.version], trial.command[0])
    except (UsageError, UnsupportedError) as error:
        return Finding("target", title, Status.BAD, error.what, error.remedy)
    leave = _leave(zoned, target.version, settings)
    answers = trial.send(_requests(trial, target, settings, tcp_port))
    unsent = [one for one in answers.values() if not one.address and one.word != wire.NO_REPLY]
    if unsent and len(unsent) == len(answers):
        why = NO_ROUTE if unsent[0].word == wire.NO_ROUTE else hopeless(unsent[0])
        why = why or cause(unsent[0].word, unsent[0].reason or "")
        return Finding("target", title, Status.BAD, f"{where}: {why}")
    tried = [_tried(name, tcp_port) for name in answers]
    heard = [f"{_tried(name, tcp_port)} in {_ms(one)} ms" for name, one in answers.items() if _is_its_own(one, target)]
    begin = f"{where}, {leave}" if leave else where
    if heard:
        return Finding("target", title, Status.OK, f"{begin}; answers {', '.join(heard)}")
    text = f"{begin}; answers neither {' nor '.join(tried)} within {PROBE_S} s"
    return Finding("target", title, Status.NOTE, text, "a trace shows how far probes get")


def _requests(trial: Trial, target: Target, settings: TraceSettings, tcp_port: int) -> dict[str, wire.ProbeRequest]:
    """A probe by each protocol that can be sent, which leaves this host as those of a trace would."""
    return {
        name: wire.ProbeRequest(
            target.version,
            target.address,
            name,
            port=tcp_port if name == TCP.name else 0,
            local_address=settings.local_address or (target.source if settings.local_device else ""),
            local_device=settings.local_device if trial.is_ours else "",
            tos=settings.tos,
            mark=settings.mark,
            timeout_s=PROBE_S,
            detail=trial.is_ours,
            zone=target.zone if trial.is_ours else "",
        )
        for name in (ICMP.name, UDP.name, TCP.name)
        if trial.supports.get(name)
    }


def _is_its_own(answer: Answer, target: Target) -> bool:
    return answer.word == wire.REPLY and answer.address == target.address


def _tried(name: str, port: int) -> str:
    title = PROTOCOLS[name].title
    return f"{title} {port}" if name == TCP.name else title


def _ms(answer: Answer) -> str:
    rtt_ms = (answer.rtt_us or 0) / 1000
    return f"{rtt_ms:.1f}" if rtt_ms >= 10 else f"{rtt_ms:.2f}"
