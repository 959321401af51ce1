"""What an outage is: losses in a row at a path's end, too many to be a part of the loss around them.

1. A run of OUTAGE_MIN probes or more is lost. Probes that were not sent, or are pending, neither break it nor count.
   Where a router reported of one of them that it cannot reach the target, CUT_MIN are enough.
2. Such runs would hardly come by chance: among ``completed`` probes of which a share p is lost, about
   ``completed * (1 - p) * p ** run`` do (a run begins after an answer, and has ``run`` losses); fewer than
   OUTAGE_CHANCE are to be expected.
3. Nor are they of such runs as losses come in here: where after a loss the next probe is lost with a chance of q, as
   the shorter runs tell it, each of them would have had so many with ``q ** (run - 1)``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .fates import LOST, UNKNOWN, fates, lost_and_completed

if TYPE_CHECKING:
    from .snapshot import Hop

OUTAGE_MIN, CUT_MIN = 5, 2
OUTAGE_CHANCE = 0.01
# Of fates: lost, lost as a router reported, and rounds without an answer where nothing, or something, was reported.
_LOST, _CUT = LOST
_RUN = re.compile(b"[\x80-\xff]{%d,}" % OUTAGE_MIN)
_ANY_RUN = re.compile(b"[\x80-\xff]+")
_SHORT_RUN = re.compile(b"[\x80-\xff]{%d,}" % CUT_MIN)


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage in a history."""

    # Index of its first round in the history.
    first: int
    # From the first lost probe to the last one, at least CUT_MIN.
    rounds: int
    # Nothing has been answered since.
    lasting: bool
    # A router reported that it could not reach the target.
    reported: bool = False


def is_outage(
    run: int, lost: int, completed: int, shortest: int = OUTAGE_MIN, others: tuple[int, int] = (0, 0)
) -> bool:
    """Whether ``run`` losses in a row are an outage, where ``lost`` of ``completed`` others are lost.

    ``others``: how many shorter runs of losses there are, and how many losses in them.
    """
    if run < shortest:
        return False
    share = lost / completed if completed > 0 else 0.0
    if (completed + run) * (1 - share) * share**run >= OUTAGE_CHANCE:
        return False
    runs, in_runs = others
    again = (in_runs - runs) / (in_runs + 1)
    return (runs + 1) * again ** (run - 1) < OUTAGE_CHANCE


def outages(end: Hop, since: int) -> tuple[Outage, ...]:
    """The outages in the history of a path's end, from an index on, the oldest first."""
    if end.dropped < CUT_MIN:
        return ()
    seen = fates(end.rtts_us[since:].tobytes())
    reported = _CUT in seen
    found = []
    for unanswered in (_SHORT_RUN if reported else _RUN).finditer(seen):
        piece = unanswered[0]
        cut = _CUT in piece
        lost = piece.replace(_CUT, _LOST)
        run = lost.count(_LOST)
        if run >= (CUT_MIN if cut else OUTAGE_MIN):
            first, last = (unanswered.start() + at for at in (lost.index(_LOST), lost.rindex(_LOST)))
            found.append((first, last, run, unanswered.end() == len(seen), cut))
    if not found:
        return ()  # as nearly always, every round
    lost_in_all, completed = lost_and_completed(seen)
    others = _shorter_runs(seen)
    return tuple(
        Outage(since + first, last - first + 1, lasting, cut)
        for first, last, run, lasting, cut in found
        # What a router reports is no chance.
        if is_outage(run, lost_in_all - run, completed - run, CUT_MIN if cut else OUTAGE_MIN, (0, 0) if cut else others)
    )


def _shorter_runs(seen: bytes) -> tuple[int, int]:
    """How many runs of losses are too short for an outage, and how many losses are in them."""
    known = seen.translate(None, b"".join(UNKNOWN))  # which separates no runs, and joins none
    short = [run for run in map(len, _ANY_RUN.findall(known)) if run < OUTAGE_MIN]
    return len(short), sum(short)
