"""The latest probes that were sent to a hop, which stand for those of other targets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ....probe.wire import Answer

# So many are remembered, for so long.
SAMPLES_MAX = 1000
REMEMBERED_US = 60_000_000


@dataclass(slots=True, eq=False)
class Sample:
    """A probe that was sent, and the targets that it has served."""

    target: int  # whose probe it is, by number
    ttl: int  # 1 to 255
    seq: int  # names it, unique among the probes of all targets
    sent_us: int  # monotonic
    fair: bool  # whatever router it met could spare an answer, or has none for a single trace either
    paid: bool  # it was taken from a known router's errors when it was sent
    answer: Answer | None = None  # None: it has none yet, or is lost
    lost: bool = False  # it got no answer in time
    served: set[int] = field(default_factory=set)  # the targets that it has stood for, with its own

    @property
    def decided(self) -> bool:
        """Whether it was answered or is lost."""
        return self.lost or self.answer is not None


class Samples:
    """Those of one hop, in the order of their sending."""

    __slots__ = ("_all",)

    def __init__(self) -> None:
        self._all: list[Sample] = []

    def __iter__(self) -> Iterator[Sample]:
        """All, the oldest first."""
        return iter(self._all)

    def __contains__(self, sample: Sample) -> bool:
        """Whether a probe is one of them."""
        return sample in self._all

    @property
    def latest_us(self) -> int:
        """When the latest one was sent; 0: there is none."""
        return self._all[-1].sent_us if self._all else 0

    @property
    def all_decided(self) -> bool:
        """Whether none may still be answered."""
        return all(sample.decided for sample in self._all)

    def add(self, sample: Sample) -> None:
        """Remember a probe; the oldest ones make room."""
        insort(self._all, sample, key=_sent_us)
        first_us = self.latest_us - REMEMBERED_US
        if len(self._all) > SAMPLES_MAX or self._all[0].sent_us < first_us:
            del self._all[: max(len(self._all) - SAMPLES_MAX, bisect_left(self._all, first_us, key=_sent_us))]

    def drop(self, sample: Sample) -> None:
        """A probe says nothing."""
        if sample in self._all:
            self._all.remove(sample)

    def between(self, first_us: int, last_us: int) -> list[Sample]:
        """Those that were sent after the one time and before the other."""
        first = bisect_right(self._all, first_us, key=_sent_us)
        return self._all[first : bisect_left(self._all, last_us, key=_sent_us)]

    def since(self, first_us: int) -> list[Sample]:
        """Those that were sent after a time."""
        return self._all[bisect_right(self._all, first_us, key=_sent_us) :]

    def drop_lost(self) -> None:
        """What was lost says nothing."""
        self._all = [sample for sample in self._all if not sample.lost]

    def take(self, others: Samples, without_lost_of: set[int]) -> None:
        """Take those of another hop that turned out to be this one, but none that these targets have lost."""
        for sample in others:
            if not sample.lost or sample.target not in without_lost_of:
                self.add(sample)


def _sent_us(sample: Sample) -> int:
    return sample.sent_us
