"""The state of a path as a checkpoint holds it, and a path made of it again: see ``path_table``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..path.cuts import LiveCuts
from ..path.hop import LiveHop
from ..path.path import Path
from ..path.path_watch import PathWatch
from ..path.snapshot import UNREACHABLE
from ..settings import TraceSettings
from .checks import check_settings
from .codec import COUNT, OBJECTS, ROUND, TTL, Items, Row, codec, fill
from .path_table import KEPT_MAX, STATE
from .values import Unfit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..settings import Target
    from .history import History

OBJECTS.update(STATE)
_PATH, _HOP, _WATCH = codec(Path), codec(LiveHop), codec(PathWatch)
_FIRST_KEPT = list(STATE[Path]).index("_first_kept_round")
_RUNS = codec(Items(Row((ROUND, COUNT, TTL))))
_TTLS = codec(Items(TTL, most=TTL.high))
_SUMS = codec(Items(COUNT))
_TIMES = codec(Items(int))


def pack(path: Path) -> list[Any]:
    """The state of a path."""
    first = path._first_kept_round
    hops = [[ttl, _HOP.pack(one), _RUNS.pack(_unreachable(one, first))] for ttl, one in path._hops.items()]
    watch = path._watch
    return [
        _PATH.pack(path),
        hops,
        None if watch is None else _pack_watch(watch),
        _RUNS.pack(_runs(path._cuts._by, first)),
        list(path._minutes._hops),
    ]


def unpack(target: Target, clock_offset_us: int, value: object, history: History) -> Path:
    """The path that had this state, with its history; of a target, and with what makes wall clock of its times.

    Raises:
        Unfit: no path can have had it.
    """
    if not isinstance(value, list) or len(value) != 5:
        raise Unfit("state: not a list of 5")
    own, hops, watch, cut_by, with_minutes = value
    path = Path(target, TraceSettings(), clock_offset_us=clock_offset_us)
    fill(path, Path, own)
    check_settings(path.settings)
    first, kept = path._first_kept_round, path._kept
    if not 0 <= first <= path._last_round + 1 or kept > KEPT_MAX or path._last_round != history.last_round:
        raise Unfit("state: rounds that cannot be")
    _fill_hops(path, hops)
    history.give(path)
    for ttl, one in path._hops.items():
        by_ttl = next(each for each in hops if each[0] == ttl)
        for begin, count, value_at in _RUNS.unpack(by_ttl[2]):
            _overlay(one, begin - first, count, -value_at)
    path._cuts = LiveCuts(kept)
    for begin, count, ttl in _RUNS.unpack(cut_by):
        for at in range(max(begin - first, 0), min(begin - first + count, kept)):
            path._cuts._by[at] = ttl
    history.give_minutes(path, _TTLS.unpack(with_minutes))
    if watch is not None:
        _unpack_watch(path, watch, history)
    return path


def first_round(value: object) -> int:
    """The first round that a state asks the history for, before it has been checked: 0 where it cannot be told."""
    try:
        first = value[0][_FIRST_KEPT]  # type: ignore[index] # whatever it is
    except (TypeError, IndexError, KeyError):
        return 0
    return first if type(first) is int else 0


# ---- inside ---------------------------------------------------------------------------------------------------


def _unreachable(one: LiveHop, first: int) -> list[tuple[int, int, int]]:
    """The runs of rounds in which a probe was cut off: lines tell of an answer."""
    if UNREACHABLE not in one._rtts_us:
        return []
    return _runs([-value if value == UNREACHABLE else 0 for value in one._rtts_us], first)


def _runs(values: Sequence[int], first: int) -> list[tuple[int, int, int]]:
    """Runs of a value other than 0: its first round, its length, the value."""
    found: list[tuple[int, int, int]] = []
    at = 0
    for value, group in groupby(values):
        count = sum(1 for _ in group)
        if value:
            found.append((first + at, count, value))
        at += count
    return found


def _overlay(one: LiveHop, at: int, count: int, value: int) -> None:
    if value != UNREACHABLE:
        raise Unfit("state: not an unreachable")
    for each in range(max(at, 0), min(at + count, len(one))):
        one._rtts_us[each] = value
        one._answered_by[each] = -1


def _fill_hops(path: Path, hops: object) -> None:
    if not isinstance(hops, list) or len(hops) > TTL.high:
        raise Unfit("state: not the hops of a path")
    for each in hops:
        if not isinstance(each, list) or len(each) != 3 or each[0] in path._hops:
            raise Unfit("state: not a hop")
        ttl = codec(TTL).unpack(each[0])
        one = path._hops[ttl] = LiveHop(ttl, path._kept, path.target.address)
        fill(one, LiveHop, each[1])
        for responder in one.responders:
            responder.frozen = None
        one._index = {responder.address: at for at, responder in enumerate(one.responders)}
        known = len(one.responders)
        if one.latest >= known or any(at >= known for at in one._latest_of.values()):
            raise Unfit("state: an address that is not there")
        if one.statistics.answers != one.received:
            raise Unfit("state: counts that cannot be")


def _pack_watch(watch: PathWatch) -> list[Any]:
    times, begins = watch._stretches._times, watch._levels._begins_us
    lossy = watch._stretches._changes._lossy
    return [
        _WATCH.pack(watch),
        next(iter(times), -1),
        next(iter(begins), -1),
        lossy[0].sums if lossy else [],  # of the others they are made of these
        [one.time_us for one in lossy if one.round not in times],
    ]


def _unpack_watch(path: Path, value: object, history: History) -> None:
    if not isinstance(value, list) or len(value) != 5:
        raise Unfit("state: not a list of 5")
    watch = path._watch = path._new_watch()
    fill(watch, PathWatch, value[0])
    last = path._last_round
    stretch, levels, loss = watch._stretches, watch._levels, watch._loss
    nexts = (stretch._next, loss._next or 0, levels._next or 0, watch._path_round, watch._before_round)
    if watch.kept_from != path._first_kept_round or watch._last_round > last or any(one > last + 1 for one in nexts):
        raise Unfit("state: rounds that cannot be")
    if max(loss._loss._run, stretch._end_rounds, stretch._end_lost) > last + 1:
        raise Unfit("state: more rounds than there were")
    stretch._times = history.times(codec(ROUND).unpack(value[1]), last)
    levels._begins_us = history.times(codec(ROUND).unpack(value[2]), last)
    levels._level._ordered = sorted(levels._level._known)
    changes = stretch._changes
    sums = _SUMS.unpack(value[3])
    if (changes._lossy and len(sums) != changes._end + 1) or len(changes._older) not in (0, changes._end + 1):
        raise Unfit("state: sums that cannot be")
    older_us = iter(_TIMES.unpack(value[4]))
    for one in changes._lossy:
        one.sums = []
        one.time_us = next(older_us, 0) if one.round not in stretch._times else stretch._times[one.round]
    if changes._lossy:
        silence = changes._silence
        changes._lossy[0].sums = sums
        changes._sum_up(1)
        changes._silence = silence
