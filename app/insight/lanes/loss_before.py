"""What is said where all lanes lose, and some of them more than what they share: before their paths meet the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rules, wording
from ..place import Place, place
from .answer import LanesVerdict
from .shared import at_hop, first_meeting
from .words import names, owned, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..evidence.network import Owner, Shown
    from ..rules import Severity
    from .facts import Lane
    from .fault import Fault


def more_before(fault: Fault, owner: Owner, shown: Shown) -> LanesVerdict:
    """One lane loses more than others that lose, too: it has a fault of its own before its path meets theirs."""
    lane, one = fault.losing[0]
    others = fault.less
    meets = first_meeting(lane, others)
    address = next(each for each in at_hop(lane, meets) if any(each in other.ttls for other in others))
    last_ttl = min(meets, one.far_ttl)
    where = f"within its first {last_ttl} hops" if not one.near_ttl and last_ttl > 1 else ""
    where = where or f"at {place(one.near_ttl + 1, last_ttl)}"
    paths = f"{'that' if len(others) == 1 else 'those'} of {names(others)}"
    own = f"{names([lane])} loses {_percent(lane, lane)} %"
    counts = ", ".join(f"{each.name} {wording.of(*each.counted(lane.lasting_us))}" for each in (lane, *others))
    return LanesVerdict(
        rules.LANES_SOME_LOSE,
        _severity(lane),
        (lane.name,),
        tuple(each.name for each in others),
        f"{own}, {', '.join(f'{each.name} {_percent(each, lane)} %' for each in others)}",
        f"a fault of its own {where}, before its path meets {paths} at {owned(address, owner, shown)}, or on its"
        " return path",
        Place(one.near_ttl, last_ttl),
        address,
        owner(address) or "",
        (f"Lost in the same time: {counts}.", "This is not chance (Fisher's exact test)."),
        (("share", one.share),),
        where,
        few=(own,),
    )


def beside_loss_before(fault: Fault, others: Sequence[Lane], owner: Owner, shown: Shown) -> LanesVerdict:
    """One lane loses from a router on that others cross, too, which have lost more before."""
    lane, one = fault.losing[0]
    address = at_hop(lane, one.far_ttl)[0]
    what = f"{lane.name} loses {wording.percent(one.share)} % from {owned(address, owner, shown)} on"
    return LanesVerdict(
        rules.LANES_ALL_LOSE,
        _severity(lane),
        (lane.name,),
        (),
        what,
        f"{names(others)} {verb(others, 'crosses')} it, too, and {verb(others, 'loses')} before as well",
        Place(one.near_ttl, one.far_ttl),
        address,
        owner(address) or "",
        (f"Lost in the same time: {lane.name} {wording.of(*lane.counted(lane.lasting_us))}.",),
        (("share", one.share),),
        few=(f"{lane.name} loses {wording.percent(one.share)} %",),
    )


def _percent(lane: Lane, of: Lane) -> str:
    """What a lane has lost in the time that another one's loss lasts, in percent."""
    lost, completed = lane.counted(of.lasting_us)
    return wording.percent(lost / completed if completed else 0.0)


def _severity(lane: Lane) -> Severity:
    return "fault" if lane.severity == "fault" else "warning"
