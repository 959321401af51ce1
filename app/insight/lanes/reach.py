"""Which lanes do not reach a target that others reach, and where they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rules
from ..place import Place
from .answer import LanesVerdict
from .words import names, owned, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evidence.network import Owner, Shown
    from .facts import Lane
    from .pairs import Pairs


def about_reach(lanes: Sequence[Lane], pairs: Pairs, owner: Owner, shown: Shown) -> list[LanesVerdict]:
    """What lanes that get no answer from the target say together with those that do.

    Lanes that end at one router, and are compared with the same others, are told of in one sentence.
    """
    alike: dict[tuple[object, ...], list[Lane]] = {}
    compared: dict[Lane, list[Lane]] = {}
    for at, lane in enumerate(lanes):
        reaching = [other for other_at, other in enumerate(lanes) if lane.unreached and pairs.loses_more(at, other_at)]
        if not reaching:
            continue
        by_protocol = [
            one
            for one in reaching
            if (one.vantage, one.version) == (lane.vantage, lane.version) and one.protocol != lane.protocol
        ]
        if by_protocol:
            compared[lane] = by_protocol
            alike[lane,] = [lane]
            continue
        compared[lane] = [one for one in reaching if one.vantage == lane.vantage] or reaching
        alike.setdefault((_last_address(lane), *compared[lane]), []).append(lane)
    return [_told(some, compared[some[0]], lanes, owner, shown) for some in alike.values()]


def _last_address(lane: Lane) -> str:
    """The last router that answers a lane; empty: none does."""
    last_ttl = lane.last.ttl if lane.last is not None else 0
    return next((each for each, ttl in lane.ttls.items() if ttl == last_ttl), "")


def _told(
    some: Sequence[Lane], others: Sequence[Lane], lanes: Sequence[Lane], owner: Owner, shown: Shown
) -> LanesVerdict:
    lane = some[0]
    last_ttl = lane.last.ttl if lane.last is not None else 0
    address = _last_address(lane)
    router = owned(address, owner, shown) if address else ""
    several = len(some) > 1
    by_protocol = any(one.protocol != lane.protocol and one.vantage == lane.vantage for one in others)
    if several:
        beyond = f"nothing beyond {router} answers them" if router else "no hop answers them"
        brief = f"nothing beyond {shown(address)}" if router else "no hop answers"
    else:
        beyond = f"nothing beyond hop {last_ttl}, {router}, answers it" if router else "no hop answers it"
        brief = f"nothing answers beyond hop {last_ttl}" if router else "no hop answers"
    if by_protocol:
        what = f"{lane.name} gets no answer from the target, {names(others)} {verb(others, 'does')}"
        if all(one.end is not None and last_ttl >= one.end.ttl - 1 for one in others):
            meaning = f"the target is up, and it, or a filter just before it, drops {lane.title}"
        else:
            meaning = f"the target is up, and it, or a filter on the path, drops {lane.title}: {beyond}"
        few, brief = (f"{lane.name} gets no answer from the target",), ""
    else:
        what = f"{names(some)} {verb(some, 'does')} not reach the target, {names(others)} {verb(others, 'does')}"
        who = f"{len(some)} of {len(lanes)} lanes" if several else lane.name
        few = (f"{who} {verb(some, 'does')} not reach the target",)
        meaning = beyond
        if address and any(address in one.ttls for one in others):
            crosses = f"{names(others)} {verb(others, 'crosses')} that router"
            look = f"look at {'their return paths' if several else 'its return path'}"
            meaning = f"{beyond}, and {crosses}, so {look}, or for a filter"
    return LanesVerdict(
        rules.LANES_PROTOCOL_FILTERED if by_protocol else rules.LANES_UNREACHED,
        "note" if by_protocol else "fault",
        tuple(one.name for one in some),
        tuple(one.name for one in others),
        what,
        meaning,
        place=Place(last_ttl, last_ttl + 1),
        address=address,
        network=(owner(address) or "") if address else "",
        numbers=(("last_ttl", last_ttl), ("rounds", len(lane.last.rtts_us) if lane.last is not None else 0)),
        brief=brief,
        few=few,
    )
