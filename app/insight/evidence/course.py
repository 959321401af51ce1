"""What the losses of a stretch came to, look by look: so that what is said does not change with every round.

Counts are looked at when the rounds of the stretch have grown by LOOK_TIMES. What one look finds the later ones hold:
loss until it has clearly become unlikely, a hop that rate-limits its replies likewise, and the place of a loss as long
as it agrees with what the later looks leave possible, unless that was wide and is narrow now.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...path.fates import fate, fates, lost_and_completed
from ...path.snapshot import NOT_SENT
from .counts import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .gather import Evidence

FIRST_LOOK, LOOK_TIMES = 10, 1.15
# A place that spans more hops is narrowed when it can be.
WIDE = 3
# From so many rounds on the place is made as narrow as it can be.
PRECISE_ROUNDS = 150
# Where the history no longer reaches back to the beginning of the stretch, it is looked at from a multiple of this on.
ALIGNED = 320


# The last hop before a loss, and the last one at which it may begin.
Ends = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What a look finds."""

    limited: frozenset[int]  # TTLs of hops that rate-limit their replies
    after_ttl: int = 0  # the last hop before the loss, 0 is this host
    from_ttl: int = 0  # the last hop at which the loss may begin; 0: there is no loss on the path
    further: Ends = (0, 0)  # the same of more loss that begins beyond it; zeros: there is none, as far as is known


NOTHING = Found(frozenset())
# Takes the rows of the stretch, those before it, and what the look before found; the last row is the end's.
Look = Callable[[tuple[Row, ...], tuple[Row, ...], Found], Found]


def looks(rounds: int) -> Iterator[int]:
    """After how many rounds one looks, up to so many."""
    at = FIRST_LOOK
    while at <= rounds:
        yield at
        at = max(at + 1, round(at * LOOK_TIMES))


def has_histories(evidence: Evidence) -> bool:
    """Whether the fates of probes are known in their order; a report that was made elsewhere has totals alone."""
    return any(len(hop.rtts_us) for hop in evidence.snapshot.hops)


def course(evidence: Evidence, end_ttl: int, look: Look) -> Found:
    """What the latest look found."""
    snapshot = evidence.snapshot
    hops = [hop for hop in snapshot.hops if hop.ttl <= end_ttl]
    rounds = len(hops[0].rtts_us) if hops else 0
    begin = evidence.counted_from
    if not begin:
        begin = -(snapshot.last_round + 1 - rounds) % ALIGNED if snapshot.last_round + 1 > rounds else 0
    going_on = snapshot.state != "finished"  # then probes of the latest round are on their way
    length = max(looks(rounds - begin - going_on), default=0)
    if not length:
        return NOTHING
    data = tuple(hop.rtts_us[begin : begin + length].tobytes() for hop in hops)
    outages = tuple((one.first - begin, one.rounds) for one in evidence.outages if begin <= one.first < begin + length)
    ttls = tuple(hop.ttl for hop in hops)
    return _course((snapshot.target.address, end_ttl), data, _Given(ttls, outages, evidence.before, look))


@dataclass(frozen=True, slots=True)
class _Given:
    """What the looks depend on, but for the histories."""

    ttls: tuple[int, ...]  # of the histories
    outages: tuple[tuple[int, int], ...]  # index of the first round in the histories, and how many
    before: tuple[Row, ...]  # counts of the path before the stretch
    look: Look


@dataclass(frozen=True, slots=True)
class _Known:
    """What the looks have come to so far, and what it depends on."""

    data: tuple[bytes, ...]  # the histories, hop by hop
    given: _Given
    rows: tuple[Row, ...]
    found: Found


PLACES = 16
ITEM_BYTES = array("i").itemsize
_known: dict[tuple[str, int], _Known] = {}


def _course(
    place: tuple[str, int],
    data: tuple[bytes, ...],
    given: _Given,
) -> Found:
    """Go on from the look before, where what it saw has not changed since; a place is a trace and its end."""
    known = _known.get(place)
    found, at, rows = NOTHING, 0, tuple(Row(ttl, 0, 0) for ttl in given.ttls)
    if known is not None and known.given == given:
        if known.data == data:
            return known.found
        if all(now.startswith(then) for now, then in zip(data, known.data, strict=True)):
            found, rows, at = known.found, known.rows, len(known.data[0]) // ITEM_BYTES
    unseen = at
    histories = [bytearray(fates(one[ITEM_BYTES * unseen :])) for one in data]
    for first, rounds in given.outages:
        begin, end = max(0, first - unseen), max(0, first + rounds - unseen)
        for history in histories:
            history[begin:end] = fate(NOT_SENT) * len(history[begin:end])
    for until in looks(unseen + len(histories[0])):
        if until <= at:
            continue
        rows = tuple(
            _more(row, history[at - unseen : until - unseen]) for row, history in zip(rows, histories, strict=True)
        )
        at = until
        if any(row.lost for row in rows):
            found = given.look(rows, given.before, found)
    if place not in _known and len(_known) >= PLACES:
        del _known[next(iter(_known))]
    _known[place] = _Known(data, given, rows, found)
    return found


_course.cache_clear = _known.clear  # type: ignore[attr-defined] # as of a function with an ``lru_cache``


def _more(row: Row, seen: bytes | bytearray) -> Row:
    lost, completed = lost_and_completed(seen)
    return Row(row.ttl, row.lost + lost, row.completed + completed)


def held_place(
    found: tuple[int, int], then: tuple[int, int], rounds: int, last_ones: tuple[int, ...]
) -> tuple[int, int]:
    """The place that is told after so many rounds: that of before as long as it agrees with what is found now.

    ``last_ones`` are the first and the last of the hops at the end where loss may be limits on replies: whether it
    begins there is told as soon as it is known.
    """
    if not then[1]:
        return found
    agree = (found[0] >= then[0] and found[1] <= then[1]) or (then[0] >= found[0] and then[1] <= found[1])
    narrow, wide = found[1] - found[0], then[1] - then[0]
    narrower = narrow < wide and (
        rounds > PRECISE_ROUNDS or narrow <= WIDE < wide or _kind(found, last_ones) != _kind(then, last_ones)
    )
    return then if agree and not narrower else found


def _kind(place: Ends, last_ones: tuple[int, ...]) -> int:
    """0: before those hops; 1: perhaps there; 2: there; 3: at the last one."""
    near = min(last_ones, default=0)
    if place[1] < near:
        return 0
    return 1 if place[0] < near - 1 else 2 if place[0] < max(last_ones, default=0) - 1 else 3
