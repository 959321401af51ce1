"""What becomes of probes, state by state."""

from __future__ import annotations

import pytest
from hopscope.app.settings import TraceSettings
from hopscope.app.trace import events as happened
from hopscope.app.trace.deferral import NoDeferral
from hopscope.app.trace.engine import Engine
from hopscope.app.trace.fates import RESTARTED, WITHDRAWN, Fates
from hopscope.app.trace.in_flight import Probe, ProbeState
from hopscope.app.trace.known_path import KnownPath
from hopscope.probe import wire
from hopscope.probe.interface import Interface
from support.engines import TARGET

ANSWER = wire.Answer(wire.TTL_EXPIRED, "10.0.0.3", 5000)
START_US, LATER_US = 1_000_000, 3_000_000


class DefersLosses(NoDeferral):
    """Nothing that is lost is said to be so."""

    def defers_loss(self, ttl: int, seq: int, now_us: int) -> bool:
        """Every one is deferred."""
        return True


def fates_of(*states: ProbeState, defers: bool = False) -> Fates:
    """Probes 0, 1, ... of hop 3 in these states, in flight in round 0."""
    made = Fates(KnownPath(TARGET.address), DefersLosses() if defers else NoDeferral())
    for seq, state in enumerate(states):
        made.in_flight.add(Probe(seq, 3, 0, START_US, state=state))
    return made


def states(fates: Fates) -> dict[int, ProbeState]:
    """The states of the probes that are still in flight."""
    return {probe.seq: probe.state for probe in fates.in_flight}


def told(fates: Fates) -> list[tuple[str, int, str]]:
    """What was told of which probe: the event, and its word."""
    return [
        (type(event).__name__, event.seq, getattr(event, "word", ""))
        for event in fates.take_events()
        if isinstance(event, happened.ProbeAnswered | happened.ProbeLost | happened.ProbeFailed)
    ]


def test_a_router_writes_nothing_to_the_terminal_by_an_interface_name() -> None:
    """Control and invisible characters of a name become question marks before anybody sees it."""
    fates = fates_of(ProbeState.PENDING)
    told = Interface("incoming", "ae3\x1b[2J\u202e\n ", index=7, address="192.0.2.9", mtu=9100)
    answer = wire.Answer(wire.TTL_EXPIRED, "10.0.0.3", 5000, interfaces=(told,))
    fates.answered(next(iter(fates.in_flight)), answer, LATER_US)
    [event] = fates.take_events()
    assert isinstance(event, happened.ProbeAnswered)
    assert event.interfaces == (Interface("incoming", "ae3?[2J??", index=7, address="192.0.2.9", mtu=9100),)


@pytest.mark.parametrize(
    ("state", "defers", "becomes", "event"),
    [
        (ProbeState.PENDING, False, ProbeState.LOST, [("ProbeLost", 0, "")]),
        (ProbeState.PENDING, True, ProbeState.DEFERRED, []),
        (ProbeState.DOUBTFUL, False, None, [("ProbeFailed", 0, WITHDRAWN)]),
        (ProbeState.DOUBTFUL, True, None, [("ProbeFailed", 0, WITHDRAWN)]),
    ],
)
def test_a_probe_whose_time_is_up(
    state: ProbeState, defers: bool, becomes: ProbeState | None, event: list[tuple[str, int, str]]
) -> None:
    """One that is pending is lost, or deferred where that says nothing; a doubtful one counts nowhere."""
    fates = fates_of(state, defers=defers)
    (probe,) = fates.in_flight
    fates.not_answered(probe, LATER_US)
    assert states(fates) == ({} if becomes is None else {0: becomes})
    assert told(fates) == event


@pytest.mark.parametrize(
    ("state", "defers", "becomes", "event"),
    [
        (ProbeState.PENDING, False, {}, [("ProbeLost", 0, "")]),
        (ProbeState.PENDING, True, {0: ProbeState.DEFERRED}, []),
        (ProbeState.DOUBTFUL, False, {}, [("ProbeFailed", 0, WITHDRAWN)]),
        (ProbeState.LOST, False, {}, []),
    ],
)
def test_a_probe_that_the_probe_process_gives_up(
    state: ProbeState, defers: bool, becomes: dict[int, ProbeState], event: list[tuple[str, int, str]]
) -> None:
    """It can no longer be answered: it is lost once, and leaves flight unless it is deferred."""
    fates = fates_of(state, defers=defers)
    (probe,) = fates.in_flight
    fates.timed_out(probe, LATER_US)
    assert (states(fates), told(fates)) == (becomes, event)


@pytest.mark.parametrize(("state", "late"), [(state, state is ProbeState.LOST) for state in ProbeState])
def test_an_answer_is_late_where_the_probe_was_lost(state: ProbeState, late: bool) -> None:
    """In every state an answer counts, and takes back a loss."""
    fates = fates_of(state)
    probe = fates.in_flight.take(0)
    assert probe is not None
    fates.answered(probe, ANSWER, LATER_US)
    (event,) = fates.take_events()
    assert isinstance(event, happened.ProbeAnswered)
    assert (event.seq, event.late, states(fates)) == (0, late, {})


def test_a_restart_takes_all_out_of_flight() -> None:
    """What was lost stays lost; all else counts nowhere."""
    fates = fates_of(*ProbeState)
    fates.forget_in_flight(LATER_US)
    assert states(fates) == {}
    assert told(fates) == [
        ("ProbeFailed", seq, RESTARTED) for seq, state in enumerate(ProbeState) if state is not ProbeState.LOST
    ]


def test_what_is_given_up_at_the_end() -> None:
    """Pending and doubtful probes; deferred ones are others' to tell, and lost ones are."""
    fates = fates_of(*ProbeState)
    fates.give_up(LATER_US, None)
    pending, doubtful, lost, deferred = range(4)
    assert states(fates) == {pending: ProbeState.LOST, lost: ProbeState.LOST, deferred: ProbeState.DEFERRED}
    assert told(fates) == [("ProbeLost", pending, ""), ("ProbeFailed", doubtful, WITHDRAWN)]
    fates.withdraw_deferred(LATER_US)
    assert told(fates) == [("ProbeFailed", deferred, WITHDRAWN)]


@pytest.mark.parametrize(("end_ttl", "outcome"), [(2, ("ProbeFailed", 0, WITHDRAWN)), (3, ("ProbeLost", 0, ""))])
def test_what_lies_beyond_the_end_is_not_lost_at_the_end(end_ttl: int, outcome: tuple[str, int, str]) -> None:
    """Nobody waits for a probe beyond the end of the path, so that it is not answered yet says nothing."""
    fates = fates_of(ProbeState.PENDING)
    fates.give_up(LATER_US, end_ttl)
    assert told(fates) == [outcome]


def test_a_deferred_probe_is_lost_as_the_one_that_stood_for_it() -> None:
    """The hop is no longer one of which others tell."""
    fates = fates_of(ProbeState.PENDING)
    (probe,) = fates.in_flight
    fates.defer(probe)
    assert fates.known.hop(3).deferred
    fates.lost_as_others(0, LATER_US)
    assert (states(fates), told(fates), fates.known.hop(3).deferred) == ({}, [("ProbeLost", 0, "")], False)


@pytest.mark.parametrize(("round_number", "replaced"), [(0, [(3, 0)]), (1, [])])
def test_a_probe_that_is_taken_back_is_replaced_within_its_round(
    round_number: int, replaced: list[tuple[int, int]]
) -> None:
    """A later round has its own probe for the hop."""
    fates = fates_of(ProbeState.PENDING)
    probe = fates.in_flight.take(0)
    assert probe is not None
    fates.take_back(probe, LATER_US, round_number)
    assert (fates.replacements, told(fates)) == (replaced, [("ProbeFailed", 0, WITHDRAWN)])


def test_no_state_but_pending_becomes_doubtful() -> None:
    """What may be the answer of a probe that is lost or deferred changes nothing of it."""
    settings = TraceSettings(protocol="udp", port=33434, local_port=20000, flows=1)
    engine = Engine(TARGET, settings, sequence=iter(range(100)))
    for seq, state in enumerate(ProbeState):
        engine._in_flight.add(Probe(seq, 3, 0, START_US, flow=0, state=state))
        engine.answer(seq, wire.Answer(wire.AMBIGUOUS, "10.0.0.3", 0), LATER_US)
    after = {probe.seq: probe.state for probe in engine._in_flight}
    assert after == {0: ProbeState.DOUBTFUL, 1: ProbeState.DOUBTFUL, 2: ProbeState.LOST, 3: ProbeState.DEFERRED}
    assert engine.take_events() == []
