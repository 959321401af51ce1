"""The overview: what stands in the rows of targets and lanes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight.lanes.together import about_lanes, by_target
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present import link
from hopscope.app.screens.present.overview import (
    _none_bad,
    counts,
    heading,
    in_order,
    target_rows,
    together,
    worst_first,
)
from hopscope.app.trace.events import LinkLost
from hopscope.widgets.overview import columns
from support.lane_source import repeated, three_places, two_kinds, with_lost_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hopscope.app.insight.lanes.answer import LanesAnswer
    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.sanitize import Text


def test_lanes_name_their_vantage_points() -> None:
    """One row a lane in the order given, with place and target, and the counts of all."""
    snapshots = three_places().snapshots()
    rows = target_rows(snapshots, verdicts)
    assert [(row.source, row.name, row.mark) for row in rows] == [
        ("local", "api.example.org", "fine"),
        ("ssh:fra", "api.example.org", "fault"),
        ("kubectl:prod/web-7f9", "api.example.org", "fault"),
    ]
    assert heading(snapshots) == "3 vantage points, 1 target"
    dead = (("ssh:gone", "no answer in 20 s"), ("ssh:dead", "no answer in 20 s"))
    assert heading(snapshots, dead) == "3 vantage points, 1 target"
    assert heading(snapshots, (*dead, ("other", "name not known"))) == "3 vantage points, 2 targets"
    assert [text for _, text in counts(snapshots, verdicts)] == ["3 lanes", "1 fine", "2 bad"]


def test_lanes_of_several_protocols_are_told_by_their_targets() -> None:
    """No vantage point is named, so none is shown; they are lanes nevertheless."""
    snapshots = two_kinds().snapshots()
    assert [(row.source, row.name) for row in target_rows(snapshots, verdicts)] == [
        ("", "api.example.org by ICMP"),
        ("", "api.example.org by TCP 443"),
    ]
    assert heading(snapshots) == "1 target"
    assert counts(snapshots, verdicts)[0] == ("", "2 lanes")


def test_a_lost_link_is_not_measured_and_no_fault() -> None:
    """Since when it is lost and when it is tried again stands in place of the figures."""
    snapshots = with_lost_link(three_places(60)).snapshots()
    row = target_rows(snapshots, verdicts, now_us=snapshots[-1].time_us)[-1]
    assert row.instead == "not measured: link lost 12 s ago, trying again in 8 s"
    assert row.mark == "gap"
    assert ("", "1 not measured") in counts(snapshots, verdicts)


@pytest.mark.parametrize(
    ("since_s", "again_s", "told"),
    [
        (1, 0, "link lost 1 s ago, trying again now"),
        (1, -1, "link lost 1 s ago, trying again now"),
        (119, 0.2, "link lost 119 s ago, trying again in 1 s"),
        (600, 15, "link lost 10 min ago, trying again in 15 s"),
    ],
)
def test_times_of_a_lost_link(since_s: int, again_s: float, told: str) -> None:
    """Seconds, then minutes; an attempt whose time has come is made now."""
    now_us = 10_000_000_000
    again_us = now_us + int(again_s * 1e6) if again_s else 0
    assert link.lost(LinkLost(now_us, now_us - since_s * 1_000_000, again_us), now_us) == told


def test_worst_first() -> None:
    """Faults, by their loss; then what is not measured; what was given first stays first among equals."""
    snapshots = with_lost_link(three_places()).snapshots()
    order = worst_first(snapshots, verdicts)
    assert [str(one.vantage) for one in order] == ["ssh:fra", "kubectl:prod/web-7f9", "ssh:old-box", "local"]
    assert in_order(snapshots, order) == [1, 2, 3, 0]
    more = (*snapshots, replace(snapshots[0], target=replace(snapshots[0].target, name=snapshots[1].target.vantage)))
    assert in_order(more, order) == [1, 2, 3, 0, 4]
    assert in_order(more, ()) == [0, 1, 2, 3, 4]


def test_what_is_not_traced_stands_last() -> None:
    """A vantage point in its column, a target in its own."""
    rows = target_rows(
        three_places(3).snapshots(), verdicts, (("ssh:gone", "no answer in 20 s"), ("x", "name not known"))
    )
    assert [(row.source, row.name, row.instead) for row in rows[-2:]] == [
        ("ssh:gone", "", "no answer in 20 s"),
        ("", "x", "name not known"),
    ]


def test_what_is_not_traced_stands_behind_faults_once_sorted() -> None:
    """Worst first: before what is fine, or is only not measured."""
    snapshots = with_lost_link(three_places()).snapshots()
    rows = target_rows(snapshots, verdicts, (("ssh:gone", "no answer"),), order=worst_first(snapshots, verdicts))
    assert [row.source for row in rows] == ["ssh:fra", "kubectl:prod/web-7f9", "ssh:gone", "ssh:old-box", "local"]
    assert [row.place for row in rows] == [1, 2, 4, 3, 0]


@pytest.mark.parametrize("width", range(60, 201, 5))
@pytest.mark.parametrize("times", [1, 3])
def test_columns_fit_every_width(width: int, times: int) -> None:
    """Names, figures, and a strip, words or both fill the row, and no more."""
    made = columns(width, target_rows(repeated(three_places(3), times).snapshots(), verdicts), 6)
    assert made.start + made.strip + (made.strip > 0 and made.words > 0) + made.words <= width - 1
    assert made.strip >= 8 or made.words >= 24
    assert made.words or width < 76
    assert made.fields >= 3


@pytest.mark.parametrize(
    ("standings", "said"),
    [
        (["warning", "warning", "fine", "fine"], "2 of 4 lanes with a warning, 2 fine."),
        (["warning", "early", "fine"], "1 of 3 lanes with a warning, 1 too early to tell, 1 fine."),
        (["warning", "warning"], "2 of 2 lanes with a warning."),
        (["fine", "fine"], "2 lanes, none in trouble."),
    ],
)
def test_lanes_with_a_warning_are_not_called_without_trouble(standings: list[str], said: str) -> None:
    """In the longest wording and in the shortest."""
    answer = _none_bad(standings, "lanes")
    assert " ".join(filter(None, answer.sentences[0])) == said
    assert ("none in trouble" in answer.sentences[-1][0]) == ("none" in said)
    assert (answer.severity == "warning") == ("warning" in said)


@pytest.mark.parametrize(
    ("times", "too"), [(1, ""), (2, "1 other target is in trouble, too."), (3, "2 other targets are")]
)
def test_of_several_targets_in_trouble_the_others_are_counted(times: int, too: str) -> None:
    """The answer tells what the lanes of one say together, and that it is not the only one."""
    snapshots = repeated(three_places(100), times).snapshots()
    told = together(snapshots, verdicts, _beside)
    assert told is not None
    lead, rest = told.sentences[0]
    assert "ssh:fra and kubectl:prod/web-7f9 lose" in lead
    assert (too in rest) if too else "other target" not in rest


def _beside(snapshots: Sequence[Snapshot]) -> dict[Text, LanesAnswer]:
    traces = by_target((one, verdicts(one)) for one in snapshots)
    answers = {name: about_lanes(some) for name, some in traces.items()}
    return {name: one for name, one in answers.items() if one is not None}
