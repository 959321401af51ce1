"""The moment that is looked at, in words of the header and as a time line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from ....widgets.time_line import Mark, TimeLine
from ...insight.wording import duration
from .clock import clock

if TYPE_CHECKING:
    from ...replay.marks import Mark as MarkedMoment

SECONDS_BELOW_US = 600_000_000  # of a time line: its ends are told to the second


class Moment(NamedTuple):
    """Where the time cursor stands, while that is not the present. Times are monotonic microseconds."""

    at_us: int  # the moment
    began_us: int  # the first one that can be looked at
    ended_us: int  # the last one: the present, or the end of the replay
    offset_us: int  # added to such times it gives the wall clock, in microseconds since 1970
    is_replay: bool  # whether there is no present
    is_playing: bool  # whether time passes
    is_behind: bool  # whether what is shown is still of another moment
    speed: float  # how many seconds pass in one
    real_speed: float  # how many do, where so many cannot be had
    marks: tuple[MarkedMoment, ...] = ()  # what happened


def words(moment: Moment) -> tuple[str, ...]:
    """The moment in words of the header, the longest first."""
    state = "▶" if moment.is_playing else "‖"
    at = f"{state} {clock(moment.at_us, moment.offset_us)}{'…' if moment.is_behind else ''}"
    speed = ""
    if moment.is_playing or moment.is_replay:
        speed = f"{moment.speed:g}x"
        if moment.real_speed < 0.9 * moment.speed:
            speed += f" (only {moment.real_speed:.3g}x)"
    if moment.is_replay:
        long, short = f"replay of {_span(moment)}", "replay"
    else:
        ago = duration((moment.ended_us - moment.at_us) / 1e6)
        long, short = f"looking back {ago}", "looking back"
    parts = "   ".join(one for one in (at, speed) if one)
    return f"{long}   {parts}", f"{short}   {parts}", parts.replace("   ", " "), at


def time_line(moment: Moment) -> TimeLine:
    """The time line."""
    length = max(1, moment.ended_us - moment.began_us)

    def share(time_us: int) -> float:
        return max(0.0, min(1.0, (time_us - moment.began_us) / length))

    exact = length < SECONDS_BELOW_US
    made = []
    for one in moment.marks:
        until_us = moment.ended_us if one.lasts else one.until_us
        if (until_us if until_us is not None else one.time_us) < moment.began_us:
            continue  # forgotten
        label = one.label
        if until_us is not None:
            until = "" if one.lasts else _time(until_us, moment, exact=exact)
            label = f"{_time(one.time_us, moment, exact=exact)}-{until} {label}"
        made.append(Mark(one.kind, share(one.time_us), share(until_us if until_us is not None else one.time_us), label))
    return TimeLine(
        at=share(moment.at_us),
        now=clock(moment.at_us, moment.offset_us),
        began=_time(moment.began_us, moment, exact=exact),
        ended=_time(moment.ended_us, moment, exact=exact) if moment.is_replay else "now",
        marks=tuple(made),
    )


def _time(time_us: int, moment: Moment, *, exact: bool) -> str:
    """A time of the line; with its date where that is not the day on which the line begins."""
    shown = time.strftime("%H:%M:%S" if exact else "%H:%M", _local(time_us, moment))
    day = time.strftime("%m-%d", _local(time_us, moment))
    return shown if day == time.strftime("%m-%d", _local(moment.began_us, moment)) else f"{day} {shown}"


def _span(moment: Moment) -> str:
    exact = moment.ended_us - moment.began_us < SECONDS_BELOW_US
    first = time.strftime("%Y-%m-%d ", _local(moment.began_us, moment)) + _time(moment.began_us, moment, exact=exact)
    last = _time(moment.ended_us, moment, exact=exact)
    return f"{first} to {last}" if " " in last else f"{first}-{last}"


def _local(time_us: int, moment: Moment) -> time.struct_time:
    return time.localtime((time_us + moment.offset_us) / 1e6)
