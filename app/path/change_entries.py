"""The log's entries of path changes and flaps: where the path before and the one since differ, aligned."""

from __future__ import annotations

from .alignment import difference
from .snapshot import LogEntry, PathFlap, SeemingChange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .change_watch import Switch
    from .changes import Change
    from .hop import LiveHop

# A path is what answered in so many of its rounds next to the change.
LOOKED_AT = 64


def change_entry(
    switch: Switch, hops: Mapping[int, LiveHop], target: str, *, path_round: int, kept_from: int
) -> LogEntry:
    """The entry of a change; the path before began with ``path_round``, histories begin with ``kept_from``."""
    at = switch.round - kept_from
    rounds = max((len(hop) for hop in hops.values()), default=0)
    parts = {part.ttl: part for part in switch.parts}
    # In the round of a change some hops were probed before it.
    began = path_round - kept_from + 1
    old = route(hops, target, max(began if began < at else began - 1, at - LOOKED_AT, 0), at)
    new = route(hops, target, at + 1 if at + 1 < rounds else at, min(rounds, at + LOOKED_AT))
    first_ttl = min(hops, default=1)
    for ttl, part in parts.items():
        at_hop = ttl - first_ttl
        if at_hop < len(old):
            old[at_hop] = _addresses(hops[ttl], part.old)
        if at_hop < len(new):
            new[at_hop] = _addresses(hops[ttl], part.new)
    apart = difference(old, new)
    names_before = tuple(_name(one) for one in old[apart.begin : apart.old_end])
    names_since = tuple(_name(one) for one in new[apart.begin : apart.new_end])
    first, last = first_ttl + apart.begin, first_ttl + apart.new_end - 1
    if not names_before and not names_since and switch.ttls:
        # Nothing is known of one of the two: the hops that have changed are.
        first, last = switch.ttls[0], switch.ttls[-1]
        names_before = tuple(_one(hops, parts, ttl, new=False) for ttl in range(first, last + 1))
        names_since = tuple(_one(hops, parts, ttl, new=True) for ttl in range(first, last + 1))
    loop = target in names_before and circles(new, target)
    text = "path changed back" if switch.returned else "path changed"
    return LogEntry(
        switch.time_us,
        switch.round,
        "path-changed",
        "a routing loop began" if loop else text,
        first,
        max(first, last),
        names_before,
        names_since,
        switch.returned,
        loop,
    )


def circles(hops: Sequence[frozenset[str]], target: str) -> bool:
    """Whether a router answers again after others, on a path on which the target does not answer."""
    if any(target in one for one in hops):
        return False
    for at, one in enumerate(hops):
        between = False
        for later in hops[at + 1 :]:
            if between and one & later:
                return True
            between = between or bool(later and not one & later)
    return False


def route(hops: Mapping[int, LiveHop], target: str, begin: int, end: int) -> list[frozenset[str]]:
    """Who answered at each hop between two indexes of the histories, to the target or the last that answered."""
    found: list[frozenset[str]] = []
    last = 0
    for ttl in range(min(hops, default=1), max(hops, default=0) + 1):
        hop = hops.get(ttl)
        answers = hop.history(begin, end)[1] if hop is not None and end > begin else ()
        addresses = _addresses(hop, answers) if hop is not None else frozenset()
        found.append(addresses)
        if addresses:
            last = len(found)
        if addresses == {target}:
            break
    return found[:last]


def flap_entry(flap: PathFlap) -> LogEntry:
    """The entry of a flap's beginning, or of its end."""
    where = flap.first_ttl, flap.last_ttl
    if flap.ended_us is None:
        return LogEntry(flap.time_us, flap.first_round, "path-flap", "path flaps", *where)
    text = f"path no longer flaps, {flap.changes} changes"
    return LogEntry(flap.ended_us, flap.last_round or 0, "path-flap-ended", text, *where)


def seeming_change(changes: Sequence[Change], hops: Mapping[int, LiveHop]) -> SeemingChange | None:
    """A change that is not confirmed yet, as a snapshot carries it."""
    if not changes:
        return None
    parts = {one.ttl: one for one in changes}
    first = min(changes, key=lambda one: one.time_us)
    ttls = range(min(parts), max(parts) + 1)
    return SeemingChange(
        first.round,
        first.time_us,
        ttls[0],
        ttls[-1],
        tuple(_one(hops, parts, ttl, new=False) for ttl in ttls),
        tuple(_one(hops, parts, ttl, new=True) for ttl in ttls),
    )


def awaited_change(switch: Switch, hops: Mapping[int, LiveHop]) -> SeemingChange | None:
    """A change that is confirmed, and waits for the answers of more hops to be told whole."""
    if switch.parts or not switch.ttls:
        return seeming_change(switch.parts, hops)
    return SeemingChange(switch.round, switch.time_us, switch.ttls[0], switch.ttls[-1], (), ())


def _one(hops: Mapping[int, LiveHop], parts: Mapping[int, Change], ttl: int, *, new: bool) -> str:
    part = parts.get(ttl)
    if part is None:
        return ""
    return hops[ttl].responders[(part.new if new else part.old)[-1]].address


def _addresses(hop: LiveHop, indexes: Sequence[int]) -> frozenset[str]:
    return frozenset(hop.responders[index].address for index in {*indexes} if index >= 0)


def _name(addresses: frozenset[str]) -> str:
    """One of the routers of a hop; empty text where nobody answered."""
    return min(addresses, default="")
