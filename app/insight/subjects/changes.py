"""Verdicts on paths that change: the latest change, one that only seems to be, and a path that flaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...path.change_watch import CHANCE_MAX
from ...path.event_log import latest
from .. import rules, wording
from ..answer import Status, yes
from ..assessment import Verdict
from ..evidence import change_effect
from ..place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import LogEntry, PathFlap, SeemingChange, Snapshot
    from ..evidence.gather import Evidence
    from ..evidence.network import Owner, Shown

# For so long a path change is the answer, where nothing is worse.
CHANGE_NEWS_US = 60_000_000
# What the alternation of two paths explains; a verdict on it from the hops of a flap on says nothing of its own.
EXPLAINED = frozenset(
    {rules.QUEUEING, rules.BUFFERBLOAT, rules.JITTER, rules.LATENCY_SHIFT, rules.UNEQUAL_COST_PATHS, rules.SLOW_REPLIES}
)
SHOWN = 8


def about_changes(evidence: Evidence, owner: Owner, shown: Shown) -> list[Verdict]:
    """The flap, else the change that seems to be, else the latest change."""
    snapshot = evidence.snapshot
    flap, seeming = snapshot.flap, snapshot.seeming_change
    if flap is not None and flap.ended_us is None:
        return [_flaps(snapshot, flap)]
    found = [_flapped(snapshot, flap)] if flap is not None and flap.ended_us is not None else []
    found += [_changed(snapshot, evidence.change, owner, shown)] if evidence.change is not None else []
    found += [_seems(snapshot, seeming, shown)] if seeming is not None else []
    # The latest is the news.
    return sorted(found, key=lambda one: -(one.since_us or 0))


def without_flapping(snapshot: Snapshot, found: Sequence[Verdict]) -> list[Verdict]:
    """Verdicts without those on delay that a flap explains."""
    flap = snapshot.flap
    if flap is None or flap.ended_us is not None:
        return list(found)
    return [
        one
        for one in found
        if one.rule not in EXPLAINED or (one.place is not None and one.place.last_ttl < flap.first_ttl)
    ]


# ---- changes --------------------------------------------------------------------------------------------------------


def _seems(snapshot: Snapshot, seeming: SeemingChange, shown: Shown) -> Verdict:
    was = f"Was {_listed(seeming.old, shown)}; now {_listed(seeming.new, shown)}."
    if not any(seeming.old) and not any(seeming.new):
        was = "Routers of an earlier path answer again."
    over = snapshot.state == "finished"
    return Verdict(
        rules.PATH_CHANGE,
        "changed",
        Place(seeming.first_ttl, seeming.last_ttl),
        "path seems to have changed",
        reasons=(was, "Load balancing may look like this."),
        settle="The trace ended too soon after it: a longer one tells." if over else "More rounds will tell.",
        numbers=(("round", seeming.round), ("ago_us", snapshot.time_us - seeming.time_us), ("over", yes(over))),
        status=Status.PROVISIONAL,
        since_us=seeming.time_us,
        headline=True,
    )


def _changed(snapshot: Snapshot, change: LogEntry, owner: Owner, shown: Shown) -> Verdict:
    if change.circles:
        return _circles(snapshot, change, shown)
    ago_us = snapshot.time_us - change.time_us
    cost = change_effect.cost(snapshot, change)
    rise, told = cost.rise_us, cost.told
    longer = len(change.new) - len(change.old)
    network = _network(change, owner)
    shape = [wording.hops_longer(longer)] if longer else []
    target = [f"target {wording.change(rise)}"] if told and rise is not None else []
    words = change_effect.in_words(cost)
    return Verdict(
        rules.PATH_CHANGE,
        "changed",
        Place(change.first_ttl, change.last_ttl),
        "path changed back" if change.returned else "path changed",
        brief=wording.plural(len(change.new), "router")
        + (f" in place of {len(change.old)}" if longer else " replaced"),
        figures=", ".join([*shape, *target]),
        reasons=(
            f"Was {_listed(change.old, shown)}; now {_listed(change.new, shown)}.",
            *((f"Cost: {words}.",) if words else ()),
            "Averages in the table span both paths; the verdicts here are of the new one.",
        ),
        numbers=(
            ("chance_below", CHANCE_MAX),
            ("round", change.round),
            ("ago_us", ago_us),
            ("rise_us", 0 if rise is None else rise),
            ("rise_told", yes(told)),
            *((("rounds_lost", cost.rounds_lost),) if cost.rounds_lost is not None else ()),
            ("routers", len(change.new)),
            ("routers_before", len(change.old)),
            ("returned", yes(change.returned)),
        ),
        since_us=change.time_us,
        network=network,
        addresses=tuple(address for address in change.new if address),
        headline=ago_us < CHANGE_NEWS_US,
    )


def _circles(snapshot: Snapshot, change: LogEntry, shown: Shown) -> Verdict:
    """The change with which a routing loop began: how many hops it fills says nothing."""
    ago_us = snapshot.time_us - change.time_us
    routers = tuple(dict.fromkeys(address for address in change.new if address))
    return Verdict(
        rules.PATH_CHANGE,
        "changed",
        Place(change.first_ttl, change.last_ttl),
        "a routing loop began",
        reasons=(
            f"Was {_listed(change.old, shown)}; now {_listed(change.new, shown)} in turn.",
            "Averages in the table span both paths; the verdicts here are of the new one.",
        ),
        numbers=(
            ("chance_below", CHANCE_MAX),
            ("round", change.round),
            ("ago_us", ago_us),
            ("circles", yes(change.circles)),
        ),
        since_us=change.time_us,
        addresses=routers,
        headline=ago_us < CHANGE_NEWS_US,
    )


def _network(change: LogEntry, owner: Owner) -> str:
    """The network that the new path leads through and the one before did not; empty: none, or not known."""
    before = {owner(address) for address in change.old if address}
    for address in change.new:
        network = owner(address) if address else None
        if network and network not in before:
            return network
    return ""


def _listed(addresses: Sequence[str], shown: Shown) -> str:
    known = [shown(address) for address in dict.fromkeys(addresses) if address]  # in a loop they come again and again
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return f"{', '.join(known[:SHOWN])}{more}" or "nothing there"


# ---- flaps ----------------------------------------------------------------------------------------------------------


def _flaps(snapshot: Snapshot, flap: PathFlap) -> Verdict:
    where = Place(flap.first_ttl, flap.last_ttl)
    length_us = snapshot.time_us - flap.time_us
    return Verdict(
        rules.PATH_FLAP,
        "warning",
        where,
        "path flaps",
        brief=f"{wording.plural(flap.changes, 'change')} in {wording.duration(length_us / 1e6)}",
        reasons=(
            "It alternates between the same routers, and not at random as under load balancing.",
            "A route is withdrawn and announced again, or a link goes down and up.",
        ),
        settle="The networks that operate these routers can tell why.",
        numbers=(
            ("changes", flap.changes),
            ("duration_us", length_us),
            ("latest_us", snapshot.time_us - flap.latest_us),
            ("round", flap.first_round),
        ),
        since_us=flap.time_us,
        headline=True,
    )


def _flapped(snapshot: Snapshot, flap: PathFlap) -> Verdict:
    ended_us = flap.ended_us or 0
    ago_us = snapshot.time_us - ended_us
    # Its end is known only a while after: it is news from then on.
    entry = latest(snapshot, "path-flap-ended")
    told = entry.time_us if entry is not None else 0
    length_us = ended_us - flap.time_us
    return Verdict(
        rules.PATH_FLAP,
        "note",
        Place(flap.first_ttl, flap.last_ttl),
        "path flapped",
        brief=f"{wording.plural(flap.changes, 'change')} in {wording.duration(length_us / 1e6)}",
        figures=f"ended {wording.duration(ago_us / 1e6)} ago",
        numbers=(
            ("changes", flap.changes),
            ("duration_us", length_us),
            ("ago_us", ago_us),
            ("round", flap.first_round),
        ),
        status=Status.ENDED,
        since_us=flap.time_us,
        headline=ago_us < 2 * CHANGE_NEWS_US and told >= ended_us,
    )
