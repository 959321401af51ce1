"""What is said at the nodes of the merged path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present import merged_path
from hopscope.app.screens.present.table import Look
from hopscope.app.screens.present.view_input import ViewInput
from hopscope.app.settings import LaneKind
from support.lane_source import CENTRE, HOME, NAMES, TARGET_ADDRESS, Way, three_places, traced, two_kinds

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot
    from hopscope.widgets.merged_path import NodeText

LOOK = Look(NAMES.get)


def nodes(*snapshots: Snapshot, target: int = 0) -> list[NodeText]:
    """What is said of the nodes of some lanes."""
    lanes = merged_path.lanes_to(snapshots, target, LOOK)
    return list(merged_path.picture(lanes, verdicts, ViewInput(LOOK, view="merged", target=target)).nodes)


def test_where_the_loss_begins_and_who_loses() -> None:
    """Two of three lose from one router on; figures are those of each lane, loss coloured where traffic feels it."""
    made = {one.host: one for one in nodes(*three_places().snapshots())}
    first = made["ae1.fra.transit.example"]
    assert (first.number, first.sign, first.loss_ink.fg) == ("4", "fault", "bad")
    assert first.words == ("ssh:fra and kubectl:prod/web-7f9 lose from here on", "2 lanes lose from here on")
    border = made["border.hosting.example"]
    assert (border.number, border.words) == ("4/6/6", ())
    assert border.loss.startswith("0.0-1")
    assert [len(one.split(" / ")) for one in border.times] == [3, 1]
    assert made["edge.dc.example"].loss_ink.fg == "muted"


def test_lanes_are_told_apart_by_what_differs() -> None:
    """Protocols alone where all leave from one place."""
    assert [one.host for one in nodes(*two_kinds().snapshots())[:2]] == ["ICMP", "TCP 443"]
    kind = LaneKind("tcp", 443)
    places = [traced(Way(place, HOME, (1, 2, 3, 4, 5), kind=kind), 3) for place in ("ssh:a", "ssh:b")]
    assert [one.host for one in nodes(*places)[:2]] == ["ssh:a by TCP 443", "ssh:b by TCP 443"]


@pytest.mark.parametrize("reached", [0, 1])
def test_a_lane_that_does_not_reach_the_target(reached: int) -> None:
    """Its end is told, and by whom the target is not reached; a target that nobody reaches is not said of lanes."""
    cut = Way("ssh:cut", (*CENTRE[:2], "*"), (1, 2, 3))
    other = (
        Way("ssh:fine", (*CENTRE[:2], TARGET_ADDRESS), (1, 2, 3)) if reached else Way("ssh:b", cut.routers, (1, 2, 3))
    )
    made = nodes(traced(cut, 20), traced(other, 20))
    assert made[-1].words[0] == ("not reached by ssh:cut" if reached else "not reached")
    assert "no reply from here on" in [one.host for one in made]


def test_before_anything_has_answered() -> None:
    """The lanes are there, and wait."""
    made = nodes(*(traced(Way(place, ("*", "*"), (1, 2)), 1) for place in ("ssh:a", "ssh:b")))
    assert [one.host for one in made] == ["ssh:a", "ssh:b", "waiting for reply", "waiting for reply", "api.example.org"]


def test_walking_along_a_lane() -> None:
    """From node to node of its path, and no farther than its ends."""
    snapshots = three_places(3).snapshots()
    lanes = merged_path.lanes_to(snapshots, 1, LOOK)
    assert [merged_path.step(lanes, 1, ttl, 1) for ttl in (0, 1, 6, 7)] == [1, 2, 7, 7]
    assert [merged_path.step(lanes, 1, ttl, -1) for ttl in (0, 7, 1)] == [7, 6, 1]


def test_only_lanes_to_the_same_target_are_merged() -> None:
    """Others are none of this picture."""
    other = traced(Way("ssh:b", HOME, (1, 2, 3, 4, 5), target="db.example.org"), 3)
    lanes = merged_path.lanes_to((other, *three_places(3).snapshots()), 2, LOOK)
    assert lanes.indices == (1, 2, 3)
