"""Duplicate replies: the latest probes that were answered are remembered, so that it is known where they had been."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...probe.limits import ANSWERED_MAX
from .events import ProbeDuplicated

if TYPE_CHECKING:
    from ...probe.wire import Answer
    from .in_flight import Probe


@dataclass(frozen=True, slots=True)
class _Answered:
    round: int
    ttl: int
    address: str


class Duplicates:
    """Those of one target."""

    def __init__(self) -> None:
        self._answered: OrderedDict[int, _Answered] = OrderedDict()

    def expect(self, probe: Probe, address: str) -> None:
        """A probe was answered by an address, and that counts."""
        self._answered[probe.seq] = _Answered(probe.round, probe.ttl, address)
        if len(self._answered) > ANSWERED_MAX:
            self._answered.popitem(last=False)

    def take(self, seq: int, answer: Answer, now_us: int) -> ProbeDuplicated | None:
        """What a duplicate reply means; None where the first reply is too long ago, or does not count."""
        if answer.address is None or answer.rtt_us is None:
            return None
        first = self._answered.pop(seq, None)
        if first is None:
            return None
        return ProbeDuplicated(
            now_us,
            first.round,
            first.ttl,
            seq,
            address=answer.address,
            rtt_us=answer.rtt_us,
            elsewhere=answer.address != first.address,
            icmp_type=answer.icmp_type,
            icmp_code=answer.icmp_code,
            reply_ttl=answer.reply_ttl,
        )

    def forget(self, ttl: int) -> None:
        """What was counted at a TTL no longer counts."""
        self._answered = OrderedDict((seq, one) for seq, one in self._answered.items() if one.ttl != ttl)

    def clear(self) -> None:
        """Nothing counts any more."""
        self._answered.clear()
