"""What ``--between`` names: two moments, joined by a slash as in ISO 8601.

A moment is a time of RFC 3339 (``2026-11-28T02:10:00Z``), a local clock time (``02:10`` or ``02:10:30``), which is the
first one after the session began, or how long before its end (``-10m``, ``-90s``, ``-2h``). Either may be left out:
the session's own beginning or end.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import tzinfo

_AGO = re.compile(r"-(\d{1,9})([smhd])")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d{2}:\d{2})")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
EXPECTED = "two times joined by '/', such as 02:10/02:30, -10m/ or 2026-11-28T02:10:00Z/2026-11-28T02:30:00Z"


def span(text: str, began_us: int, ended_us: int, zone: tzinfo | None = None) -> tuple[int, int]:
    """The two moments that a text names, in microseconds since 1970, for a session that began and ended then.

    ``zone`` is that of local times; None: this host's.

    Raises:
        ValueError: the text names none, or a time that a change of the clocks made ambiguous; it says what is wrong.
    """
    first, slash, last = text.partition("/")
    if not slash or "/" in last:
        raise ValueError(f"expected {EXPECTED}")
    from_us = moment(first, ended_us, began_us, zone) if first else began_us
    to_us = moment(last, ended_us, from_us, zone) if last else ended_us
    if to_us < from_us:
        raise ValueError("the second time is before the first")
    if from_us > ended_us or to_us < began_us:
        raise ValueError("nothing was recorded then")
    return from_us, to_us


def moment(text: str, ended_us: int, after_us: int, zone: tzinfo | None = None, expected: str = EXPECTED) -> int:
    """The moment that a text names, in microseconds since 1970, for a session that ended then.

    A clock time is the first one after ``after_us``. ``zone`` is that of local times; None: this host's.

    Raises:
        ValueError: the text names none, or a time that a change of the clocks made ambiguous; it says what is wrong.
    """
    if found := _AGO.fullmatch(text):
        return ended_us - int(found[1]) * _SECONDS[found[2]] * 1_000_000
    if found := _CLOCK.fullmatch(text):
        return _clock(int(found[1]), int(found[2]), int(found[3] or 0), after_us, zone)
    if _RFC_3339.fullmatch(text):
        try:
            return _us(datetime.fromisoformat(text.upper().replace(" ", "T")))
        except ValueError:
            raise ValueError(f"{text} is no time") from None
    raise ValueError(f"{text or 'nothing'} is no time; expected {expected}")


def _clock(hour: int, minute: int, second: int, after_us: int, zone: tzinfo | None) -> int:
    """The first moment, not before another, at which a local clock shows a time."""
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{hour:02}:{minute:02} is no time of a day")
    day = datetime.fromtimestamp(after_us / 1_000_000, zone).date()
    moments = _on(day, hour, minute, second, zone)
    # A time that is named to the minute is that of a session that began within the minute.
    if moments and all(one + 60_000_000 <= after_us for one in moments):
        moments = _on(day + timedelta(days=1), hour, minute, second, zone)
    if len(moments) != 1:
        shown = f"{hour:02}:{minute:02}"
        why = "twice" if moments else "not at all"
        raise ValueError(f"{shown} came {why} on that day, when the clocks changed; give it with its offset from UTC")
    return moments[0]


def _on(day: date, hour: int, minute: int, second: int, zone: tzinfo | None) -> list[int]:
    """The moments of a day at which a local clock shows a time: one, two or none."""
    naive = datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001 - a clock on a wall
    found = []
    for fold in (0, 1):
        one = naive.replace(fold=fold, tzinfo=zone) if zone is not None else naive.replace(fold=fold).astimezone()
        us = _us(one)
        shown = datetime.fromtimestamp(us / 1_000_000, zone)
        if (shown.hour, shown.minute, shown.second) == (hour, minute, second):
            found.append(us)
    return sorted(set(found))


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
