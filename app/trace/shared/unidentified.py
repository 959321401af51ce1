"""The probes in flight of which it is not known which router they meet, and what answers without a name have cost."""

from __future__ import annotations

from .hop_classes import Bucket
from .samples import Sample

# So long a probe may take an error of any router there, at the most.
PENDING_MAX_US = 500_000
# A probe is thought to be answered after four times the longest RTT and this, if at all.
ANSWER_MIN_US = 50_000


class Unidentified:
    """By TTL, the probes that any router there may answer."""

    def __init__(self) -> None:
        self._pending: dict[int, list[Sample]] = {}
        self._since_us: dict[int, int] = {}
        self._nameless: dict[int, Bucket] = {}
        self._slowest_us = 0

    def add(self, sample: Sample) -> None:
        """A probe went out."""
        self._pending.setdefault(sample.ttl, []).append(sample)
        self._since_us.setdefault(sample.ttl, sample.sent_us)

    def remove(self, sample: Sample) -> None:
        """A probe has an outcome."""
        pending = self._pending.get(sample.ttl)
        if pending and sample in pending:
            pending.remove(sample)

    def count(self, ttl: int, now_us: int) -> int:
        """How many may still be answered."""
        young_us = min(PENDING_MAX_US, ANSWER_MIN_US + 4 * self._slowest_us) if self._slowest_us else PENDING_MAX_US
        return sum(now_us - sample.sent_us < young_us for sample in self._pending.get(ttl, ()))

    def lasts_us(self, ttl: int, now_us: int) -> int:
        """For how long probes have been sent to a TTL."""
        return now_us - self._since_us.get(ttl, now_us)

    def answered(self, rtt_us: int) -> None:
        """An RTT took so long."""
        self._slowest_us = max(self._slowest_us, rtt_us)

    def nameless(self, ttl: int) -> Bucket:
        """The errors of a router at a TTL whose answers do not say whose they are."""
        bucket = self._nameless.get(ttl)
        if bucket is None:
            bucket = self._nameless[ttl] = Bucket()
        return bucket
