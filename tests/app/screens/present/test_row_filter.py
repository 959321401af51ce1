"""Which rows of the overview a filter leaves."""

from __future__ import annotations

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present.overview import filtered
from hopscope.app.screens.present.row_filter import matching
from support.lane_source import two_kinds, two_places, with_lost_link

UNTRACED = (("nowhere.example", "name not known"),)


SNAPSHOTS = two_places(100).snapshots()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("api", [0, 1]),
        ("DB.example", [2, 3]),
        ("203.0.113.90", [2, 3]),
        ("local", [0, 2]),
        ("fra db", [3]),
        ("  path loss ", [1]),
        ("hop 4", [1]),
        ("not known", [4]),
        ("nowhere", [4]),
        ("xyz", []),
        ("198.51.100.1", []),
    ],
)
def test_rows_hold_each_word(text: str, left: list[int]) -> None:
    """Of target, address, vantage point or sentence, in either case; those that are not traced by name and reason."""
    assert matching(text, SNAPSHOTS, verdicts, UNTRACED) == left


@pytest.mark.parametrize("text", ["", "  "])
def test_no_word_filters_nothing(text: str) -> None:
    """All rows are shown."""
    assert matching(text, SNAPSHOTS, verdicts, UNTRACED) is None


def test_a_lost_link_is_found_by_what_its_row_says() -> None:
    """And not by a sentence that the row does not show."""
    snapshots = with_lost_link(two_places(60)).snapshots()
    lost = [at for at, one in enumerate(snapshots) if one.link_lost is not None]
    assert matching("not measured", snapshots, verdicts, now_us=snapshots[0].time_us) == lost


def test_protocols_are_found_by_their_names() -> None:
    """Lanes of one target by several protocols are called by those."""
    assert matching("tcp 443", two_kinds().snapshots(), verdicts) == [1]


def test_the_header_counts_what_matches() -> None:
    """Of lanes, or of targets, with what was typed."""
    assert filtered("db ", 2, SNAPSHOTS) == '2 of 4 lanes match "db"'
    assert filtered("fra db", 1, SNAPSHOTS, UNTRACED) == '1 of 5 lanes matches "fra db"'
