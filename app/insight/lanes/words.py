"""Names of lanes as sentences have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evidence.network import Owner, Shown
    from .facts import Lane

NAMED_MAX = 3


def names(lanes: Sequence[Lane]) -> str:
    """``fra``, ``fra and oslo``, ``fra, oslo and local``, or how many there are."""
    if len(lanes) > NAMED_MAX:
        return f"{len(lanes)} lanes"
    *some, last = [lane.name for lane in lanes]
    return f"{', '.join(some)} and {last}" if some else last


def all_of(lanes: Sequence[Lane], of: Sequence[Lane]) -> str:
    """Those lanes among all that are traced: ``Both``, ``All 3``, or by their names."""
    if len(lanes) < len(of):
        return names(lanes)
    return "Both" if len(lanes) == 2 else f"All {len(lanes)}"


def verb(lanes: Sequence[Lane], singular: str) -> str:
    """A verb in the present: ``loses`` of one lane, ``lose`` of several."""
    if len(lanes) == 1:
        return singular
    return {"loses": "lose", "does": "do", "crosses": "cross"}[singular]


def owned(address: str, owner: Owner, shown: Shown) -> str:
    """A router, and its network where that is known: ``198.51.100.1 (AS64501)``."""
    network = owner(address)
    return f"{shown(address)} ({network})" if network else shown(address)
