"""What an outage is: losses in a row at a path's end, too many to be a part of the loss around them.

1. A run of OUTAGE_MIN probes or more is lost. Probes that were not sent, or are pending, neither break it nor count.
   Where a router reported of one of them that it cannot reach the target, CUT_MIN are enough.
2. Such runs would hardly come by chance: among ``completed`` probes of which a share p is lost, about
   ``completed * (1 - p) * p ** run`` do (a run begins after an answer, and has ``run`` losses); fewer than
   OUTAGE_CHANCE are to be expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from sys import byteorder
from typing import TYPE_CHECKING

from .snapshot import FAILED, NOT_SENT, PENDING, UNANSWERED, UNREACHABLE

if TYPE_CHECKING:
    from .snapshot import Hop

OUTAGE_MIN, CUT_MIN = 5, 2
OUTAGE_CHANCE = 0.01
# Of the four bytes of a time in a history, the one with the sign; and so many negative ones in a row.
_SIGN_AT = 3 if byteorder == "little" else 0
_ANY_RUN = b"\xff" * OUTAGE_MIN
_CUT = UNREACHABLE.to_bytes(4, byteorder, signed=True)


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
    data = end.rtts_us[since:].tobytes()
    reported = _CUT in data
    if not reported and _ANY_RUN not in data[_SIGN_AT::4]:
        return ()  # no need to look closer, every round
    told = end.rtts_us[since:].tolist()
    values = [UNANSWERED if value == UNREACHABLE else value for value in told] if reported else told[:]
    values.append(UNANSWERED)  # so that there always is one to be found
    length = len(values) - 1
    found, at = [], 0
    while (first := values.index(UNANSWERED, at)) < length:
        at = first
        last, run = first, 0
        while at < length and values[at] < 0:
            if values[at] == UNANSWERED:
                run, last = run + 1, at
            at += 1
        cut = reported and UNREACHABLE in told[first : last + 1]
        if run >= (CUT_MIN if cut else OUTAGE_MIN):
            found.append((first, last, run, at == length, cut))
    if not found:
        return ()
    unknown = values.count(NOT_SENT) + values.count(PENDING) + values.count(FAILED)
    lost, completed = values.count(UNANSWERED) - 1, length - unknown
    return tuple(
        Outage(since + first, last - first + 1, lasting, cut)
        for first, last, run, lasting, cut in found
        if is_outage(run, lost - run, completed - run, CUT_MIN if cut else OUTAGE_MIN)
    )
