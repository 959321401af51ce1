"""Verdicts on what keeps this host from probing as asked: probes that were not sent, ICMP that is not allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....probe import wire
from ...errors import ALLOW_ICMP
from ...trace.refusals import cause
from .. import rules, wording
from ..answer import Status
from ..assessment import Verdict
from ..rules import Rank

if TYPE_CHECKING:
    from ...path.snapshot import Snapshot

# So many probes that were not sent are a verdict; it is the answer while the last is so recent.
REFUSED_MIN, REFUSED_NEWS_US = 3, 60_000_000
# After so long whatever is wrong now comes first.
REFUSED_NOW_US = 5_000_000
# Without a probe refused for so many rounds, it is over.
GOING_ON_ROUNDS = 2


def not_sent(snapshot: Snapshot) -> list[Verdict]:
    """Probes that this host did not send; they count in no loss."""
    count = sum(often for _, _, often, _ in snapshot.refused)
    if count < REFUSED_MIN:
        return []
    word, error, _, last_us = max(snapshot.refused, key=lambda entry: entry[2])
    unread = word == wire.UNREADABLE
    ago_us = snapshot.time_us - last_us
    news = ago_us < REFUSED_NEWS_US
    over_us = ago_us if ago_us >= GOING_ON_ROUNDS * snapshot.settings.interval_us else 0
    sent = sum(hop.sent for hop in snapshot.hops)
    host = wording.host(snapshot.target)
    return [
        Verdict(
            rules.NOT_SENT,
            "warning" if news else "note",
            None,
            "probes whose answers cannot be read" if unread else f"probes not sent by {host}",
            figures=f"{wording.of(count, count + sent)}: {cause(word, error)}",
            reasons=(
                "They count in no loss. The cause is the probe process, not the path."
                if unread
                else f"They count in no loss. The cause is on {host} or its link, not on the path.",
            ),
            numbers=(("refused", count), ("sent", sent), ("cause", word), ("errno", error), ("ago_us", over_us)),
            status=Status.ENDED if over_us else Status.CONFIRMED,
            headline=news,
            own_rank=Rank.CHANGE if ago_us > REFUSED_NOW_US else None,
        )
    ]


def instead_of_icmp(snapshot: Snapshot) -> list[Verdict]:
    """That the trace uses UDP because this user may not send ICMP."""
    if not snapshot.icmp_refused:
        return []
    return [
        Verdict(
            rules.ICMP_NOT_ALLOWED,
            "note",
            None,
            "ICMP is not allowed for this user, using UDP",
            figures=ALLOW_ICMP,
            reasons=("UDP measures the same path; the target reports port closed.",),
        )
    ]
