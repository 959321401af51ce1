"""Which lanes lose and which do not, and where that says the loss is.

A trace alone gives a range of hops. Those that lose over the same router, within the range of each, have one fault; the
ranges are narrowed to what they have in common. What a lane crosses that does not lose is not where the loss is, unless
the return path is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...statistics.exact_tests import fisher_greater
from .. import wording
from .fault import Fault
from .loss_before import beside_loss_before, more_before
from .loss_sentences import apart, by_family, by_place, by_protocol, together
from .pairs import LEVEL
from .shared import at_hop, first_meeting
from .words import NAMED_MAX, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evidence.network import Owner, Shown
    from .answer import LanesVerdict
    from .facts import Lane
    from .pairs import Pairs

# A lane whose loss fits worse than this to that of a lane that loses does not count as one that may lose as well.
MAY_LEVEL = 0.05


def about_loss(lanes: Sequence[Lane], pairs: Pairs, owner: Owner, shown: Shown) -> list[LanesVerdict]:
    """What lanes that lose say together with those that do not."""
    made, own = [], []
    for fault in [part for whole in _faults(lanes) for part in _by_share(whole, lanes)]:
        # Those that surely lose less than each of them.
        clean = [
            lane for at, lane in enumerate(lanes) if all(pairs.loses_more(lanes.index(one), at) for one in fault.lanes)
        ]
        if not clean and fault.less:
            made.append(more_before(fault, owner, shown))
            continue
        if not clean and len(fault.lanes) == 1 and (beyond := _lose_before(fault, lanes)):
            made.append(beside_loss_before(fault, beyond, owner, shown))
            continue
        if not clean and _stands_apart(fault, lanes):
            own.append(fault)
            continue
        told = _told(fault, clean, lanes, owner, shown)
        if told is not None:
            made.append(replace(told, beside=_may_lose(fault, clean, lanes, pairs)))
    return [*made, *apart(own, lanes)] if own else made


def _may_lose(fault: Fault, clean: Sequence[Lane], lanes: Sequence[Lane], pairs: Pairs) -> str:
    """``fra may lose as well (2 of 150)``: of those that have lost some, as many as those that lose may have.

    What has lost nothing yet, or so little that it hardly fits, is not named: it would be all of them in the beginning.
    """
    open_ones = []
    for at, lane in enumerate(lanes):
        if not lane.reached or lane.ranges or lane in (*fault.lanes, *clean):
            continue
        lost, _ = lane.counted(fault.lanes[0].lasting_us)
        fits = any(pairs.chance_of_loss(lanes.index(one), at) > MAY_LEVEL for one in fault.lanes)
        if lost and fits:
            open_ones.append(lane)
    if not open_ones:
        return ""
    counts = [wording.of(*lane.counted(fault.lanes[0].lasting_us)) for lane in open_ones]
    which = f" ({', '.join(counts)})" if len(open_ones) <= NAMED_MAX else ""
    return f"{names(open_ones)} may lose as well{which}"


def _by_share(fault: Fault, lanes: Sequence[Lane]) -> list[Fault]:
    """A fault in parts, where lanes lose more than the one that loses least, beyond chance, and may do so on their own.

    A lane does so where its range begins before its path meets theirs. Where a lane loses nothing, that one tells.
    """
    if len(fault.lanes) < 2 or not all(lane.ranges for lane in lanes):
        return [fault]
    counts = {lane: lane.counted(lane.lasting_us) for lane in fault.lanes}
    least = min(fault.lanes, key=lambda lane: counts[lane][0] / max(1, counts[lane][1]))
    level = LEVEL / len(counts)
    more = [(lane, one) for lane, one in fault.losing if fisher_greater(*counts[lane], *counts[least]) < level]
    rest = tuple(each for each in fault.losing if each not in more)
    less = tuple(lane for lane, _ in rest)
    more = [(lane, one) for lane, one in more if one.near_ttl < first_meeting(lane, less)]
    if not more:
        return [fault]
    rest = tuple(each for each in fault.losing if each not in more)
    return [*(Fault((each,), "", less) for each in more), Fault(rest, fault.router)]


def _lose_before(fault: Fault, lanes: Sequence[Lane]) -> list[Lane]:
    """Lanes that cross the router that one lane's loss begins at, and lose before; none unless all others are so."""
    lane, one = fault.losing[0]
    routers = at_hop(lane, one.far_ttl)
    others = [each for each in lanes if each is not lane]
    for each in others:
        meets = min((each.ttls[address] for address in routers if address in each.ttls), default=0)
        if not any(another.near_ttl < first_meeting(each, (lane,)) <= meets for another in each.ranges):
            return []
    return others


def _stands_apart(fault: Fault, lanes: Sequence[Lane]) -> bool:
    """Whether all lanes lose, and this one at routers that none of the others shows."""
    if len(fault.lanes) > 1:
        return False
    lane, one = fault.losing[0]
    others = [each for each in lanes if each is not lane]
    mine = lane.crosses(one)
    is_own = bool(mine) and not any(address in each.ttls for each in others for address in mine)
    return all(each.ranges for each in others) and is_own and not one.perhaps_limits


def _faults(lanes: Sequence[Lane]) -> list[Fault]:
    """What loses, parted by what ranges have in common: as few faults as explain all of it."""
    left = [(lane, one) for lane in lanes for one in lane.ranges]
    faults = []
    while left:
        often: dict[str, int] = {}
        for lane, one in left:
            for address in lane.crosses(one):
                often[address] = often.get(address, 0) + 1
        most = max(often.values(), default=0)
        if most < 2:
            faults += [Fault(((lane, one),), "") for lane, one in left]
            break
        lane, one = next((lane, one) for lane, one in left if any(often[each] == most for each in lane.crosses(one)))
        router = next(address for address in lane.crosses(one) if often[address] == most)
        together = [(lane, one) for lane, one in left if router in lane.crosses(one)]
        faults.append(Fault(tuple(together), router))
        left = [each for each in left if each not in together]
    return faults


def _told(
    fault: Fault, clean: Sequence[Lane], lanes: Sequence[Lane], owner: Owner, shown: Shown
) -> LanesVerdict | None:
    """What is to be said of one fault; None: nothing more than the lanes say alone."""
    other_protocols = _other_protocols(clean, fault)
    if other_protocols:
        return by_protocol(fault, other_protocols, shown)
    other_family = _other_family(clean, fault)
    if other_family:
        return by_family(fault, other_family)
    if clean:
        return by_place(fault, clean, lanes, owner, shown)
    if len(fault.lanes) > 1:
        return together(fault, lanes, owner, shown)
    return None


def _other_protocols(clean: Sequence[Lane], fault: Fault) -> list[Lane]:
    """Of those that do not lose the ones that differ in protocol alone; none of a protocol of which some lose."""
    losing = {lane.protocol for lane in fault.lanes}
    places = {(lane.vantage, lane.version) for lane in fault.lanes}
    return [lane for lane in clean if lane.protocol not in losing and (lane.vantage, lane.version) in places]


def _other_family(clean: Sequence[Lane], fault: Fault) -> list[Lane]:
    """Of those that do not lose the ones of the other family, from the same places; none where both families lose."""
    losing = {lane.version for lane in fault.lanes}
    places = {lane.vantage for lane in fault.lanes}
    return [lane for lane in clean if lane.version not in losing and lane.vantage in places]
