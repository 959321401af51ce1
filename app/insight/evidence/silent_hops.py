"""What hops before the end did while the end was silent, by the probes that they were asked with.

Where several targets share hops, these are asked in some rounds only: a round in which nobody asked says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...path.fates import fates, lost_and_completed
from ...path.loss_watch import SILENT_MIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Hop


def answered_of(hop: Hop, begin: int, end: int) -> tuple[int, int]:
    """How many probes a hop answered, and how many were answered or lost, from an index of its history to another."""
    lost, completed = lost_and_completed(fates(hop.rtts_us[begin : max(begin, end)].tobytes()))
    return completed - lost, completed


def last_answering(hops: Sequence[Hop], begin: int, end: int) -> int:
    """The last of these hops that answered most of its probes meanwhile; 0: none did."""
    found = 0
    for hop in hops:
        answered, asked = answered_of(hop, begin, end)
        if 2 * answered > asked:
            found = max(found, hop.ttl)
    return found


def silent_from(hops: Sequence[Hop], begin: int, end: int) -> int:
    """The first of these hops, in order, from which on none answered, and it was asked often enough; 0: none is."""
    first = 0
    for hop in reversed(hops):
        answered, asked = answered_of(hop, begin, end)
        if answered:
            break
        if hop.received and asked >= SILENT_MIN:
            first = hop.ttl
    return first


def all_silent(hops: Sequence[Hop], begin: int, end: int) -> bool:
    """Whether every hop that answers otherwise was silent, and each was asked often enough to say so."""
    counts = [answered_of(hop, begin, end) for hop in hops if hop.received]
    return all(answered == 0 and asked >= SILENT_MIN for answered, asked in counts)
