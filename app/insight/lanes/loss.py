"""Which lanes lose and which do not, and where that says the loss is.

A trace alone gives a range of hops. Those that lose over the same router, within the range of each, have one fault; the
ranges are narrowed to what they have in common. What a lane crosses that does not lose is not where the loss is, unless
the return path is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .. import wording
from .fault import Fault
from .loss_sentences import apart, by_family, by_place, by_protocol, together
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
    for fault in _faults(lanes):
        # Those that surely lose less than each of them.
        clean = [
            lane for at, lane in enumerate(lanes) if all(pairs.loses_more(lanes.index(one), at) for one in fault.lanes)
        ]
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
