"""How losses lie in time: regular, clustered, with delay beside them, and in which rounds two hops differ."""

from __future__ import annotations

from array import array
from collections import Counter
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from ...path.fates import fate, fates
from ...path.last_result import kept
from ...path.snapshot import UNANSWERED
from ...statistics.exact_tests import binomial_dispersion, mann_whitney_greater, runs_too_few
from ...statistics.regularity import Evenness, evenness
from .series import LOSSES, long_bounds

if TYPE_CHECKING:
    from ...path.snapshot import Hop
    from .gather import Evidence

WINDOW = 10
# The even pattern of a rate limit is looked for every ten rounds, in so many of the latest. The levels of all looks add
# up to PATTERN_ALPHA; it is kept until its chance is so many times the level.
PATTERN_STEP, PATTERN_ROUNDS = 10, 300
PATTERN_ALPHA, KEPT_TIMES = 0.01, 5


def rate_limit_pattern(evidence: Evidence, ttl: int) -> Evenness | None:
    """How even a hop's losses are, where they are too even for chance: those of a limit on its replies."""
    snapshot = evidence.snapshot
    hop = next((hop for hop in snapshot.hops if hop.ttl == ttl), None)
    if hop is None:
        return None
    # Not all hops are looked at in the same round; the end, of which most depends, in the first that can be.
    later = 0 if evidence.end is hop else 1 + ttl % (PATTERN_STEP - 1)
    end = len(hop.rtts_us) - (snapshot.rounds - later) % PATTERN_STEP
    now, level = _look(hop, evidence.since, end)
    if now.p_value < level:
        return now
    if now.p_value < KEPT_TIMES * level:
        last, last_level = _look(hop, evidence.since, end - PATTERN_STEP)
        if last.p_value < last_level:
            return now
    return None


def _look(hop: Hop, since: int, end: int) -> tuple[Evenness, float]:
    """What a look at the end of a round finds, and the level that it has to keep to."""
    look = (end - since) // PATTERN_STEP
    if look < 2:  # ten rounds never show one
        return Evenness(), 0.0
    return _even(hop.rtts_us[max(since, end - PATTERN_ROUNDS) : end].tobytes()), PATTERN_ALPHA / (look * (look - 1))


@lru_cache(maxsize=256)
def _even(data: bytes) -> Evenness:
    return evenness([value == UNANSWERED for value in array("i", data) if value >= UNANSWERED])


def dispersion_of(evidence: Evidence, ttl: int) -> tuple[float, float, float]:
    """Dispersion of a hop's losses in windows of ten, and the p-values that they are as regular and as clustered."""
    data = _stretch(evidence, ttl)
    return _dispersion(data) if data else (1.0, 1.0, 1.0)


def paired(evidence: Evidence, ttl: int, other_ttl: int) -> tuple[int, int]:
    """In how many rounds only the first hop was lost, and only the second."""
    first, second = _stretch(evidence, ttl), _stretch(evidence, other_ttl, ttl)
    return _paired(first, second) if first and second else (0, 0)


def delay_near_losses(evidence: Evidence, ttl: int) -> float:
    """One-sided p-value that answers next to a loss take no longer than the others."""
    data = _stretch(evidence, ttl)
    return _delay(data) if data else 1.0


@lru_cache(maxsize=64)
def _delay(data: bytes) -> float:
    values = [0, *array("i", data), 0]
    lost = [at for at, value in enumerate(values) if value == UNANSWERED]
    beside = {at + side for at in lost for side in (-1, 1) if 0 < at + side < len(values) - 1}
    near = [values[at] for at in beside if values[at] >= 0]
    for at in (0, len(values) - 1, *beside):
        values[at] = UNANSWERED
    far = [value for value in values if value >= 0]
    return mann_whitney_greater(near, far) if len(near) >= 5 and len(far) >= 10 else 1.0


def _stretch(evidence: Evidence, ttl: int, turn: int = 0) -> bytes:
    """A hop's history in the stretch that one looks at now; renewed when it is the hop's turn, or another's."""
    bounds = long_bounds(evidence, turn or ttl, LOSSES)
    hop = next((hop for hop in evidence.snapshot.hops if hop.ttl == ttl), None)
    return hop.rtts_us[bounds[0] : bounds[1]].tobytes() if bounds and hop else b""


# So many of the latest answers of a hop show in which order its addresses come.
ORDER_ANSWERS, ORDER_STEP = 64, 8
# With a smaller chance under balancing addresses come in stretches: it may be a route that comes and goes.
ORDER_P = 1e-4
STRETCHES_MAX = 4  # so many are a path that changes once, and back, and again


def is_order_open(evidence: Evidence, hop: Hop) -> bool:
    """Whether the order of a hop's addresses leaves open that the path changes there, and does not balance load.

    Each address in one stretch alone is what a change looks like, one stretch of another between two of the same what a
    change and a return do, and few stretches what a flap does.
    """
    snapshot = evidence.snapshot
    flap, seeming = snapshot.flap, snapshot.seeming_change
    if flap is not None and flap.ended_us is None and hop.ttl >= flap.first_ttl:
        return True
    if seeming is not None and hop.ttl >= seeming.first_ttl:
        return True
    end = len(hop.answered_by)
    if end - evidence.since > ORDER_ANSWERS:  # one hop after the other is looked at
        end -= (snapshot.rounds + hop.ttl) % ORDER_STEP
    begin = max(evidence.since, end - ORDER_ANSWERS)
    return _is_open((snapshot.target, hop.ttl), hop.answered_by[begin:end].tobytes())


@kept(places=256)
def _is_open(answered_by: bytes) -> bool:
    order = [by for by in array("h", answered_by) if by >= 0]
    stretches = [by for by, _ in groupby(order)]
    if len(stretches) <= max(len(set(stretches)), STRETCHES_MAX):
        return True
    common = [by for by, _ in Counter(order).most_common(2)]
    return runs_too_few([by == common[0] for by in order if by in common]) < ORDER_P


@lru_cache(maxsize=256)
def _dispersion(data: bytes) -> tuple[float, float, float]:
    known = [value == UNANSWERED for value in array("i", data) if value >= UNANSWERED]
    counts = [sum(known[at : at + WINDOW]) for at in range(0, len(known) - WINDOW + 1, WINDOW)]
    return binomial_dispersion(counts, WINDOW)


@lru_cache(maxsize=256)
def _paired(first: bytes, second: bytes) -> tuple[int, int]:
    one, other = fates(first), fates(second)
    return _both(one.translate(_LOST), other.translate(_ANSWERED)), _both(
        one.translate(_ANSWERED), other.translate(_LOST)
    )


# Of each fate: 1 where a probe was lost, else 0; and 1 where it was answered.
_LOST = bytes(bytes((value,)) == fate(UNANSWERED) for value in range(256))
_ANSWERED = bytes(value < 0x80 for value in range(256))


def _both(first: bytes, second: bytes) -> int:
    """In how many rounds both have a 1."""
    return (int.from_bytes(first, "little") & int.from_bytes(second, "little")).bit_count()
