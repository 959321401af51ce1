"""When loss at the target begins, and when it ends: told from single lost probes and from chance.

Two kinds of loss, each told at its beginning and at its end; the log takes the outages, and the rest from
``loss_changes``:

1. An outage (``outages``), the loss around it being that among answers, once that has been told. It ends with the next
   answer.
2. Loss among answers; the probes of outages are left out. It begins where the cumulative sum of log likelihood ratios
   (Page, Biometrika 41, 1954) of a share of LOSSY against one of SOUND reaches BEGINS: four probes lost of 84 do that,
   three do not. It ends when so many answers in a row would be rarer than CHANCE_MAX under the share that was lost.

Only the target is watched: what routers before it leave unanswered is their own rate limit, or is lost at the target
too.
"""

from __future__ import annotations

from math import log
from typing import NamedTuple

from .outages import OUTAGE_MIN, is_outage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from .snapshot import EntryKind

STARTED: Final = "loss-started"
ENDED: Final = "loss-ended"
CHANCE_MAX = 1e-4
SOUND, LOSSY = 0.002, 0.015
LOST_WEIGHT = log(LOSSY / SOUND)
ANSWERED_WEIGHT = log((1 - LOSSY) / (1 - SOUND))
BEGINS = 7.0


class LossNews(NamedTuple):
    """Loss began or ended."""

    kind: EntryKind  # STARTED or ENDED
    # Of the trace: the first lost one, or the first that is not.
    round: int
    # For people, a clause.
    text: str
    # Nothing at all was answered.
    outage: bool = False


class TargetLoss:
    """Takes what became of the target's probes, in the order of their rounds."""

    def __init__(self) -> None:
        self._run = 0  # probes lost in a row, not yet counted below
        self._run_from = 0
        self._outage = False
        self._lossy = False
        self._sum = 0.0
        self._since = 0  # the round of the first lost probe that counts
        self._probes = self._lost = 0  # from that probe on
        self._clean = 0  # answers since the latest lost probe

    def completed(self, number: int, *, lost: bool) -> Iterator[LossNews]:
        """The probe of a round was answered or lost."""
        if lost:
            self._run += 1
            if self._run == 1:
                self._run_from = number
            around = (self._lost, self._probes - self._clean) if self._lossy else (0, 0)
            if not self._outage and is_outage(self._run, *around):
                self._outage = True
                yield LossNews(STARTED, self._run_from, f"stopped answering: {self._run} lost in a row", outage=True)
            return
        run, self._run = self._run, 0
        if self._outage:
            yield self._answers_again(number, run)
        else:
            for _ in range(run):
                yield from self._count_lost()
        yield from self._count_answered(number)

    def late(self, number: int) -> Iterator[LossNews]:
        """The probe of a round that was said to be lost has been answered after all."""
        if self._run and number >= self._run_from:
            if self._outage:
                run, self._run = self._run, 0
                yield self._answers_again(number, run)
            else:
                self._run -= 1
        elif self._lost and number >= self._since:
            self._lost -= 1
            self._sum = max(0.0, self._sum - LOST_WEIGHT)
            if not self._lost:
                if self._lossy:
                    yield LossNews(ENDED, number, "loss ended: the answers came late")
                self._clear()

    @property
    def _share(self) -> float:
        """What was lost from the first lost probe to the last one."""
        return self._lost / (self._probes - self._clean)

    def _clear(self) -> None:
        self._lossy = False
        self._sum = 0.0
        self._probes = self._lost = self._clean = 0

    def _answers_again(self, number: int, run: int) -> LossNews:
        self._outage = False
        return LossNews(ENDED, number, f"answers again after {run} rounds", outage=True)

    def _count_lost(self) -> Iterator[LossNews]:
        if not self._lost:
            self._since = self._run_from
        self._lost += 1
        self._probes += 1
        self._clean = 0
        self._sum += LOST_WEIGHT
        if not self._lossy and self._sum >= BEGINS:
            self._lossy = True
            yield LossNews(STARTED, self._since, f"loss begins: {self._lost} of {self._probes} lost")

    def _count_answered(self, number: int) -> Iterator[LossNews]:
        if not self._lost:
            return
        self._probes += 1
        self._clean += 1
        if self._lossy:
            if self._clean >= OUTAGE_MIN and (1 - self._share) ** self._clean < CHANCE_MAX:
                text = f"loss ended: {self._lost} of {self._probes - self._clean} lost, {self._clean} clean since"
                yield LossNews(ENDED, number - self._clean + 1, text)
                self._clear()
            return
        self._sum += ANSWERED_WEIGHT
        if self._sum <= 0:
            self._clear()
