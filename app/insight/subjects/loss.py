"""Verdicts on loss: on the path, on the last link, or only replies that routers do not send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..evidence.counts import Row
from .no_loss import end_to_end
from .path_loss import path_loss
from .replies import is_silent, reply_side, silent
from .target import limits_by_check, limits_by_evenness, limits_by_rate

if TYPE_CHECKING:
    from ..assessment import Verdict
    from ..checks.results import Compared
    from ..evidence.findings import LossFindings
    from ..evidence.gather import Evidence
    from ..evidence.network import Owner


def about_loss(
    evidence: Evidence, losses: LossFindings, owner: Owner, alone: Compared | None, by_rate: Compared | None
) -> list[Verdict]:
    """All verdicts on loss that the counts carry.

    ``alone``: the target is known to rate-limit its replies, by a check of other protocols; ``by_rate``: the last
    router that answers is, by a check at half the rate.
    """
    verdicts = [silent(row) for row in evidence.rows if is_silent(evidence, row)]
    verdicts += [reply_side(evidence, entry, losses.path) for entry in losses.reply_side]
    if alone is not None:
        verdicts.append(limits_by_check(evidence, alone))
    elif by_rate is not None:
        verdicts.append(limits_by_rate(evidence, by_rate))
    elif losses.limited is not None:
        verdicts.append(limits_by_evenness(evidence, losses.limited))
    if losses.path is not None:
        verdicts.append(path_loss(evidence, losses, losses.path, owner))
        if losses.last_link is not None:
            verdicts.append(path_loss(evidence, losses, losses.last_link, owner))
    elif alone is not None and evidence.end is not None:
        if evidence.snapshot.reached:
            found = end_to_end(evidence, losses, Row(evidence.end.ttl, alone.arm.lost, alone.arm.completed))
            # By the check's probes; more rounds of the trace add none.
            if found is not None:
                verdicts.append(replace(found, phrase=f"{found.phrase} by {alone.arm.name}", settle=""))
    elif (
        losses.limited is None
        and evidence.snapshot.reached
        and evidence.end_row is not None
        and evidence.end_row.completed
    ):
        found = end_to_end(evidence, losses, evidence.end_row)
        verdicts += [] if found is None else [found]
    return verdicts
