"""Both directions: the path from here, and beside it the path back, upside down, with the one-way count below."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ....widgets import numbers
from ....widgets.ink import Ink
from ....widgets.line import MUTED, TEXT
from ....widgets.two_ways import ROWS_BELOW, SidesRow, TwoWays, WayHop
from ...insight import wording
from ...insight.both_ways import pair_of
from ...path import merged_path
from ...path.columns import COLUMNS
from ...resolve.facts import AS_NUMBER, FACTS
from ...statistics.exact_tests import proportion_interval
from . import table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ....widgets.two_ways import Join
    from ...insight.assessment import Assessment
    from ...path.one_way import OneWay
    from ...path.snapshot import Hop, Snapshot
    from ...trace.events import WayCount
    from ..judge import Assess
    from .view_input import ViewInput

BAD = Ink("bad", bold=True)
# What hops side by side are worth, when paths are aligned: the same router, the same network, none of both.
SAME_ROUTER, SAME_NETWORK, NEITHER, ALONE = 20, 6, 0, -1
INTERVAL_FROM = 10  # packets, from which on an interval is told


class _Place(NamedTuple):
    """A hop of a path, or an end of it."""

    hop: Hop | None  # None: the host that probes
    addresses: frozenset[str]  # that answer there
    name: str  # of the router, as it is shown; empty: it is silent
    network: str  # its AS, where networks are looked up


def is_shown(snapshots: Sequence[Snapshot]) -> bool:
    """Whether these are the traces of both directions."""
    return pair_of(snapshots) is not None


def picture(snapshots: Sequence[Snapshot], assess: Assess, view: ViewInput) -> TwoWays:
    """The two paths side by side."""
    pair = pair_of(snapshots)
    assert pair is not None
    forward, back = pair
    there = str(back.target.vantage)
    # Each path begins where the other one ends.
    left = [_Place(None, frozenset({back.target.address}), "this host", ""), *_places(forward, view)]
    right = [_Place(None, frozenset({forward.target.address}), there, ""), *_places(back, view)][::-1]
    judged = assess(forward), assess(back)
    networks = {place.network for place in left} - {""}
    mine = next((at for at, one in enumerate(pair) if one is snapshots[view.target]), -1)
    rows = []
    for here, other in align(len(left), len(right), lambda one, two: _alike(left[one], right[two])):
        one, two = left[here] if here >= 0 else None, right[other] if other >= 0 else None
        join = _join(one, two)
        foreign = two is not None and bool(two.network and networks) and two.network not in networks
        rows.append(
            SidesRow(
                _hop(one, judged[0], view, chosen=mine == 0),
                _hop(two, judged[1], view, chosen=mine == 1),
                join,
                "another network" if foreign else "",
            )
        )
    return TwoWays(
        "forward (from here)",
        f"return path (from {there}, upside down)",
        tuple(rows),
        one_way(forward.one_way),
    )


def _places(snapshot: Snapshot, view: ViewInput) -> list[_Place]:
    made = []
    stops = merged_path.stops_of(snapshot)
    for hop, stop in zip(snapshot.hops, stops, strict=True):
        origin = view.look.origin(stop.addresses[0]) if stop.addresses else None
        number = origin.fact(AS_NUMBER) if origin is not None else None
        name = table.label(stop.addresses[0], view.look) if stop.addresses else ""
        network = FACTS[AS_NUMBER].prefix + number if number else ""
        made.append(_Place(hop, frozenset(stop.addresses), name, network))
    return made


def _alike(one: _Place, two: _Place) -> int:
    """What two places side by side are worth."""
    if one.addresses & two.addresses or (one.name and one.name == two.name):
        return SAME_ROUTER
    return SAME_NETWORK if one.network and one.network == two.network else NEITHER


def _join(one: _Place | None, two: _Place | None) -> Join:
    if one is None or two is None:
        return ""
    return {SAME_ROUTER: "router", SAME_NETWORK: "network"}.get(_alike(one, two), "")  # type: ignore[return-value]


def align(left: int, right: int, alike: Callable[[int, int], int]) -> list[tuple[int, int]]:
    """Two lists side by side, each in its order, so that what is alike stands in one row; -1: nothing stands there.

    The best of all alignments (Needleman and Wunsch, Journal of Molecular Biology 48, 1970).
    """
    worth = [[ALONE * (row + column) for column in range(right + 1)] for row in range(left + 1)]
    for row in range(1, left + 1):
        for column in range(1, right + 1):
            worth[row][column] = max(
                worth[row - 1][column - 1] + alike(row - 1, column - 1),
                worth[row - 1][column] + ALONE,
                worth[row][column - 1] + ALONE,
            )
    made = []
    row, column = left, right
    while row or column:
        here = worth[row][column]
        if row and column and here == worth[row - 1][column - 1] + alike(row - 1, column - 1):
            row, column = row - 1, column - 1
            made.append((row, column))
        elif row and here == worth[row - 1][column] + ALONE:
            row -= 1
            made.append((row, -1))
        else:
            column -= 1
            made.append((-1, column))
    return made[::-1]


def _hop(place: _Place | None, judged: Assessment, view: ViewInput, *, chosen: bool) -> WayHop | None:
    if place is None:
        return None
    hop = place.hop
    if hop is None:
        return WayHop(0, "", place.name, MUTED)
    judgement = judged.hop(hop.ttl)
    felt = judgement.loss == "path"
    return WayHop(
        ttl=hop.ttl,
        mark=judgement.severity,
        host=place.name or table.host(hop, view.look),
        ink=TEXT if place.name else MUTED,
        network=place.network,
        loss=numbers.loss(hop.received, hop.completed).strip() if hop.completed else "",
        loss_ink=BAD if felt else MUTED,
        average=numbers.milliseconds(COLUMNS["A"].value(hop), 2 if view.look.lan else 1).strip()
        if hop.received
        else "",
        chosen=chosen and hop.ttl == view.selected,
    )


def rows_wanted(snapshots: Sequence[Snapshot], assess: Assess, view: ViewInput) -> int:
    """How many rows the picture fills below its titles."""
    return len(picture(snapshots, assess, view).rows) + 1 + ROWS_BELOW


# ---- the one-way count ------------------------------------------------------------------------------------------


def one_way(count: OneWay | None) -> tuple[tuple[str, Ink], ...]:
    """What is counted one way, in pieces: each direction, or why nothing is."""
    if count is None:
        return ()
    if count.state == "off" or (count.reason and not (count.forward.sent or count.back.sent)):
        return ((f"not counted: {count.reason or 'it is off'}", MUTED),)
    if not (count.forward.sent or count.back.sent):
        return (("starting", MUTED),)
    ways = (("forward", count.forward, count.forward_blocked), ("return", count.back, count.back_blocked))
    return tuple(_way(*one) for one in ways)


def _way(name: str, way: WayCount, blocked: bool) -> tuple[str, Ink]:  # noqa: FBT001 - of a row of a table
    if blocked:
        return f"{name} nothing arrives, of {way.sent}", Ink("warn-words")
    told = f"{name} {wording.of(way.lost, way.sent)} lost"
    if way.lost and way.sent >= INTERVAL_FROM:
        told += f" ({wording.interval(*proportion_interval(way.lost, way.sent))})"
    if way.late:
        told += f", {way.late} late"
    if way.foreign:
        told += f", {way.foreign:,} foreign"
    return told, BAD if way.lost else TEXT
