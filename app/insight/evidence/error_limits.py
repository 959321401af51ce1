"""Where every answer is an ICMP error, and probes are sent faster than many systems answer with errors.

Linux sends a peer one error a second after six at once (net.ipv4.icmp_ratelimit and net.ipv6.icmp.ratelimit, both 1000
by default): of faster probes every hop that does so leaves as many unanswered, and so does a target that is probed by
UDP. Then hops that lose alike show no loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Snapshot
    from .counts import Row

SECOND_US = 1_000_000
# What comes at once, and one more for the second that has begun; and how much faster a limiter's clock may be.
AT_ONCE, FASTER = 7, 1.1


def are_errors_faster(snapshot: Snapshot) -> bool:
    """Whether probes are sent faster than one a second, and the end of the path answers with errors alone."""
    by_errors = snapshot.settings.protocol == "udp" or not snapshot.reached
    return by_errors and snapshot.settings.interval_us < SECOND_US


def may_all_be_limits(snapshot: Snapshot, rows: Sequence[Row]) -> bool:
    """Whether all of these hops that answer, and lose, answer so few probes that each may only limit its errors."""
    if not are_errors_faster(snapshot):
        return False
    interval_s = snapshot.settings.interval_us / SECOND_US
    lossy = [row for row in rows if row.answers and row.lost]
    return bool(lossy) and all(
        row.completed - row.lost <= AT_ONCE + FASTER * row.completed * interval_s for row in lossy
    )
