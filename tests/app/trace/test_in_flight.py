"""Which probes are in flight, and how long they are waited for."""

from __future__ import annotations

import pytest
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.in_flight import PATIENCE_MIN_US, SILENCE_US, InFlight, Probe, ProbeState, patience
from hopscope.app.trace.known_path import KnownPath
from hopscope.probe import wire

SETTINGS = TraceSettings(gracetime_us=5_000_000, timeout_s=10)
TARGET = "203.0.113.9"


def known(*answered_ttls: int, rtt_us: int = 100_000, reached_at: int = 0) -> KnownPath:
    """A path of which these hops have answered, and the target at another one."""
    path = KnownPath(TARGET)
    for ttl in answered_ttls:
        path.answered(ttl, wire.Answer(wire.TTL_EXPIRED, f"10.0.0.{ttl}", rtt_us), 0, 0)
    if reached_at:
        path.answered(reached_at, wire.Answer(wire.REPLY, TARGET, rtt_us), 0, 0)
    return path


@pytest.mark.parametrize(
    ("rtt_us", "timeout_s", "expected"),
    [(100_000, 10, PATIENCE_MIN_US), (800_000, 10, 1_600_000), (9_000_000, 10, 10_000_000), (0, 0, 0)],
)
def test_patience(rtt_us: int, timeout_s: int, expected: int) -> None:
    """Twice the slowest round trip, a second at least, the timeout at most."""
    assert patience(known(1, rtt_us=rtt_us), TraceSettings(timeout_s=timeout_s)) == expected


@pytest.mark.parametrize(
    ("state", "overdue", "forgotten"),
    [
        (ProbeState.PENDING, True, True),
        (ProbeState.DOUBTFUL, True, True),
        (ProbeState.LOST, False, True),
        (ProbeState.DEFERRED, False, False),
    ],
)
def test_whose_time_is_up(state: ProbeState, overdue: bool, forgotten: bool) -> None:
    """Each probe is overdue once, never when it is lost or deferred; deferred ones alone stay for ever."""
    flights, path = InFlight(), known(1)
    probe = Probe(7, 2, 0, 0)
    flights.add(probe)
    probe.state = state
    assert flights.overdue(PATIENCE_MIN_US - 1, path, SETTINGS) == []
    assert flights.overdue(PATIENCE_MIN_US, path, SETTINGS) == ([probe] if overdue else [])
    assert flights.overdue(PATIENCE_MIN_US + 1, path, SETTINGS) == []
    gone_us = SETTINGS.timeout_s * 1_000_000 + SILENCE_US
    assert flights.overdue(gone_us - 1, path, SETTINGS) == []
    assert flights.get(7) is probe
    flights.overdue(gone_us, path, SETTINGS)
    assert (flights.get(7) is None) is forgotten
    assert flights.due_us(path, SETTINGS) is None


@pytest.mark.parametrize(
    ("path", "ttl", "replacement", "state", "wait_us"),
    [
        (known(1), 5, True, ProbeState.PENDING, 500_000),
        (known(1), 5, False, ProbeState.PENDING, 5_000_000),
        (known(1, reached_at=4), 5, False, ProbeState.PENDING, None),
        (known(1, reached_at=4), 1, False, ProbeState.PENDING, 5_000_000),
        (known(1, reached_at=4), 1, False, ProbeState.LOST, 5_000_000),
        (known(1, reached_at=4), 2, False, ProbeState.PENDING, 500_000),
        (known(1, reached_at=4, rtt_us=400_000), 2, False, ProbeState.PENDING, 800_000),
        (known(1, reached_at=4, rtt_us=4_000_000), 2, False, ProbeState.PENDING, 5_000_000),
        (known(1), 5, False, ProbeState.DEFERRED, None),
    ],
    ids=["replacement", "target silent", "beyond", "answers", "lost", "silent", "slow", "slower", "deferred"],
)
def test_what_a_report_waits_for(
    path: KnownPath, ttl: int, replacement: bool, state: ProbeState, wait_us: int | None
) -> None:
    """Each kind of probe is waited for as long as an answer is to be expected, or not at all."""
    flights = InFlight()
    flights.add(Probe(7, ttl, 0, 1_000_000, state=state, replacement=replacement))
    assert flights.worth_waiting_until_us(path, SETTINGS) == (0 if wait_us is None else 1_000_000 + wait_us)
