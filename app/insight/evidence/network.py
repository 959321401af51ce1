"""Whose network a hop is in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .gather import Evidence

# The network of an address as one says it ("AS64501 transit.example"); None where it is not known.
Owner = Callable[[str], str | None]
# An address as the table shows it: by its name where it has one.
Shown = Callable[[str], str]


def network_at(evidence: Evidence, ttl: int, owner: Owner) -> str:
    """The network of the nearest hop from a TTL on that answers; empty where it is not known."""
    hops = evidence.snapshot.hops
    address = next((hop.address for hop in hops if hop.ttl >= ttl and hop.address is not None), None)
    return (owner(address) or "") if address else ""


def network_between(evidence: Evidence, after_ttl: int, from_ttl: int, owner: Owner) -> str:
    """The network that a range of hops lies in, "between A and B" where its ends lie in two; empty: not known."""
    first, last = (network_at(evidence, ttl, owner) if ttl else "" for ttl in (after_ttl, from_ttl))
    if not after_ttl or first == last:
        return last
    return f"between {first} and {last}" if first and last else ""
