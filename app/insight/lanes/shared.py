"""Which routers of one lane's path another lane crosses, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .facts import Lane, Range


def at_hop(lane: Lane, ttl: int) -> list[str]:
    """The addresses that a hop shows; none: it is silent, or the host that probes."""
    return [address for address, at in lane.ttls.items() if at == ttl]


def crosses_all(lane: Lane, near_ttl: int, far_ttl: int, other: Lane) -> bool:
    """Whether another lane crosses every router from one hop of a lane to a later one, both ends included.

    A silent hop among them is not known to be the same router. Before the first hop is the host that probes.
    """
    hops = [at_hop(lane, ttl) for ttl in range(max(near_ttl, 1), far_ttl + 1)]
    from_here = near_ttl > 0 or lane.vantage == other.vantage
    return from_here and all(hop and all(address in other.ttls for address in hop) for hop in hops)


def first_meeting(lane: Lane, others: Iterable[Lane]) -> int:
    """The first hop of a lane whose router others cross, too; 0: there is none."""
    known = {address for other in others for address in other.ttls}
    return min((ttl for address, ttl in lane.ttls.items() if address in known), default=0)


def parted(lane: Lane, near_ttl: int, far_ttl: int, others: Sequence[Lane]) -> tuple[int, int]:
    """The first and last hop of a lane, between two hops of it and both included, that no other one crosses; or 0, 0.

    Silent hops are not counted: they may be anything.
    """
    known = {address for other in others for address in other.ttls}
    own = [ttl for address, ttl in lane.ttls.items() if near_ttl <= ttl <= far_ttl and address not in known]
    return (min(own), max(own)) if own else (0, 0)


def may_have_a_router_in_common(lane: Lane, one: Range, other: Lane, another: Range) -> bool:
    """Whether one router may lie in two ranges, each with both of its ends.

    A router may answer each lane from another interface. What follows it on the way to one target is alike, though: two
    hops that are followed by the same address, or by one that is silent, may be the same router.
    """
    if not one.near_ttl and not another.near_ttl and lane.vantage == other.vantage:
        return True
    for ttl in range(max(one.near_ttl, 1), one.far_ttl + 1):
        for other_ttl in range(max(another.near_ttl, 1), another.far_ttl + 1):
            for step in (0, 1):
                mine, its = at_hop(lane, ttl + step), at_hop(other, other_ttl + step)
                if not mine or not its or set(mine) & set(its):
                    return True
    return False
