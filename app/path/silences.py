"""How long a silence has to be to say that loss has ended: by how clean rounds turned lossy before."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Loss has ended with a silence of a smaller chance.
ENDS = 0.01
# What is known of how long clean rounds last before any were seen: as if so many had, once.
CLEAN_BEFORE = 5
# Silences between bursts: longer than so many rounds and so many times the median, on the average by as many rounds and
# so many times the median more.
FAR_LEAST, FAR_TIMES, FAR_BY = 8, 7, 4


def is_too_long(silence: int, runs: int, clean: int) -> bool:
    """Whether a silence has too small a chance where ``clean`` rounds turned lossy ``runs`` times.

    That one looks again at each of ``runs`` silences is allowed for.
    """
    clean += CLEAN_BEFORE
    return silence > 0 and (clean / (clean + silence)) ** (runs + 1) * runs < ENDS


def between_bursts(silences: Sequence[int]) -> tuple[int, int, int]:
    """Silences far longer than the rest: from which length on, how many bursts they part, what they exceed it by.

    Zeros where there are none: of silences that end by chance few are FAR_TIMES the median, and those not by much.
    """
    if not silences:
        return 0, 0, 0
    middle = sorted(silences)[len(silences) // 2]
    usual = max(FAR_LEAST, FAR_TIMES * middle)
    far = [one - usual for one in silences if one > usual]
    if not far or sum(far) < max(FAR_LEAST, FAR_BY * middle) * len(far):
        return 0, 0, 0
    return usual, len(far) + 1, sum(far)
