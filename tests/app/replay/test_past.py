"""Any moment of a trace comes out as it was, whatever is asked for before, and in bounded memory."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hopscope.app.path.recorder import Recorder
from hopscope.app.replay.cursor import TimeCursor
from hopscope.app.replay.past import LANES_MAX, Past
from hopscope.app.replay.states import Folded, States
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.events import StateChanged
from support.engines import TARGET
from support.pasts import OFFSET_US, kept_trace

SCENARIOS = [("path-change", 400), ("lossy", 500), ("flap", 300), ("bufferbloat", 300), ("loop", 60), ("mpls", 250)]
MOMENTS = 12


@pytest.mark.parametrize(("name", "rounds"), SCENARIOS, ids=[name for name, _ in SCENARIOS])
def test_a_moment_is_what_is_folded_up_to_it(name: str, rounds: int) -> None:
    """The time cursor at random moments, in any order, shows what the events up to each of them come to."""
    kept = kept_trace(name, rounds)
    cursor = TimeCursor(kept.past)
    chance = random.Random(rounds)
    ends = kept.past.began_us, kept.past.ended_us
    for moment in (*ends, *(chance.randint(*ends) for _ in range(MOMENTS))):
        cursor.go_to(moment)
        assert cursor.work(None)
        assert cursor.snapshots() == (kept.recomputed(moment),)


def test_steps_of_rounds() -> None:
    """Each step shows one round more or less, at its end, and as many steps forward come to where one was."""
    kept = kept_trace("steady", 60)
    cursor = TimeCursor(kept.past)

    def step(rounds: int) -> tuple[int, int]:
        cursor.step_rounds(0, rounds, 1_000_000)
        cursor.work(None)
        return cursor.at_us, cursor.snapshots()[0].rounds

    back = [step(-1) for _ in range(6)]
    assert [rounds for _, rounds in back] == [59, 58, 57, 56, 55, 54]
    assert [step(1) for _ in range(5)] == back[-2::-1]
    step(1)
    assert cursor.is_at_end


def test_memory_is_bounded() -> None:
    """The oldest moments go where memory is short; those that are left come out as they were."""
    kept = kept_trace("steady", 1200, limit_bytes=50_000)
    past = kept.past
    assert past.bytes < 150_000  # what has not been packed into the latest state comes on top
    assert kept.recorder.started_us < past.began_us < past.ended_us
    cursor = TimeCursor(past)
    for moment in (past.began_us, (past.began_us + past.ended_us) // 2, 0):
        cursor.go_to(moment)
        assert cursor.work(None)
        assert cursor.snapshots() == (kept.recomputed(cursor.at_us),)


def test_states_are_spread_over_all_that_was() -> None:
    """However many have come, as many as are allowed are kept, and no gap between two is much wider than others."""
    states = States(50)
    for at in range(3000):
        states.keep(at, at, Folded([], frozenset()))
    counts = states.counts
    assert len(counts) == 50
    assert (counts[0], counts[-1]) == (0, 2999)
    assert max(after - before for before, after in pairwise(counts)) <= 4 * 3000 / 50


def test_lanes_come_and_go() -> None:
    """A lane is in the moments between its coming and its going, and in no other."""
    settings, clock = TraceSettings(), (0, OFFSET_US)
    kept = kept_trace("steady", 10)
    recorder = Recorder([TARGET], settings, clock)
    past = recorder.log = Past([TARGET], settings, clock)
    second = replace(TARGET, name=sanitize("second.example"))
    moments = []
    for event in kept.events[:200]:
        recorder.record(0, event)
    moments.append((event.time_us, 1))
    recorder.add(second, settings, event.time_us + 1)
    for event in kept.events[200:]:
        recorder.record(1, event)
    recorder.fold()
    moments.append((kept.events[-9].time_us, 2))
    recorder.remove(0)
    last = StateChanged(event.time_us + 9, "paused")
    recorder.record(1, last)
    recorder.fold()
    moments.append((last.time_us, 1))
    cursor = TimeCursor(past)
    for moment, lanes in (*moments, *reversed(moments)):
        cursor.go_to(moment)
        cursor.work(None)
        assert len(cursor.snapshots()) == lanes


def test_too_many_lanes_are_not_kept() -> None:
    """Of a crowd nothing is kept, so that it costs nothing."""
    targets = [replace(TARGET, name=sanitize(f"{at}.example")) for at in range(LANES_MAX + 1)]
    assert Past(targets, TraceSettings(), (0, OFFSET_US)).is_off
