"""Loss in the log of a path: where an outage of the target begins and ends, and what the stretches tell."""

from __future__ import annotations

from .loss_changes import LossChange
from .losses import CHANCE_MAX, ENDED, STARTED, TargetLoss
from .snapshot import FAILED, NOT_SENT, PENDING, UNANSWERED, UNREACHABLE, LogEntry, lost_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .cuts import LiveCuts
    from .hop import LiveHop
    from .loss_changes import LossTurn
    from .losses import LossNews

# A hop is silent when so many of its probes are lost: one that is asked in some rounds only may lose one by chance.
SILENT_MIN = 3


class LossWatch:
    """Follows the target's history from its first answer on, as it becomes known what became of each round's probe."""

    def __init__(self, target: str, hops: Mapping[int, LiveHop], cuts: LiveCuts) -> None:
        self._target = target
        self._hops = hops
        self._cuts = cuts
        self._loss = TargetLoss()
        self._next: int | None = None  # the first round that has not been looked at
        self._end_ttl = 0

    @property
    def begun(self) -> bool:
        """Whether the target has answered."""
        return self._next is not None

    def answered(self, ttl: int, number: int, time_us: int) -> Iterator[LogEntry]:
        """A hop answered while nothing has begun, or to a probe of a round that had been said to be lost."""
        if self._next is None:
            if self._hops[ttl].is_end(self._target):
                self._next = number
        elif ttl == self._end_ttl and number < self._next:
            for news in self._loss.late(number):
                if news.outage:
                    yield self._entry(news, time_us, self._end_ttl)

    def follow(self, last_round: int, kept_from: int, time_us: int) -> Iterator[LogEntry]:
        """Look at the rounds up to the first whose probe is pending; histories begin with round ``kept_from``."""
        if self._next is None:
            return
        ends = (ttl for ttl, hop in self._hops.items() if hop.is_end(self._target))
        self._end_ttl = min(ends, default=self._end_ttl)
        end = self._hops[self._end_ttl]
        while self._next <= last_round:
            value = end.history_at(self._next - kept_from)
            if value == PENDING:
                return
            number, self._next = self._next, self._next + 1
            if value in {NOT_SENT, FAILED}:
                continue
            for news in self._loss.completed(number, lost=value in {UNANSWERED, UNREACHABLE}):
                if not news.outage:
                    continue  # loss among answers is told from all hops together
                if news.kind != STARTED:
                    yield self._entry(news, time_us, self._end_ttl)
                elif cut_ttl := self._cuts.latest(news.round - kept_from, self._next - kept_from):
                    text = f"hop {cut_ttl} reports that it cannot reach the target"
                    yield self._entry(news._replace(text=text), time_us, cut_ttl)
                else:
                    first_ttl = silent_from(self._hops, self._end_ttl, news.round - kept_from, self._next - kept_from)
                    yield self._entry(news, time_us, first_ttl)

    def _entry(self, news: LossNews, time_us: int, first_ttl: int) -> LogEntry:
        last_ttl = max(first_ttl, self._end_ttl)
        return LogEntry(time_us, news.round, news.kind, news.text, first_ttl, last_ttl, outage=news.outage)


def entry_of(turn: LossTurn) -> LogEntry:
    """Loss among answers began, grew, or ended, as an entry with the time at which it did."""
    where = f"from hop {turn.first_ttl} on" if turn.first_ttl < turn.end_ttl else f"at hop {turn.end_ttl}"
    counts = f"{turn.lost} of {turn.probes} lost {where}"
    if turn.change is LossChange.BEGAN:
        return LogEntry(turn.time_us, turn.round, STARTED, f"loss begins: {counts}", turn.first_ttl, turn.end_ttl)
    text = f"loss ended: {counts} in {turn.rounds} round{'' if turn.rounds == 1 else 's'}"
    return LogEntry(turn.time_us, turn.round, ENDED, text, turn.first_ttl, turn.end_ttl)


def silent_from(hops: Mapping[int, LiveHop], end_ttl: int, begin: int, end: int) -> int:
    """The first of the hops that fell silent together with the target, from ``begin`` to ``end`` of the histories.

    A hop that never answers says nothing, nor does one that leaves so many probes unanswered anyway that these may be
    among them.
    """
    first = end_ttl
    for ttl in sorted((ttl for ttl in hops if ttl < end_ttl), reverse=True):
        hop = hops[ttl]
        rtts_us, _ = hop.history(max(begin, 0), end)
        if any(value >= 0 for value in rtts_us):
            break
        lost = lost_in(rtts_us)
        before = hop.sent - hop.pending - lost
        if hop.received and lost >= SILENT_MIN and ((before - hop.received) / before) ** lost < CHANCE_MAX:
            first = ttl
    return first
