"""Since when a trouble is there, as the Verdict tab and reports say it of a verdict."""

from __future__ import annotations

import time
from math import exp, lgamma
from typing import TYPE_CHECKING

from ..path.snapshot import UNANSWERED, UNREACHABLE
from . import rules
from .answer import Status

if TYPE_CHECKING:
    from ..path.snapshot import Snapshot
    from .assessment import Verdict

TROUBLES = frozenset({"fault", "warning", "changed"})
# Of these it is known that they have been there ever since counts began, where they have no beginning.
FROM_THE_START = frozenset(
    {
        rules.PATH_LOSS,
        rules.LOCAL_LOSS,
        rules.LAST_LINK_LOSS,
        rules.TARGET_LOSS_OR_LIMIT,
        rules.LAST_HOP_LOSS_OR_LIMIT,
        rules.TARGET_REPLY_LIMIT,
        rules.LAST_HOP_REPLY_LIMIT,
        rules.PROHIBITED,
        rules.UNREACHABLE,
        rules.TARGET_SILENT,
    }
)

LOST = frozenset({UNANSWERED, UNREACHABLE})
# Rounds without loss that chance makes less often than this were before it began, or after it ended.
SILENCE = 0.05
POOLED_ROUNDS = 600  # of more rounds the end alone tells


def clock(time_us: int, offset_us: int) -> str:
    """``HH:MM:SS`` of a monotonic time, in the local time zone."""
    return time.strftime("%H:%M:%S", time.localtime((time_us + offset_us) / 1e6))


def since(snapshot: Snapshot, verdict: Verdict) -> str:
    """``since 14:03:22``, ``since the start`` or, of a change, ``at 14:03:22``; empty where there is nothing to say."""
    if verdict.severity not in TROUBLES or verdict.status is Status.ENDED or not snapshot.settings_known:
        return ""
    if verdict.since_us is not None:
        word = "at" if verdict.rule is rules.PATH_CHANGE else "since"
        return f"{word} {clock(verdict.since_us, snapshot.clock_offset_us)}"
    # A change, or other settings, begin what is counted anew.
    whole = snapshot.path_round <= max(0, snapshot.last_round + 1 - snapshot.rounds) and len(snapshot.stretches) < 2
    if not whole or verdict.rule not in FROM_THE_START:
        return ""
    return _of_losses(snapshot, dict(verdict.numbers))


def _of_losses(snapshot: Snapshot, numbers: dict[str, float | int | str]) -> str:
    """Since when losses were seen: from the start, or from the first on where they are too late for that by chance.

    ``last seen at`` where the rounds since the last one are too many for chance.
    """
    if "end_ttl" not in numbers:
        return "since the start"
    end_ttl = int(numbers["end_ttl"])
    pooled_from = int(numbers.get("pooled_from", 0)) if snapshot.rounds <= POOLED_ROUNDS else 0
    lossy = _lossy_rounds(snapshot, pooled_from or end_ttl, end_ttl)
    lost = [at for at, one in enumerate(lossy) if one]
    if not lost or len(lossy) < snapshot.rounds:
        return "since the start"
    first, last = lost[0], lost[-1]
    if _chance_of_none(len(lossy) - 1 - first, len(lossy) - 1 - last, len(lost) - 1) < SILENCE:
        return f"last seen at {_clock_of_round(snapshot, last - len(lossy))}"
    if _chance_of_none(last, first, len(lost) - 1) < SILENCE:
        return f"since {_clock_of_round(snapshot, first - len(lossy))}"
    return "since the start"


def _lossy_rounds(snapshot: Snapshot, first_ttl: int, end_ttl: int) -> list[bool]:
    """For each round whether a probe to one of these hops was lost."""
    histories = [hop.rtts_us.tolist() for hop in snapshot.hops if first_ttl <= hop.ttl <= end_ttl and hop.received]
    return [any(value in LOST for value in values) for values in zip(*histories, strict=False)]


def _chance_of_none(rounds: int, part: int, lossy: int) -> float:
    """The chance, 0 to 1, that none of so many lossy rounds is in a part of all rounds (hypergeometric)."""
    if part + lossy > rounds:
        return 1.0 if not (part and lossy) else 0.0
    return exp(
        lgamma(rounds - part + 1) - lgamma(rounds - part - lossy + 1) - lgamma(rounds + 1) + lgamma(rounds - lossy + 1)
    )


def _clock_of_round(snapshot: Snapshot, back: int) -> str:
    """The clock time of a round, counted from the end: -1 is the latest."""
    return clock(snapshot.time_us + (back + 1) * snapshot.settings.interval_us, snapshot.clock_offset_us)
