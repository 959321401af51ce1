"""Whose network a hop is in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .gather import Evidence

# The network of an address as one says it ("AS64501 transit.example"); None where it is not known.
Owner = Callable[[str], str | None]


def network_at(evidence: Evidence, ttl: int, owner: Owner) -> str:
    """The network of the nearest hop from a TTL on that answers; empty where it is not known."""
    hops = evidence.snapshot.hops
    address = next((hop.address for hop in hops if hop.ttl >= ttl and hop.address is not None), None)
    return (owner(address) or "") if address else ""
