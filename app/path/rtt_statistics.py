"""Running statistics of RTTs in integer microseconds: mtr's figures.

Two figures are not computed as mtr computes them. Averages, deviation and geometric mean come from exact sums: mtr
truncates a running value at each answer, so that on a long trace its average sinks towards the best. And interarrival
jitter is RFC 3550's own (section A.8), where mtr shows its sixteenfold.
"""

from __future__ import annotations

from math import exp, isqrt, log

from .snapshot import Statistics


class RunningStatistics:
    """The figures of one hop or one address; constant memory however many answers come."""

    __slots__ = (
        "_jitter",
        "_jitter_interarrival_16",
        "_jitter_sum",
        "_jitter_worst",
        "_log_sum",
        "_square_sum",
        "_sum",
        "answers",
        "best",
        "last",
        "worst",
    )

    def __init__(self) -> None:
        self.answers = 0
        self.last = 0
        self.best = 0
        self.worst = 0
        self._sum = 0
        self._square_sum = 0
        self._log_sum = 0.0
        self._jitter = 0
        self._jitter_sum = 0
        self._jitter_worst = 0
        self._jitter_interarrival_16 = 0

    def add(self, rtt_us: int) -> None:
        """Take one RTT."""
        if self.answers:
            jitter = self._jitter = abs(rtt_us - self.last)
            self._jitter_sum += jitter
            if jitter > self._jitter_worst:  # noqa: PLR1730 - a call takes twice as long, for each answer
                self._jitter_worst = jitter
            self._jitter_interarrival_16 += jitter - ((self._jitter_interarrival_16 + 8) >> 4)
            if rtt_us < self.best:
                self.best = rtt_us
            elif rtt_us > self.worst:
                self.worst = rtt_us
        else:
            self.best = self.worst = rtt_us
        self.answers += 1
        self.last = rtt_us
        self._sum += rtt_us
        self._square_sum += rtt_us * rtt_us
        self._log_sum += log(rtt_us or 1)

    def freeze(self) -> Statistics:
        """The figures at this moment; all divisions truncate."""
        answers = self.answers
        if not answers:
            return Statistics()
        stdev = 0
        if answers > 1:
            squares_of_deviations_times_n = answers * self._square_sum - self._sum * self._sum
            stdev = isqrt(squares_of_deviations_times_n // (answers * (answers - 1)))
        return Statistics(
            answers=answers,
            last=self.last,
            best=self.best,
            worst=self.worst,
            average=self._sum // answers,
            stdev=stdev,
            geometric_mean=int(exp(self._log_sum / answers) + 1e-6),
            jitter=self._jitter,
            jitter_average=self._jitter_sum // answers,  # the first answer counts as one of jitter 0, as in mtr
            jitter_worst=self._jitter_worst,
            jitter_interarrival=self._jitter_interarrival_16 >> 4,
        )
