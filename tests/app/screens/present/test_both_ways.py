"""Both directions side by side."""

from __future__ import annotations

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.path.one_way import OneWay
from hopscope.app.screens.present import both_ways
from hopscope.app.screens.present.table import Look
from hopscope.app.screens.present.view_input import ViewInput
from hopscope.app.trace.events import WayCount
from hypothesis import given
from hypothesis import strategies as st
from support.lane_source import LaneSource, both_directions, three_places


def view(source: LaneSource, *, target: int = 0, selected: int = 0) -> ViewInput:
    """What is looked at."""
    return ViewInput(Look(source.name, source.origin), view="both", target=target, selected=selected)


def test_the_return_path_stands_upside_down_beside_the_forward_path() -> None:
    """Rows join the same routers, by address or name; what another network carries stands apart."""
    source = both_directions(60)
    source.origins_on = True
    made = both_ways.picture(source.snapshots(), verdicts, view(source))
    assert [(row.left and row.left.host, row.join, row.right and row.right.host, row.aside) for row in made.rows] == [
        ("this host", "router", "192.0.2.77", ""),
        ("gw.home", "router", "gw.home", ""),
        ("bras3.isp.example", "router", "bras3.isp.example", ""),
        ("core2.isp.example", "router", "core2.isp.example", ""),
        (None, "", "par1.carrier.example", "another network"),
        ("ae1.fra.transit.example", "", "lon4.carrier.example", "another network"),
        ("ae7.ams.transit.example", "", "gw.fra.example", ""),
        ("fra.example", "router", "ssh:fra", ""),
    ]
    assert [row.right.ttl for row in made.rows if row.right] == [7, 6, 5, 4, 3, 2, 1, 0]


def test_what_is_selected_is_marked_in_its_direction() -> None:
    """Hop 2 of the return path, not of the forward path."""
    source = both_directions(60)
    made = both_ways.picture(source.snapshots(), verdicts, view(source, target=1, selected=2))
    assert [row.right.host for row in made.rows if row.right and row.right.chosen] == ["lon4.carrier.example"]
    assert not any(row.left.chosen for row in made.rows if row.left)


ALL, SOME, NONE = WayCount(310, 310), WayCount(310, 295, 2), WayCount(310)


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (None, []),
        (OneWay("starting"), ["starting"]),
        (OneWay("off", "mtr-packet counts nothing"), ["not counted: mtr-packet counts nothing"]),
        (
            OneWay("counting", "", ALL, SOME),
            ["forward 0 of 310 lost", "return 13 of 310 lost (95 %: 2.3-7.1 %), 2 late"],
        ),
        (OneWay("counting", "", ALL, NONE), ["forward 0 of 310 lost", "return nothing arrives, of 310"]),
    ],
)
def test_the_count(count: OneWay | None, told: list[str]) -> None:
    """What each direction has lost, with its interval, or why nothing is counted."""
    assert [text for text, _ in both_ways.one_way(count)] == told


def test_other_lanes_are_no_such_pair() -> None:
    """Traces of one target from several places are merged instead."""
    assert not both_ways.is_shown(three_places(3).snapshots())
    assert both_ways.is_shown(both_directions(3).snapshots())


KEYS = st.lists(st.sampled_from("abcd"), max_size=12)


@given(KEYS, KEYS)
def test_aligned_lists_keep_their_order(left: list[str], right: list[str]) -> None:
    """Each of both stands once and in its order, in a row with something."""
    made = both_ways.align(len(left), len(right), lambda one, two: 20 if left[one] == right[two] else 0)
    assert [one for one, _ in made if one >= 0] == list(range(len(left)))
    assert [two for _, two in made if two >= 0] == list(range(len(right)))
    assert (-1, -1) not in made


@given(KEYS)
def test_the_same_lists_stand_side_by_side(keys: list[str]) -> None:
    """Nothing is moved that fits."""
    made = both_ways.align(len(keys), len(keys), lambda one, two: 20 if keys[one] == keys[two] else 0)
    assert made == [(at, at) for at in range(len(keys))]
