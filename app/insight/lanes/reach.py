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
    """What lanes that get no answer from the target say together with those that do."""
    made = []
    for at, lane in enumerate(lanes):
        reaching = [other for other_at, other in enumerate(lanes) if lane.unreached and pairs.loses_more(at, other_at)]
        if reaching:
            made.append(_told(lane, reaching, owner, shown))
    return made


def _told(lane: Lane, reaching: Sequence[Lane], owner: Owner, shown: Shown) -> LanesVerdict:
    by_protocol = [
        one
        for one in reaching
        if (one.vantage, one.version) == (lane.vantage, lane.version) and one.protocol != lane.protocol
    ]
    others = by_protocol or [one for one in reaching if one.vantage == lane.vantage] or list(reaching)
    last_ttl = lane.last.ttl if lane.last is not None else 0
    address = next((each for each, ttl in lane.ttls.items() if ttl == last_ttl), "")
    router = owned(address, owner, shown) if address else ""
    beyond = f"nothing beyond hop {last_ttl}, {router}, answers it" if router else "no hop answers it"
    if by_protocol:
        what = f"{lane.name} gets no answer from the target, {names(others)} {verb(others, 'does')}"
        if all(one.end is not None and last_ttl >= one.end.ttl - 1 for one in others):
            meaning = f"the target is up, and it, or a filter just before it, drops {lane.title}"
        else:
            meaning = f"the target is up, and it, or a filter on the path, drops {lane.title}: {beyond}"
    else:
        what = f"{lane.name} does not reach the target, {names(others)} {verb(others, 'does')}"
        meaning = beyond
        if address and any(address in one.ttls for one in others):
            crosses = f"{names(others)} {verb(others, 'crosses')} that router"
            meaning = f"{beyond}, and {crosses}, so look at its return path, or for a filter"
    return LanesVerdict(
        rules.LANES_PROTOCOL_FILTERED if by_protocol else rules.LANES_UNREACHED,
        "note" if by_protocol else "fault",
        (lane.name,),
        tuple(one.name for one in others),
        what,
        meaning,
        place=Place(last_ttl, last_ttl + 1),
        address=address,
        network=(owner(address) or "") if address else "",
        numbers=(("last_ttl", last_ttl), ("rounds", len(lane.last.rtts_us) if lane.last is not None else 0)),
    )
