"""What an outage is: losses in a row at a path's end, too many to be a part of the loss around them.

1. A run of OUTAGE_MIN probes or more is lost. Probes that were not sent, or are pending, neither break it nor count.
   Where a router reported of one of them that it cannot reach the target, CUT_MIN are enough.
2. Such runs would hardly come by chance: among ``completed`` probes of which a share p is lost, about
   ``completed * (1 - p) * p ** run`` do (a run begins after an answer, and has ``run`` losses); fewer than
   OUTAGE_CHANCE are to be expected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .fates import LOST, fates, lost_and_completed

if TYPE_CHECKING:
    from .snapshot import Hop

OUTAGE_MIN, CUT_MIN = 5, 2
OUTAGE_CHANCE = 0.01
# Of fates: lost, lost as a router reported, and rounds without an answer where nothing, or something, was reported.
_LOST, _CUT = LOST
_RUN = re.compile(b"[\x80-\xff]{%d,}" % OUTAGE_MIN)
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


def is_outage(run: int, lost: int, completed: int, shortest: int = OUTAGE_MIN) -> bool:
    """Whether ``run`` losses in a row are an outage, where ``lost`` of ``completed`` others are lost."""
    if run < shortest:
        return False
    share = lost / completed if completed > 0 else 0.0
    return (completed + run) * (1 - share) * share**run < OUTAGE_CHANCE


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
    return tuple(
        Outage(since + first, last - first + 1, lasting, cut)
        for first, last, run, lasting, cut in found
        if is_outage(run, lost_in_all - run, completed - run, CUT_MIN if cut else OUTAGE_MIN)
    )
