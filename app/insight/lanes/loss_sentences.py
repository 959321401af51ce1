"""What is said of lanes that lose: by what they differ from those that do not, and where that places the loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...protocols import PROTOCOLS
from ...statistics.exact_tests import fisher_greater
from .. import rules, wording
from ..place import Place, place
from .answer import LanesVerdict
from .fault import Fault
from .pairs import LEVEL
from .shared import at_hop, crosses_all, first_meeting, may_have_a_router_in_common, parted
from .words import NAMED_MAX, all_of, names, owned, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answer import Numbers
    from ..evidence.network import Owner, Shown
    from ..rules import Rule, Severity
    from .facts import Lane, Range


def by_protocol(fault: Fault, clean: Sequence[Lane], shown: Shown) -> LanesVerdict:
    """One protocol loses, and another one from the same place does not."""
    lane, one = fault.losing[0]
    other = clean[0]
    if all(lane.at_target(one) for lane, one in fault.losing):
        what, few = _who_loses(fault, " at the target", clean), (_who_loses(fault, " at the target", ()),)
        if PROTOCOLS[lane.protocol].replies_in_icmp:
            its = lane.title if lane.protocol == "icmp" else f"its replies to {lane.title}"
            said = what, f"the target rate-limits {its}"
            brief = f"it rate-limits {its}"
            return _verdict(rules.LANES_PROTOCOL_LIMIT, "note", fault, clean, said, brief=brief, few=few)
        meaning = f"the target, or a filter before it, drops {lane.title}, and the path is sound"
        said, brief = (what, meaning), f"the target or a filter drops {lane.title}"
        return _verdict(rules.LANES_PROTOCOL_LOSS, _severity(fault), fault, clean, said, brief=brief, few=few)
    if any(parted(lane, one.near_ttl, one.far_ttl, (other,))):
        meaning = f"its path takes other routers there than that of {other.title}{_differs(lane, one, other, shown)}"
        brief = "by other routers"
    else:
        meaning = f"the same routers let {other.title} pass, so a filter or policer there treats {lane.title} otherwise"
        brief = "a filter or policer there"
    said, few = (_who_loses(fault, f" {_from(one)}", clean), meaning), (_who_loses(fault, f" {_from(one)}", ()),)
    return _verdict(rules.LANES_PROTOCOL_LOSS, _severity(fault), fault, clean, said, brief=brief, few=few)


def by_family(fault: Fault, clean: Sequence[Lane]) -> LanesVerdict:
    """One family loses, and the other one from the same place does not."""
    lane, one = fault.losing[0]
    where = " at the target" if lane.at_target(one) else f" {_from(one)}"
    meaning = f"the fault is on the path of IPv{lane.version} alone{_or_limit(fault)}"
    what, few = _who_loses(fault, where, clean), (_who_loses(fault, where, ()),)
    return _verdict(rules.LANES_FAMILY_LOSS, _severity(fault), fault, clean, (what, meaning), few=few)


def by_place(fault: Fault, clean: Sequence[Lane], lanes: Sequence[Lane], owner: Owner, shown: Shown) -> LanesVerdict:
    """Some lose and others do not: before their paths meet, or on the return path.

    1. A path that meets none of those without loss has nothing but its own range.
    2. Where one of those crosses every router of its range, both ends included, these are sound: the return path is
       what differs.
    3. Several that lose over one router which the others do not cross have that in common.
    4. One that met another before its range loses where they have parted.
    5. One alone loses before its path meets another, or within its own range if that ends sooner.
    """
    lane, one = fault.losing[0]
    sound = {address for each in clean for address in each.ttls}
    meets = [first_meeting(lane, clean) for lane, _ in fault.losing]
    same = [
        each for each in clean if all(crosses_all(lane, one.near_ttl, one.far_ttl, each) for lane, one in fault.losing)
    ]
    several = len(fault.lanes) > 1
    rule, address, near_ttl, last_ttl = rules.LANES_SOME_LOSE, "", one.near_ttl, one.far_ttl
    briefest = ""
    if not all(meets):
        meaning = f"{'their paths share' if several else 'its path shares'} no router with {_paths(clean)}"
        brief = "" if several else _within(near_ttl, last_ttl)
        meaning = meaning if several else f"{brief}, or on its return path; {meaning}{_or_limit(fault)}"
    elif same:
        rule = rules.LANES_RETURN_LOSS
        brief = f"look at {'their return paths' if several else 'its return path'}"
        meaning = f"{names(same)} {verb(same, 'crosses')} the same routers without loss, so {brief}{_or_limit(fault)}"
    elif several and fault.router not in sound:
        address, last_ttl = fault.router, lane.ttls[fault.router]
        both = "both" if len(fault.lanes) == 2 else "all of these"
        brief, briefest = f"{both} cross {shown(address)}", f"{both} cross {address}"
        meaning = f"{both} cross {owned(address, owner, shown)}, and {names(clean)} {verb(clean, 'does')} not"
    elif several:
        early = any(ttl <= one.near_ttl for ttl, (_, one) in zip(meets, fault.losing, strict=True))
        brief = f"each where its path is not {_paths(clean)}" if early else f"each before it meets {_paths(clean)}"
        where = f"where its path is not {_paths(clean)}" if early else f"before its path meets {_paths(clean)}"
        meaning = f"each {where}, or on its return path"
    elif meets[0] <= one.near_ttl:
        near_ttl, last_ttl, where = _apart_from(lane, one, clean)
        brief = _within(near_ttl, last_ttl)
        meaning = f"{brief}{where}, or on its return path{_or_limit(fault)}"
    else:
        last_ttl = min(meets[0], one.far_ttl)
        address = next(each for each, ttl in lane.ttls.items() if ttl == meets[0] and each in sound)
        meeting = f"before its path meets {_paths(clean)} at {shown(address)}"
        brief = _within(one.near_ttl, last_ttl)
        meaning = f"{brief}, {meeting}, or on its return path{_or_limit(fault)}"
    if len(fault.lanes) + len(clean) == len(lanes):
        what = f"Only {_who_loses(fault, '', ())}"
    else:
        what = _who_loses(fault, "", clean)
    unplaced = rule is rules.LANES_RETURN_LOSS or (several and not all(meets))
    limits = None if unplaced else Place(near_ttl, last_ttl)
    return _verdict(
        rule,
        _severity(fault),
        fault,
        clean,
        (what, meaning),
        limits=limits,
        address=address,
        network=owner(address) or "",
        brief=brief,
        briefest=briefest,
        few=(f"{_all_or_some(fault, lanes)} {verb(fault.lanes, 'loses')} {_share(fault)}",),
    )


def together(fault: Fault, lanes: Sequence[Lane], owner: Owner, shown: Shown) -> LanesVerdict:
    """Several lose over one router: from it on, or on the link that leads to it; at the target it may be replies."""
    lane, one = fault.losing[0]
    share = _share(fault)
    who, count = all_of(fault.lanes, lanes), f"{_all_or_some(fault, lanes)} lose {share}"
    few: tuple[str, ...]
    at_target = all(lane.at_target(one) for lane, one in fault.losing)
    if at_target and any(one.perhaps_limits for _, one in fault.losing):
        what, few = f"{who} lose {share} at the target", (f"{count} at the target", count)
        if len({lane.protocol for lane in fault.lanes}) > 1:  # what limits its replies does so to all
            meaning = "it is the last link or the target itself, and no limit of one protocol's replies"
            brief = "the last link or the target"
        else:
            meaning = "it is the last link or the target itself, or the target rate-limits its replies"
            brief = "last link, target, or rate-limited replies"
    else:
        what, brief = f"{who} lose {share} from {owned(fault.router, owner, shown)} on", ""
        meaning = _whose(fault, owner)
        routers = dict.fromkeys((shown(fault.router), fault.router))
        few = (*(f"{each} from {router} on" for router in routers for each in (f"{who} lose {share}", count)), count)
    limits = Place(one.near_ttl, lane.ttls[fault.router])
    network = owner(fault.router) or ""
    harmless = all(lane.severity not in {"fault", "warning"} for lane in fault.lanes)  # by what each says alone
    return _verdict(
        rules.LANES_ALL_LOSE,
        "note" if harmless else _severity(fault),
        fault,
        (),
        (what, meaning),
        limits=limits,
        address=fault.router,
        network=network,
        brief=brief,
        few=few,
    )


def apart(faults: Sequence[Fault], lanes: Sequence[Lane]) -> list[LanesVerdict]:
    """All lose, and these at routers that no other shows: in one sentence each for those of which the same holds."""
    near = [fault for fault in faults if _may_be_shared(fault, lanes)]
    own = [fault for fault in faults if fault not in near]
    return [_apart(some, lanes, may_be_shared=some is near) for some in (near, own) if some]


def _may_be_shared(fault: Fault, lanes: Sequence[Lane]) -> bool:
    """Whether the fault may be that of another lane, whose router then answers this one from another address."""
    lane, one = fault.losing[0]
    return any(
        may_have_a_router_in_common(lane, one, each, another)
        for each in lanes
        if each is not lane
        for another in each.ranges
    )


def _apart(faults: Sequence[Fault], lanes: Sequence[Lane], *, may_be_shared: bool) -> LanesVerdict:
    whole = Fault(tuple(each for fault in faults for each in fault.losing), "")
    losing, several = whole.lanes, len(faults) > 1
    others = [each for each in lanes if each not in losing]
    parts = [f"{_share(fault)} {_from(fault.losing[0][1])}" for fault in faults]
    said = [f"{losing[0].name} loses {parts[0]}"]
    said += [f"{lane.name} {part}" for lane, part in zip(losing[1:], parts[1:], strict=True)]
    count = f"{len(losing)} of {len(lanes)} lanes lose, each at routers of its own"
    what, few = count if len(losing) > NAMED_MAX else ", ".join(said), (count,) if several else ()
    if may_be_shared:
        meaning = "it may be one fault, of a router that answers each from another address"
        meaning = meaning if several else f"it may be the same fault as {_paths(others)}"
    elif several:
        meaning = (
            "no other lane crosses these routers, so these are faults of their own, or one on a shared return path"
        )
    else:
        shared = "a return path that both share" if len(others) == 1 else "return paths that they share"
        not_these = f"{names(others)} {verb(others, 'does')} not cross these routers"
        meaning = f"{not_these}, so it is a fault of its own, or one on {shared}"
    return _verdict(rules.LANES_LOSE_APART, _severity(whole), whole, (), (what, meaning), few=few)


def _verdict(
    rule: Rule,
    severity: Severity,
    fault: Fault,
    clean: Sequence[Lane],
    said: tuple[str, str],
    *,
    limits: Place | None = None,
    address: str = "",
    network: str = "",
    brief: str = "",
    briefest: str = "",
    few: tuple[str, ...] = (),
) -> LanesVerdict:
    """The verdict; its place is the range of the first lane, or ``limits``."""
    lane, one = fault.losing[0]
    counts = [f"{each.name} {wording.of(*each.counted(lane.lasting_us))}" for each in (*fault.lanes, *clean)]
    compared = (
        ["This is not chance (Fisher's exact test, with Holm's correction over all comparisons)."] if clean else []
    )
    return LanesVerdict(
        rule,
        severity,
        tuple(each.name for each in fault.lanes),
        tuple(each.name for each in clean),
        *said,
        limits if limits is not None or rule is rules.LANES_RETURN_LOSS else Place(one.near_ttl, one.far_ttl),
        address,
        network,
        (f"Lost in the same time: {', '.join(counts)}.", *compared),
        _numbers(fault, clean),
        brief,
        briefest,
        few,
    )


def _numbers(fault: Fault, clean: Sequence[Lane]) -> Numbers:
    """The share, and the counts of the first lane and of the first that it is compared with, in the same time."""
    lane, one = fault.losing[0]
    lost, completed = lane.counted(lane.lasting_us)
    counts: list[tuple[str, float | int | str]] = [("share", one.share), ("lost", lost), ("completed", completed)]
    if clean:
        lost, completed = clean[0].counted(lane.lasting_us)
        counts += [("other_lost", lost), ("other_completed", completed)]
    return tuple(counts)


def _severity(fault: Fault) -> Severity:
    return "fault" if any(lane.severity == "fault" for lane in fault.lanes) else "warning"


def _all_or_some(fault: Fault, lanes: Sequence[Lane]) -> str:
    """``All 3 lanes``, ``Both lanes``, ``2 of 5 lanes``; one alone by its name, which is no longer."""
    count = len(fault.lanes)
    if count == 1:
        return fault.lanes[0].name
    if count < len(lanes):
        return f"{count} of {len(lanes)} lanes"
    return "Both lanes" if count == 2 else f"All {count} lanes"


def _who_loses(fault: Fault, where: str, clean: Sequence[Lane]) -> str:
    """``ICMP loses 20 % at the target, TCP 443 nothing``; no ``clean``: without the others."""
    said = f"{names(fault.lanes)} {verb(fault.lanes, 'loses')} {_share(fault)}{where}"
    if not clean:
        return said
    counts = [lane.counted(fault.lanes[0].lasting_us) for lane in clean]
    most = max(lost / completed if completed else 0.0 for lost, completed in counts)
    return f"{said}, {names(clean)} {f'{wording.percent(most)} %' if most else 'nothing'}"


def _share(fault: Fault) -> str:
    """How much is lost: ``12 %`` of all, or from the least to the most where those differ by more than chance."""
    if len(fault.losing) == 1:
        return f"{wording.percent(fault.losing[0][1].share)} %"
    counts = sorted((lane.counted(lane.lasting_us) for lane in fault.lanes), key=_rate)
    if fisher_greater(*counts[-1], *counts[0]) < LEVEL / len(counts):
        return f"{wording.percent(_rate(counts[0]))} to {wording.percent(_rate(counts[-1]))} %"
    return f"{wording.percent(_rate((sum(lost for lost, _ in counts), sum(of for _, of in counts))))} %"


def _rate(count: tuple[int, int]) -> float:
    lost, completed = count
    return lost / completed if completed else 0.0


def _whose(fault: Fault, owner: Owner) -> str:
    """Whose routers lie in the ranges; empty where that is not known of all."""
    networks: set[str | None] = set()
    for lane, one in fault.losing:
        last_ttl = lane.ttls[fault.router]
        networks |= {owner(address) for address, ttl in lane.ttls.items() if one.near_ttl <= ttl <= last_ttl}
        if not one.near_ttl:
            networks.add(None)
    named = sorted(one for one in networks if one is not None)
    if len(named) < len(networks):
        return ""
    if len(named) == 1:
        return f"it is theirs, as the whole range lies in {named[0]}, or it is on the return paths"
    return f"it is between {' and '.join(named)}, or on the return paths"


def _differs(lane: Lane, one: Range, other: Lane, shown: Shown) -> str:
    """``, from 203.0.113.1 on``, ``, at hops 3-4``: where around its range a lane takes other routers than another.

    Empty: all the way.
    """
    target_ttl = lane.end.ttl if lane.end is not None else 0
    shared = [ttl for address, ttl in lane.ttls.items() if address in other.ttls and ttl != target_ttl]
    first_ttl, last_ttl = parted(lane, one.near_ttl, one.far_ttl, (other,))
    before = max((ttl for ttl in shared if ttl < first_ttl), default=0)
    beyond = min((ttl for ttl in shared if ttl > last_ttl), default=0)
    first_ttl, last_ttl = parted(lane, before, beyond or max(lane.ttls.values()), (other,))
    if beyond:
        return f", at {place(first_ttl, last_ttl)}"
    return f", from {shown(at_hop(lane, first_ttl)[0])} on" if before else ""


def _apart_from(lane: Lane, one: Range, clean: Sequence[Lane]) -> tuple[int, int, str]:
    """Within a range the hops where a lane's path has left those of others, with the words for that.

    What they cross, too, is not where the loss is: the range ends with the first router behind what it has alone.
    """
    first_ttl, last_ttl = parted(lane, one.near_ttl, one.far_ttl, clean)
    if not first_ttl:
        return one.near_ttl, one.far_ttl, ""
    met = [each for each in clean if 0 < first_meeting(lane, (each,)) < first_ttl]
    where = f", where its path has left {_paths(met)}" if met else ""
    return max(one.near_ttl, first_ttl - 1), min(one.far_ttl, last_ttl + 1), where


def _from(limits: Range) -> str:
    """``from hop 5 on``, ``from hop 4 or 5 on``."""
    first, last = limits.near_ttl + 1, limits.far_ttl
    if first >= last:
        return f"from hop {last} on"
    return f"from hop {first} or {last} on" if last - first == 1 else f"from {place(first, last)} on"


def _within(near_ttl: int, last_ttl: int) -> str:
    """``at hops 2-3``, ``within its first 2 hops``."""
    if not near_ttl and last_ttl > 1:
        return f"within its first {last_ttl} hops"
    return f"at {place(near_ttl + 1, last_ttl)}"


def _paths(clean: Sequence[Lane]) -> str:
    return f"{'that' if len(clean) == 1 else 'those'} of {names(clean)}"


def _or_limit(fault: Fault) -> str:
    return ", or its replies are rate-limited" if any(one.perhaps_limits for _, one in fault.losing) else ""
