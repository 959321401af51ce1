"""One target seen from several vantage points: which of them lose, and where their paths say that is.

A trace alone gives a range of hops. Two that cross the same routers narrow it: where all lose, the loss is what they
have in common; where one loses and others do not, it is on the part of its path that they do not share. What counts as
losing is what the trace's own answer says; that another does not lose as well is Fisher's exact test on the target's
answers, with Holm's correction over all pairs (Scandinavian Journal of Statistics 6, 1979).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..statistics.exact_tests import fisher_greater
from . import rules, wording
from .answer import Status
from .place import place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..path.snapshot import Hop, Snapshot
    from .assessment import Assessment
    from .evidence.network import Owner, Shown
    from .rules import Severity

LEVEL = 0.01
# Loss, and what a trace alone cannot tell from a limit of the target's or the last hop's replies.
LOSS = frozenset({rules.PATH_LOSS, rules.LOCAL_LOSS, rules.LAST_LINK_LOSS})
OPEN = frozenset({rules.TARGET_LOSS_OR_LIMIT, rules.LAST_HOP_LOSS_OR_LIMIT})
ALL_NAMED_MAX = 3


@dataclass(frozen=True, slots=True)
class LanesAnswer:
    """What several traces of one target say together."""

    severity: Severity  # the gravest of those that lose
    lead: str  # who loses, a sentence
    rest: str  # where, a sentence


@dataclass(frozen=True, slots=True)
class _Lane:
    name: str
    severity: Severity
    losing: bool
    open: bool  # it may be a limit of replies
    lost: int
    completed: int
    near_ttl: int  # the last hop that is surely before the loss; 0: the vantage point
    far_ttl: int  # the first hop that surely loses
    ttls: dict[str, int]  # of each address on the path, the first


def about_lanes(
    traces: Sequence[tuple[Snapshot, Assessment]], owner: Owner | None = None, shown: Shown | None = None
) -> LanesAnswer | None:
    """What traces of one target from several places say together; None where they are not such, or say nothing more."""
    if len(traces) < 2 or len({snapshot.target.address for snapshot, _ in traces}) > 1:
        return None
    if len({snapshot.target.vantage for snapshot, _ in traces}) < len(traces):
        return None
    lanes = [_lane(snapshot, judged) for snapshot, judged in traces]
    losing = [lane for lane in lanes if lane.losing]
    if not losing:
        return None
    clean = [lane for lane in lanes if not lane.losing]
    shown = shown or str
    if not clean:  # what limits its replies does so to all
        return _all_lose(lanes, owner, shown) if not any(lane.open for lane in lanes) else None
    if not _differ(losing, clean):
        return None
    return _some_lose(losing, clean, shown)


def _lane(snapshot: Snapshot, judged: Assessment) -> _Lane:
    end = _end(snapshot)
    rule = judged.answer.rules[0] if judged.answer.rules else None
    found = next((one for one in judged.verdicts if one.rule is rule and rule in LOSS | OPEN), None)
    last_ttl = end.ttl if end is not None else len(snapshot.hops)
    near_ttl, far_ttl = 0, last_ttl
    if found is not None and found.place is not None:
        near_ttl, far_ttl = found.place.first_ttl, found.place.last_ttl
    ttls: dict[str, int] = {}
    for hop in snapshot.hops:
        for one in hop.responders:
            ttls.setdefault(one.address, hop.ttl)
    return _Lane(
        str(snapshot.target.vantage),
        judged.severity,
        found is not None and (rule in OPEN or judged.answer.status is Status.CONFIRMED),
        rule in OPEN,
        end.completed - end.received if end is not None else 0,
        end.completed if end is not None else 0,
        near_ttl,
        far_ttl,
        ttls,
    )


def _end(snapshot: Snapshot) -> Hop | None:
    """The target's hop, where it has answered."""
    address = snapshot.target.address
    return next((hop for hop in snapshot.hops if any(one.address == address for one in hop.responders)), None)


def _differ(losing: Sequence[_Lane], clean: Sequence[_Lane]) -> bool:
    """Whether each of those loses more than each of these, all pairs together at the level."""
    chances = sorted(
        fisher_greater(one.lost, one.completed, other.lost, other.completed) for one in losing for other in clean
    )
    return all(chance <= LEVEL / (len(chances) - at) for at, chance in enumerate(chances))


def _all_lose(lanes: Sequence[_Lane], owner: Owner | None, shown: Shown) -> LanesAnswer:
    """Where all lose: from the first router on that lies within the range of each."""
    common = set.intersection(
        *({address for address, ttl in lane.ttls.items() if lane.near_ttl < ttl <= lane.far_ttl} for lane in lanes)
    )
    lead = f"{'Both' if len(lanes) == 2 else f'All {len(lanes)}'} places lose."
    if not common:
        return LanesAnswer("fault", lead, "Their ranges have no router in common: separate faults.")
    first = min(common, key=lambda address: lanes[0].ttls[address])
    network = owner(first) if owner is not None else None
    by = f" ({network})" if network else ""
    return LanesAnswer("fault", lead, f"What they have in common begins at {shown(first)}{by}.")


def _some_lose(losing: Sequence[_Lane], clean: Sequence[_Lane], shown: Shown) -> LanesAnswer:
    """Where some lose: before their paths meet those that do not."""
    rate = f" ({wording.percent(losing[0].lost / losing[0].completed)} %)" if len(losing) == 1 else ""
    lead = f"Only {_names(losing)} {'loses' if len(losing) == 1 else 'lose'}{rate}."
    severity: Severity = "fault" if any(lane.severity == "fault" for lane in losing) else "warning"
    sound = {address for lane in clean for address in lane.ttls}
    places = []
    for lane in losing:
        meets = min((ttl for address, ttl in lane.ttls.items() if address in sound), default=0)
        if not meets or meets <= lane.near_ttl:
            return LanesAnswer(severity, lead, _same_routers(clean, meets=bool(meets)))
        places.append(place(lane.near_ttl + 1, min(meets, lane.far_ttl)))
    if len(losing) > 1:
        return LanesAnswer(
            severity, lead, f"Each before its path meets that of {_names(clean)}, or on its return path."
        )
    lane = losing[0]
    limit = ", or its replies are rate-limited" if lane.open else ""
    meets = min(ttl for address, ttl in lane.ttls.items() if address in sound)
    meeting = next(address for address, ttl in lane.ttls.items() if ttl == meets and address in sound)
    where = f"At {places[0]}, before its path meets that of {_names(clean)} at {shown(meeting)}"
    return LanesAnswer(severity, lead, f"{where}, or on its return path{limit}.")


def _same_routers(clean: Sequence[_Lane], *, meets: bool) -> str:
    if not meets:
        return f"Its path shares no router with that of {_names(clean)}."
    verb = "crosses" if len(clean) == 1 else "cross"
    return f"{_names(clean)} {verb} the same routers without loss: look at its return path."


def _names(lanes: Sequence[_Lane]) -> str:
    names = [lane.name for lane in lanes]
    if len(names) > ALL_NAMED_MAX:
        return f"{len(names)} places"
    *some, last = names
    return f"{', '.join(some)} and {last}" if some else last
