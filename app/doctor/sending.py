"""What this user may send on this host, and what is heard of the answers."""

from __future__ import annotations

import os
from pathlib import Path

from ...probe import wire
from ..errors import ALLOW_ICMP
from ..protocols import ICMP, SCTP, UDP
from .finding import Finding, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ...probe.wire import Answer
    from .trying import Trial

PING_RANGE = Path("/proc/sys/net/ipv4/ping_group_range")
LOOPBACK = "127.0.0.1"
UNREACHABLE_TYPE = 3  # RFC 792: what a closed port answers with
LO_UP = "see that the interface lo is up"
FILES_WANTED = 256  # of TCP probes each takes one while it is pending
_RAW_GIVES = "quoted TTL and TOS, NAT by IP ID, and SCTP"


def sending(trial: Trial) -> Iterator[Finding]:
    """Everything about sending, tried on the loopback interface."""
    supports = trial.supports
    yield _probe_process(trial)
    yield _icmp(supports)
    yield _raw(supports)
    protocols = [name for name in (UDP.name, ICMP.name) if supports.get(name)]
    answers = trial.send(
        {name: wire.ProbeRequest(4, LOOPBACK, name, timeout_s=1, detail=trial.is_ours) for name in protocols}
    )
    if trial.is_ours:
        yield _errors(answers.get(UDP.name))
        yield _stamps(list(answers.values()))
    yield from _open_files()


def _probe_process(trial: Trial) -> Finding:
    title = "probe process"
    if not any(trial.supports.get(name) for name in (ICMP.name, UDP.name)):
        return Finding("probe-process", title, Status.BAD, "it can send neither ICMP nor UDP probes")
    if trial.is_ours:
        return Finding("probe-process", title, Status.OK, "hopscope's own")
    text = f"{trial.command[0]} is not hopscope's own: no quoted headers, no duplicate replies, and less exact RTTs"
    return Finding("probe-process", title, Status.NOTE, text, "leave out --packet and MTR_PACKET")


def _icmp(supports: Mapping[str, bool]) -> Finding:
    """Whether ICMP may be sent, and by what right."""
    title = "ICMP"
    allowed = _ping_range()
    shown = f"ping_group_range {allowed[0]}-{allowed[1]}" if allowed else "no ping_group_range on this system"
    if not supports.get(ICMP.name):
        text = f"not allowed for this user ({shown}): traces use {UDP.title}"
        return Finding("icmp", title, Status.NOTE, text, ALLOW_ICMP)
    groups = {os.getegid(), *os.getgroups()}
    if allowed and any(allowed[0] <= group <= allowed[1] for group in groups):
        return Finding("icmp", title, Status.OK, f"allowed without root ({shown})")
    return Finding("icmp", title, Status.OK, f"allowed by raw sockets, not by {shown}" if allowed else "allowed")


def _ping_range() -> tuple[int, int] | None:
    """The groups whose users may open ping sockets (icmp(7)); None where there is no such setting."""
    try:
        low, high = map(int, PING_RANGE.read_text(encoding="ascii").split())
    except (OSError, ValueError):
        return None
    return low, high


def _raw(supports: Mapping[str, bool]) -> Finding:
    if supports.get(SCTP.name):
        return Finding("raw-sockets", "raw sockets", Status.OK, f"allowed: {_RAW_GIVES}")
    text = f"not allowed: no {_RAW_GIVES.replace('and', 'or')}"
    return Finding("raw-sockets", "raw sockets", Status.NOTE, text, "root, or CAP_NET_RAW, has them")


def _errors(answer: Answer | None) -> Finding:
    """Whether the ICMP error about a UDP probe to a closed port of this host is heard."""
    title = "ICMP errors"
    if answer is not None and answer.icmp_type == UNREACHABLE_TYPE:
        raw = "the error queue and a raw socket" if answer.quoted_ttl is not None else "the error queue"
        return Finding("icmp-errors", title, Status.OK, f"heard by {raw}")
    if answer is None or answer.word != wire.NO_REPLY:
        return Finding("icmp-errors", title, Status.NOTE, f"not tried: no probe can be sent to {LOOPBACK}", LO_UP)
    text = f"none is heard about a UDP probe to a closed port of {LOOPBACK}"
    return Finding("icmp-errors", title, Status.NOTE, text, f"{LO_UP}, and that no firewall of this host drops ICMP")


def _stamps(answers: list[Answer]) -> Finding:
    """Which clock measured the probes to this host."""
    title = "time stamps"
    clocks = {answer.clock for answer in answers if answer.clock is not None}
    if clocks == {"kernel"}:
        text = f"the kernel's (tried on {LOOPBACK}): a busy host raises no RTT, but those of TCP resets"
        return Finding("time-stamps", title, Status.OK, text)
    if not clocks:
        return Finding("time-stamps", title, Status.NOTE, f"not tried: {LOOPBACK} does not answer", LO_UP)
    return Finding("time-stamps", title, Status.NOTE, "the program's own clock: RTTs are less exact on a busy host")


def _open_files() -> Iterator[Finding]:
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= FILES_WANTED:
        shown = "no limit" if hard == resource.RLIM_INFINITY else f"up to {hard}"
        yield Finding("open-files", "open files", Status.OK, shown)
        return
    text = f"up to {hard}: too few for many TCP probes at once"
    yield Finding("open-files", "open files", Status.NOTE, text, f"ulimit -Hn {FILES_WANTED}, by root")
