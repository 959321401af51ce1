"""The statistics of a path that has been left: kept when it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rtt_statistics import RunningStatistics
from .snapshot import UNANSWERED, UNREACHABLE, Epoch, EpochHop

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .hop import LiveHop


def close_epoch(hops: Iterable[LiveHop], first_round: int, end_round: int, kept_from: int, end_ttl: int) -> Epoch:
    """The hops up to ``end_ttl`` over the rounds from ``first_round`` to before ``end_round``.

    Histories begin with round ``kept_from``; what is older than that is not in the figures.
    """
    begin, end = max(first_round - kept_from, 0), max(end_round - kept_from, 0)
    closed = (_close(hop, begin, end) for hop in sorted(hops, key=lambda hop: hop.ttl) if hop.ttl <= end_ttl)
    return Epoch(max(first_round, kept_from), end_round - 1, tuple(hop for hop in closed if hop.sent))


def _close(hop: LiveHop, begin: int, end: int) -> EpochHop:
    figures = RunningStatistics()
    addresses: dict[int, int] = {}
    lost = 0
    rtts_us, answered_by = hop.history(begin, end)
    for rtt_us, responder in zip(rtts_us, answered_by, strict=True):
        if rtt_us >= 0:
            figures.add(rtt_us)
            if responder >= 0:
                addresses[responder] = addresses.get(responder, 0) + 1
        elif rtt_us in {UNANSWERED, UNREACHABLE}:
            lost += 1
    names = tuple((hop.responders[index].address, count) for index, count in addresses.items())
    return EpochHop(hop.ttl, figures.answers + lost, figures.answers, figures.freeze(), names)
