"""What came of the checks that were run: pure judgement of their counts beside the trace's."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ...path.snapshot import FAILED, NOT_SENT, PENDING, lost_in
from ...statistics.exact_tests import fisher_greater
from ...trace.checks import CheckKind

if TYPE_CHECKING:
    from ...trace.checks import ArmResult, Check
    from ..evidence.gather import Evidence

ALPHA = 0.01
# What a check is compared with: so many of the rounds before it.
BEFORE_ROUNDS, STEP = 300, 10


@dataclass(frozen=True, slots=True)
class Compared:
    """An arm of a check beside the trace."""

    arm: ArmResult  # the arm's counts
    lost: int  # of ``completed`` probes of the trace
    completed: int  # probes of the trace that were answered or lost, 0 or more
    # Chance of such counts if the trace loses no more than the arm: Fisher's exact test, one-sided, 0 to 1.
    p_value: float

    @property
    def differs(self) -> bool:
        """Whether the trace loses more."""
        return self.p_value < ALPHA


def latest(evidence: Evidence, kind: CheckKind, ttl: int | None = None) -> Check | None:
    """The latest check of a kind that is done and was of this hop, or of any, on the current path."""
    snapshot = evidence.snapshot
    since_round = _first_round(evidence) + evidence.since
    for check in reversed(snapshot.checks):
        plan = check.plan
        if check.state == "done" and plan.kind is kind and ttl in {None, plan.ttl} and check.first_round >= since_round:
            return check
    return None


def half_rate(evidence: Evidence, ttl: int) -> Compared | None:
    """What a hop leaves unanswered at half the rate, beside the rounds before."""
    check = latest(evidence, CheckKind.HALF_RATE, ttl)
    if check is None or not check.results[0].completed:
        return None
    return _compared(check.results[0], counts_before(evidence, ttl, check.first_round))


def target_alone(evidence: Evidence, ttl: int) -> Compared | None:
    """The arm that the target answered best, beside the trace in the same rounds.

    It says nothing any more when the trace has come to lose clearly more since.
    """
    check = latest(evidence, CheckKind.TARGET_ALONE, ttl)
    if check is None:
        return None
    answered = [result for result in check.results if result.from_target]
    if not answered:
        return None
    beside = _counts(evidence, ttl, check.first_round + 1, check.last_round + 1)
    since = _counts(evidence, ttl, check.last_round + 1, evidence.snapshot.last_round + 1)
    if fisher_greater(*since, *beside) < ALPHA:
        return None
    best = min(answered, key=lambda result: (result.lost / result.completed, -result.completed))
    return _compared(best, beside)


def others_lose_alike(evidence: Evidence, ttl: int) -> bool:
    """Whether a check has shown that the target loses by other protocols too, so that it is no limit of one."""
    tried = target_alone(evidence, ttl)
    return tried is not None and bool(tried.arm.lost) and not tried.differs


def counts_before(evidence: Evidence, ttl: int, round_number: int | None = None) -> tuple[int, int]:
    """Lost and completed of a hop in the rounds before one on the current path, or up to now; not of all, if many."""
    end = evidence.snapshot.last_round + 1 if round_number is None else round_number
    if round_number is None and end >= 2 * STEP:  # anew every few rounds
        end -= end % STEP
    since_round = _first_round(evidence) + evidence.since
    return _counts(evidence, ttl, max(since_round, end - BEFORE_ROUNDS), end)


def _compared(arm: ArmResult, counts: tuple[int, int]) -> Compared:
    lost, completed = counts
    return Compared(arm, lost, completed, fisher_greater(lost, completed, arm.lost, arm.completed))


def _first_round(evidence: Evidence) -> int:
    hops = evidence.snapshot.hops
    return evidence.snapshot.last_round + 1 - (len(hops[0].rtts_us) if hops else 0)


def _counts(evidence: Evidence, ttl: int, begin_round: int, end_round: int) -> tuple[int, int]:
    hop = next((hop for hop in evidence.snapshot.hops if hop.ttl == ttl), None)
    if hop is None:
        return 0, 0
    first = _first_round(evidence)
    return _counted(hop.rtts_us[max(begin_round - first, 0) : max(end_round - first, 0)].tobytes())


@lru_cache(maxsize=256)
def _counted(data: bytes) -> tuple[int, int]:
    values = array("i", data)
    unknown = values.count(NOT_SENT) + values.count(PENDING) + values.count(FAILED)
    return lost_in(values), len(values) - unknown
