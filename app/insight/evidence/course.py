"""What the losses of a stretch came to, look by look: so that what is said does not change with every round.

Counts are looked at when the rounds of the stretch have grown by LOOK_TIMES and all their probes' fates are known. What
one look finds the later ones hold: loss until it has clearly become unlikely, a hop that rate-limits its replies
likewise, and the place of a loss as ``told_place`` says.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...path.fates import fate, fates, lost_and_completed
from ...path.snapshot import NOT_SENT, PENDING
from .counts import Row
from .told_place import NOWHERE, Told
from .trace_key import trace_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from ...path.snapshot import Hop
    from .gather import Evidence

FIRST_LOOK, LOOK_TIMES = 8, 1.15
# Where the history no longer reaches back to the beginning of the stretch, it is looked at from a multiple of this on.
ALIGNED = 320
# A probe that is pending is one of so many of the latest rounds.
PENDING_ROUNDS = 512


@dataclass(frozen=True, slots=True)
class Found:
    """What a look finds."""

    limited: frozenset[int]  # TTLs of hops that rate-limit their replies
    place: Told = NOWHERE  # of the loss on the path
    further: Told = NOWHERE  # of more loss that begins beyond it
    end_more: bool = False  # whether the end loses more than the hop before it
    left_out: frozenset[int] = frozenset()  # TTLs of hops that may be limiters, by which no loss is placed
    sound: tuple[int, ...] = ()  # TTLs of the other hops that were judged; empty: none were
    bad: bool = False  # whether so much is lost that it is a fault
    known: bool = False  # whether the loss was told before the stretch began with it


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


def course(
    evidence: Evidence, end_ttl: int, look: Look, start: Found = NOTHING, span: tuple[int, int] | None = None
) -> Found:
    """What the latest look found; ``start``: what was known before the first one.

    ``span`` is what is looked at in place of the present stretch: indices in the histories, from and until.
    """
    snapshot = evidence.snapshot
    hops = [hop for hop in snapshot.hops if hop.ttl <= end_ttl]
    rounds = len(hops[0].rtts_us) if hops else 0
    begin, before = evidence.counted_from, evidence.before
    if span is not None:
        (begin, rounds), before = span, ()
    if not begin and span is None:
        begin = -(snapshot.rounds - rounds) % ALIGNED if snapshot.rounds > rounds else 0
    # Probes of the latest round are on their way.
    going_on = snapshot.state != "finished" and span is None
    length = max(looks(rounds - begin - going_on), default=0)
    length = max(looks(min((_known_rounds(hop, begin, length) for hop in hops if hop.received), default=0)), default=0)
    if not length:
        return start
    data = tuple(hop.rtts_us[begin : begin + length].tobytes() for hop in hops)
    left_out = tuple((first - begin, many) for first, many in evidence.left_out if begin <= first < begin + length)
    ttls = tuple(hop.ttl for hop in hops)
    place = trace_of(snapshot), end_ttl, span is not None
    return _course(place, data, _Given(ttls, left_out, before, look, start))


def _known_rounds(hop: Hop, begin: int, length: int) -> int:
    """How many rounds from an index on go before the first of which the hop's probe is pending; at most ``length``."""
    latest = max(0, length - PENDING_ROUNDS)
    at = fates(hop.rtts_us[begin + latest : begin + length].tobytes()).find(fate(PENDING))
    return length if at < 0 else latest + at


@dataclass(frozen=True, slots=True)
class _Given:
    """What the looks depend on, but for the histories."""

    ttls: tuple[int, ...]  # of the histories
    left_out: tuple[tuple[int, int], ...]  # index of the first round in the histories, and how many
    before: tuple[Row, ...]  # counts of the path before the stretch
    look: Look
    start: Found  # what was known before the first look


@dataclass(frozen=True, slots=True)
class _Known:
    """What the looks have come to so far, and what it depends on."""

    data: tuple[bytes, ...]  # the histories, hop by hop
    given: _Given
    rows: tuple[Row, ...]
    found: Found


PLACES = 16
ITEM_BYTES = array("i").itemsize
_known: dict[tuple[Hashable, int, bool], _Known] = {}


def _course(
    place: tuple[Hashable, int, bool],
    data: tuple[bytes, ...],
    given: _Given,
) -> Found:
    """Go on from the look before, where what it saw is still so; a place is a trace, its end, and which stretch."""
    known = _known.get(place)
    found, at, rows = given.start, 0, tuple(Row(ttl, 0, 0) for ttl in given.ttls)
    if known is not None and known.given == given:
        if known.data == data:
            return known.found
        if all(now.startswith(then) for now, then in zip(data, known.data, strict=True)):
            found, rows, at = known.found, known.rows, len(known.data[0]) // ITEM_BYTES
    unseen = at
    histories = [bytearray(fates(one[ITEM_BYTES * unseen :])) for one in data]
    for first, rounds in given.left_out:
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
