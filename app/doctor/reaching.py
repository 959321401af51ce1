"""Where packets can go from here: by either version of IP, and to targets."""

from __future__ import annotations

from pathlib import Path

from ...probe import wire
from ..host.source import source_address
from ..protocols import ICMP, PROTOCOLS, TCP, UDP
from ..settings import Target
from .finding import Finding, Status
from .trying import PROBE_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...probe.wire import Answer
    from ..errors import ResolveError
    from .trying import Trial

# Public addresses whose route is looked up; nothing is sent there (udp(7): connect alone sends nothing).
_PUBLIC = {4: "198.41.0.4", 6: "2001:503:ba3e::2:30"}
IPV6_OFF = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")


def versions(trial: Trial) -> Iterator[Finding]:
    """Whether packets of each version leave this host."""
    for version in (4, 6):
        name, title = f"ipv{version}", f"IPv{version}"
        source = source_address(_PUBLIC[version])
        if not trial.supports.get(f"ip-{version}") or (version == 6 and _ipv6_is_off()):
            yield Finding(name, title, Status.NOTE, "off on this host", f"-{10 - version} uses IPv{10 - version} alone")
        elif source:
            yield Finding(name, title, Status.OK, f"packets to public addresses leave from {source}")
        else:
            yield Finding(
                name, title, Status.NOTE, f"no route to public addresses: -{version} does not leave this site"
            )


def _ipv6_is_off() -> bool:
    try:
        return IPV6_OFF.read_text(encoding="ascii").strip() == "1"
    except OSError:
        return not Path("/proc/net/if_inet6").exists()


def reaching(trial: Trial, target: Target | ResolveError, port: int) -> Finding:
    """Whether a target has an address, a route leads there, and it answers; ``port`` is for TCP."""
    if not isinstance(target, Target):
        return Finding("target", "target", Status.BAD, target.what, target.remedy)
    where = f"{target.name} is {target.address}" if target.name != target.address else target.address
    title = "target"
    if not target.source:
        return Finding("target", title, Status.BAD, f"{where}: no route leads there")
    wanted = (ICMP.name, UDP.name, TCP.name)
    requests: dict[str, wire.ProbeRequest] = {
        name: wire.ProbeRequest(
            target.version,
            target.address,
            name,
            port=port if name == TCP.name else 0,
            timeout_s=PROBE_S,
            detail=trial.is_ours,
            zone=target.zone if trial.is_ours else "",
        )
        for name in wanted
        if trial.supports.get(name)
    }
    answers = trial.send(requests)
    tried = [_tried(name, port) for name in answers]
    heard = [f"{_tried(name, port)} in {_ms(one)} ms" for name, one in answers.items() if _is_its_own(one, target)]
    begin = f"{where}, from {target.source}"
    if heard:
        return Finding("target", title, Status.OK, f"{begin}; answers {', '.join(heard)}")
    text = f"{begin}; answers neither {' nor '.join(tried)} within {PROBE_S} s"
    return Finding("target", title, Status.NOTE, text, "a trace shows how far probes get")


def _is_its_own(answer: Answer, target: Target) -> bool:
    return answer.word == wire.REPLY and answer.address == target.address


def _tried(name: str, port: int) -> str:
    title = PROTOCOLS[name].title
    return f"{title} {port}" if name == TCP.name else title


def _ms(answer: Answer) -> str:
    rtt_ms = (answer.rtt_us or 0) / 1000
    return f"{rtt_ms:.1f}" if rtt_ms >= 10 else f"{rtt_ms:.2f}"
