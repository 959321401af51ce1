"""The long memory of a path: a day of minutes."""

from __future__ import annotations

from hopscope.app.path.minutes import DAY, MINUTE_US, SLACK
from hopscope.app.path.path import Path
from hopscope.app.settings import TraceSettings
from hopscope.app.trace import events as happened
from support.engines import TARGET

SECOND_US = 1_000_000


def asked(path: Path, number: int, at_us: int, ttl: int = 1) -> None:
    """A round begins and a probe goes out."""
    path.record(happened.RoundStarted(at_us, number))
    path.record(happened.ProbeSent(at_us, number, ttl, number))


def answered(path: Path, number: int, at_us: int, rtt_us: int, *, late: bool = False) -> None:
    """The probe of a round is answered."""
    path.record(happened.ProbeAnswered(at_us, number, 1, number, "reply", TARGET.address, rtt_us, late=late))


def lost(path: Path, number: int, at_us: int) -> None:
    """The probe of a round is lost."""
    path.record(happened.ProbeLost(at_us, number, 1, number))


def test_a_minute_holds_its_worst_time_and_its_losses() -> None:
    """Probes count in the minute in which their round began, whenever their fate is known."""
    path = Path(TARGET, TraceSettings())
    for number in range(150):
        asked(path, number, number * SECOND_US)
        if number in {59, 70, 71}:
            lost(path, number, (number + 5) * SECOND_US)
        else:
            answered(path, number, number * SECOND_US, 10_000 + 1_000 * (number == 30) + 5_000 * (number == 149))
    hop = path.snapshot().hops[0]
    assert list(hop.minute_worst_us) == [11_000, 10_000, 15_000]
    assert list(hop.minute_lost) == [1, 2, 0]


def test_a_late_answer_takes_its_loss_back() -> None:
    """The minute has the time then, and no loss."""
    path = Path(TARGET, TraceSettings())
    asked(path, 0, 0)
    answered(path, 0, 0, 10_000)
    asked(path, 1, SECOND_US)
    lost(path, 1, 3 * SECOND_US)
    assert list(path.snapshot().hops[0].minute_lost) == [1]
    answered(path, 1, 4 * SECOND_US, 2_500_000, late=True)
    hop = path.snapshot().hops[0]
    assert list(hop.minute_lost) == [0]
    assert list(hop.minute_worst_us) == [2_500_000]


def test_minutes_without_rounds_are_empty() -> None:
    """While nothing is measured time goes on."""
    path = Path(TARGET, TraceSettings())
    for number, minute in enumerate((0, 3)):
        asked(path, number, minute * MINUTE_US)
        answered(path, number, minute * MINUTE_US, 10_000)
    assert list(path.snapshot().hops[0].minute_worst_us) == [10_000, -1, -1, 10_000]


def test_a_day_is_kept_and_no_more() -> None:
    """However many rounds came, the memory is bounded, and the numbers of minutes go on."""
    path = Path(TARGET, TraceSettings(), history_rounds=10)
    for number in range(2000):
        asked(path, number, number * MINUTE_US)
        answered(path, number, number * MINUTE_US, number + 1)
    snapshot = path.snapshot()
    kept = len(snapshot.hops[0].minute_worst_us)
    assert DAY <= kept <= DAY + SLACK
    assert snapshot.first_minute + kept == 2000
    assert list(snapshot.hops[0].minute_worst_us) == list(range(2001 - kept, 2001))


def test_a_reset_begins_anew() -> None:
    """Minutes are counted from the first round after it."""
    path = Path(TARGET, TraceSettings())
    asked(path, 0, 0)
    lost(path, 0, SECOND_US)
    path.record(happened.StatisticsReset(200 * SECOND_US))
    asked(path, 1, 200 * SECOND_US)
    answered(path, 1, 201 * SECOND_US, 10_000)
    snapshot = path.snapshot()
    assert snapshot.minutes_from_us == 200 * SECOND_US
    assert list(snapshot.hops[0].minute_worst_us) == [10_000]
    assert list(snapshot.hops[0].minute_lost) == [0]
