"""The time cursor plays, stands, jumps and comes back to the present."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.replay import cursor as module
from hopscope.app.replay.cursor import SPEEDS, TimeCursor
from support.pasts import EPISODE, Clock, kept_trace

if TYPE_CHECKING:
    from support.pasts import Kept

SECOND_US = 1_000_000


@pytest.fixture(scope="module")
def episode() -> Kept:
    """Seven minutes with loss, an outage and a change."""
    return kept_trace(EPISODE, 420)


def is_back(cursor: TimeCursor) -> bool:
    """As it is by now; the type checker takes a property for what does not change."""
    return cursor.is_back


def is_playing(cursor: TimeCursor) -> bool:
    """Likewise."""
    return cursor.is_playing


def test_it_plays_as_fast_as_is_asked_for(episode: Kept) -> None:
    """Ten seconds at 5x are fifty of the trace, and all that is shown is of the moment that has come."""
    clock = Clock(0)
    cursor = TimeCursor(episode.past, clock=clock)
    cursor.go_to(cursor.history.began_us)
    cursor.work(None)
    for _ in range(SPEEDS.index(5.0) - SPEEDS.index(1.0)):
        cursor.change_speed(1)
    cursor.play()
    for _ in range(40):
        clock.now_us += SECOND_US // 4
        assert cursor.work(None)
        assert cursor.snapshots() == (episode.recomputed(cursor.at_us),)
    assert cursor.at_us == cursor.history.began_us + 50 * SECOND_US
    assert cursor.now_us() == cursor.at_us
    assert cursor.real_speed == cursor.speed == 5.0
    cursor.pause()
    clock.now_us += SECOND_US
    cursor.work(None)
    assert cursor.at_us == cursor.history.began_us + 50 * SECOND_US


def test_a_speed_that_cannot_be_kept_up_is_told(episode: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where folding takes longer than there is, it goes on from where it has come to, and says how fast that is."""
    clock = Clock(0)
    cursor = TimeCursor(episode.past, clock=clock)
    cursor.go_to(cursor.history.began_us)
    cursor.work(None)
    fold = cursor._course_to(cursor.at_us).__class__.fold

    def slow(course: object, time_us: int, events: int) -> bool:
        clock.now_us += 50_000
        return fold(course, time_us, events)  # type: ignore[arg-type] # it is one

    monkeypatch.setattr(module, "SLICE", 40)
    monkeypatch.setattr("hopscope.app.replay.course.Course.fold", slow)
    while cursor.speed < 600:
        cursor.change_speed(1)
    cursor.play()
    moments = []
    while clock.now_us < 4 * SECOND_US:
        clock.now_us += 1000
        cursor.work(12_000)
        moments.append(cursor.at_us)
    assert moments == sorted(moments)
    assert cursor.history.began_us < cursor.at_us < cursor.history.ended_us
    assert 1 < cursor.real_speed < 300
    assert cursor.snapshots()[0].time_us <= cursor.at_us == cursor.now_us()


def test_the_end_of_a_replay_stops_it_and_it_plays_again_from_the_beginning(episode: Kept) -> None:
    """Nothing comes after the end; played from there, it begins anew."""
    clock = Clock(0)
    cursor = TimeCursor(episode.past, clock=clock)
    assert cursor.is_at_end
    cursor.step(-2 * SECOND_US)
    cursor.work(None)
    cursor.play()
    clock.now_us += 5 * SECOND_US
    cursor.work(None)
    assert cursor.is_at_end
    assert not is_playing(cursor)
    cursor.play()
    assert is_playing(cursor)
    assert cursor.at_us == cursor.history.began_us


def test_what_has_caught_up_is_live(episode: Kept) -> None:
    """Over a trace that runs, a moment that is not before the present is the present."""
    clock = Clock(0)
    cursor = TimeCursor(episode.past, episode.recorder.fold, clock)
    assert not is_back(cursor)
    cursor.step(-3 * SECOND_US)
    assert is_back(cursor)
    cursor.work(None)
    cursor.play()
    clock.now_us += 4 * SECOND_US
    cursor.work(None)
    assert not is_back(cursor)
    assert cursor.now_us() == clock.now_us
    cursor.step_rounds(0, -3, SECOND_US)
    assert is_back(cursor)
    for _ in range(4):
        cursor.step_rounds(0, 1, SECOND_US)
    assert not is_back(cursor)


def test_events_are_where_they_were_known(episode: Kept) -> None:
    """Each step stands where the log had just told of an event, forwards and backwards alike."""
    cursor = TimeCursor(episode.past)
    cursor.go_to(cursor.history.began_us)
    forwards = []
    while cursor.step_event(1, 0):
        cursor.work(None)
        forwards.append(cursor.at_us)
        assert cursor.at_us in {one.told_us for one in episode.past.logged}
        told = [one.entry for one in episode.past.logged if one.told_us <= cursor.at_us]
        assert list(cursor.snapshots()[0].log_entries) == told
    backwards = [cursor.at_us]
    while cursor.step_event(-1, None):
        backwards.append(cursor.at_us)
    assert backwards[-len(forwards) - 1 :: 1][: len(forwards)] == forwards[::-1]


def test_work_in_slices_comes_to_the_same(episode: Kept) -> None:
    """With little time at once the moment is reached in several turns, and shown only then."""
    ticking = Clock(0)

    def clock() -> int:
        ticking.now_us += 1000
        return ticking.now_us

    cursor = TimeCursor(episode.past, clock=clock)
    cursor.work(None)
    before = cursor.snapshots()
    wanted = (cursor.history.began_us + cursor.history.ended_us) // 2
    cursor.go_to(wanted)
    turns = 0
    while not cursor.work(2000):
        turns += 1
        assert cursor.snapshots() == before
    assert turns > 1
    assert cursor.snapshots() == (episode.recomputed(wanted),)
