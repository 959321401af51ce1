"""Where the path ends that is shown: at the target, at an ICMP error, or one past the last answer."""

from __future__ import annotations

from ..trace.known_path import END_ANSWERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..settings import TraceSettings
    from .hop import LiveHop


def last_ttl(hops: Mapping[int, LiveHop], settings: TraceSettings, target: str, since: int) -> int:
    """The TTL of the last hop that is shown; 0: none. The present path begins at index ``since`` of the histories.

    Over paths of unequal length the target answers now here, now there: its row is the farthest of them, which it
    answers whatever path a probe takes, and stands still.
    """
    last = 0
    settled = since + 1 if since else 0  # the round in which a path changed has answers of both
    for ttl in sorted(hops):
        hop = hops[ttl]
        if ttl < settings.first_ttl or hop.latest < 0:
            continue
        last = ttl + 1
        ends = hop.is_end_of_all(target) and ttl >= settings.due_ttl and not _strayed(hops, ttl, target)
        cut_off = hop.error and not any(farther > ttl and other.is_end(target) for farther, other in hops.items())
        if cut_off or (ends and not _goes_on(hops, ttl, target, settled)):
            last = ttl
            break
    return min(last, settings.max_ttl)


def _strayed(hops: Mapping[int, LiveHop], ttl: int, target: str) -> bool:
    """Whether the target's answer at a TTL does not end the path: it keeps answering from well beyond there.

    Where nobody else has ever answered at any TTL up to there, that are no strays.
    """
    if hops[ttl].latest_of(target) >= END_ANSWERS:
        return False
    farther = ttl + 1
    while _is_alone(hops, farther - 1, target) and _is_alone(hops, farther, target):
        farther += 1
    return any(hop.latest_of(target) >= END_ANSWERS for beyond, hop in hops.items() if beyond > farther)


def _is_alone(hops: Mapping[int, LiveHop], ttl: int, target: str) -> bool:
    """Whether the target has answered at a TTL, and nobody else has."""
    hop = hops.get(ttl)
    return hop is not None and hop.is_end(target) and [one.address for one in hop.responders] == [target]


def _goes_on(hops: Mapping[int, LiveHop], ttl: int, target: str, since: int) -> bool:
    """Whether a router has answered here lately, too, and the target farther on."""
    if not hops[ttl].answered_lately(since, target, end=False):
        return False
    return any(hop.answered_lately(since, target, end=True) for farther, hop in hops.items() if farther > ttl)
