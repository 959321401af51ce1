"""Verdicts on packets that circle, or that end at one router: surely, or as it seems."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import rules
from ..answer import Status
from ..assessment import Verdict
from ..place import Place
from ..wording import duration, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Hop
    from ..evidence.gather import Evidence
    from ..evidence.network import Shown

LOOP_VISITS = 3
MEMBERS_MAX = 8  # of a loop that only seems to be there
LOOKED_BACK = 64  # rounds up to the target's latest answer in which a router must not have stood in its place
ROUNDS_MIN = 5  # up to the target's latest answer: fewer do not tell load balancing


def about_loops(evidence: Evidence, shown: Shown) -> list[Verdict]:
    """The loop, or the one that seems to have formed; none in most traces."""
    found = _forming(evidence, shown) if evidence.snapshot.reached else _loop(evidence, shown)
    return [] if found is None else [found]


def _loop(evidence: Evidence, shown: Shown) -> Verdict | None:
    """The same routers again and again, to the end, and the target not reached."""
    snapshot = evidence.snapshot
    if snapshot.reached:
        return None
    answering = [
        (hop.ttl, address) for hop in snapshot.hops if (address := hop.address) is not None and not hop.waiting
    ]
    visits = Counter(address for _, address in answering)
    members = {address for address, often in visits.items() if often >= LOOP_VISITS}
    ttls = [ttl for ttl, address in answering if address in members]
    if not ttls or (len(members) < 2 and _longest_repeat(answering, members) < LOOP_VISITS):
        return None
    later = [address for ttl, address in answering if ttl >= ttls[0]]
    if sum(address in members for address in later) < 0.8 * len(later):
        return None
    if len(members) == 1:
        return _lowered(ttls[0], answering[-1][0], next(iter(members)), shown)
    names = tuple(dict.fromkeys(address for _, address in answering if address in members))
    # All that belong to it, whether or not this round's answer has come.
    visited = [hop.ttl for hop in snapshot.hops if hop.ttl >= ttls[0] and hop.address in members]
    change = evidence.change if evidence.change is not None and evidence.change.circles else None
    duration_us = snapshot.time_us - change.time_us if change is not None else 0
    return Verdict(
        rules.ROUTING_LOOP,
        "fault",
        Place(ttls[0], visited[-1]),
        "routing loop",
        brief=f"for {duration(duration_us / 1e6)}" if duration_us else "",
        figures=f"{' and '.join(map(shown, names[:3]))} in turn at {plural(len(visited), 'hop')}",
        reasons=("Packets circle until their TTL runs out. Only the networks operating these routers can fix it.",),
        numbers=(
            ("members", len(names)),
            ("visits", len(visited)),
            *((("duration_us", duration_us),) if duration_us else ()),
        ),
        since_us=change.time_us if change is not None else None,
        addresses=names,
        headline=True,
    )


def _lowered(first_ttl: int, last_ttl: int, address: str, shown: Shown) -> Verdict:
    """One router alone to the end: packets do not circle, they have no TTL left there whatever they began with."""
    return Verdict(
        rules.TTL_LOWERED,
        "fault",
        Place(first_ttl, last_ttl),
        "packets end at one router, whatever their TTL",
        figures=f"{shown(address)} answers for {plural(last_ttl - first_ttl + 1, 'hop')}",
        reasons=(
            "A device before it lowers the TTL, as some do against shared connections; or it sends packets to itself.",
            "Packets of other programs end there, too.",
        ),
        numbers=(("hops", last_ttl - first_ttl + 1),),
        addresses=(address,),
        headline=True,
    )


def _longest_repeat(answering: list[tuple[int, str]], members: set[str]) -> int:
    longest = run = 0
    for _, address in answering:
        run = run + 1 if address in members else 0
        longest = max(longest, run)
    return longest


# ---- a loop that has just begun -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Turns:
    """Routers that answer again, in the same order, at the hops where they should not."""

    first_ttl: int  # where the first turn begins
    last_ttl: int  # of the last hop that has answered in them
    members: int  # hops of one turn


def _forming(evidence: Evidence, shown: Shown) -> Verdict | None:
    """Routers that answer a second time where the target did, and since then the target does not answer.

    A trace probes one hop beyond what it knows in each round, so that a new loop is seen to grow. Until the target's
    old answers are passed, they end the path that is shown.
    """
    snapshot = evidence.snapshot
    target = snapshot.target.address
    turns = _turns(snapshot.hops, target)
    if turns is None:
        return None
    again = [hop for hop in snapshot.hops if turns.first_ttl + turns.members <= hop.ttl <= turns.last_ttl]
    if snapshot.hops[-1].pending or not any(_knows(hop, target) for hop in again):
        return None
    last_reached = _latest_of(snapshot.hops, target)
    in_turns = [hop for hop in snapshot.hops if turns.first_ttl <= hop.ttl <= turns.last_ttl]
    if last_reached + 1 < ROUNDS_MIN or any(_is_shared(hop, last_reached) for hop in in_turns):
        return None
    if any(_answered(hop, hop.latest, last_reached) for hop in again):
        return None
    names = tuple(
        hop.address
        for hop in snapshot.hops
        if turns.first_ttl <= hop.ttl < turns.first_ttl + turns.members and hop.address is not None
    )
    return Verdict(
        rules.ROUTING_LOOP,
        "warning",
        Place(turns.first_ttl, turns.last_ttl),
        "a routing loop seems to have formed",
        figures=f"{' and '.join(map(shown, names[:3]))} answer again",
        reasons=("The target answered there before, and has not answered since.",),
        settle="More rounds will tell.",
        numbers=(("members", turns.members), ("visits", turns.last_ttl - turns.first_ttl + 1)),
        status=Status.PROVISIONAL,
        addresses=names,
        headline=True,
    )


def _turns(hops: Sequence[Hop], target: str) -> _Turns | None:
    """The shortest order of routers that repeats to the hop before the last; None: none does."""
    found = [hop.address for hop in hops[:-1]]
    while found and found[-1] in {None, target}:
        found.pop()
    for members in range(2, min(MEMBERS_MAX, len(found) - 1) + 1):
        at = len(found) - 1
        while at >= members and found[at] == found[at - members] not in {None, target}:
            at -= 1
        begin = at + 1 - members
        if at < len(found) - 1 and len({*found[begin : begin + members]}) > 1:
            return _Turns(hops[begin].ttl, hops[len(found) - 1].ttl, members)
    return None


def _knows(hop: Hop, target: str) -> bool:
    return any(one.address == target for one in hop.responders)


def _is_shared(hop: Hop, until: int) -> bool:
    """Whether more than one address answered at a hop up to an index, or since: in load balancing routers recur, too.

    In the round in which a loop begins some hops were probed before it.
    """
    before = _who(hop, max(until + 1 - LOOKED_BACK, 0), until + 1)
    since = _who(hop, until + 2, len(hop.answered_by))
    return max(len(before), len(since)) > 1


def _answered(hop: Hop, responder: int, until: int) -> bool:
    """Whether one of those that answer at a hop did so up to an index of the histories."""
    return responder in _who(hop, max(until + 1 - LOOKED_BACK, 0), until + 1)


def _who(hop: Hop, begin: int, end: int) -> set[int]:
    return {one for one in hop.answered_by[begin:end] if one >= 0}


def _latest_of(hops: Sequence[Hop], address: str) -> int:
    """The index in the histories of the latest answer of an address; -1: none is known."""
    latest = -1
    for hop in hops:
        mine = next((at for at, one in enumerate(hop.responders) if one.address == address), -1)
        answered = hop.answered_by
        if mine < 0:
            continue
        for at in range(len(answered) - 1, latest, -1):
            if answered[at] == mine:
                latest = at
                break
    return latest
