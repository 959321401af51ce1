"""A small fixed part of the verdict benchmark: how often verdicts are right. Seeds are fixed, so the counts are too."""

from __future__ import annotations

import pytest
from bench.faults import Fault, faults, told
from bench.verdicts import (
    HOPS,
    change_rounds,
    clean_hours,
    limit_cells,
    loss_cells,
    mixed_cells,
    our_rule,
    score,
    target_cells,
)


def test_real_loss_is_found_where_it_is() -> None:
    """Five percent loss is found after 100 rounds, with the true hop within the range that is named."""
    [row] = score(loss_cells((0.05,)), 8, 100, our_rule).values()
    assert row[1] + row[4] >= 0.95 * row[0]
    assert row[2] >= 0.95 * (row[1] + row[4])


def test_loss_at_the_target_alone_is_told_and_not_decided() -> None:
    """Loss on the last link and limits that lose by chance are told alike: as one of the two, and no path loss."""
    cells = [*loss_cells((0.05, 0.2), (HOPS,)), *target_cells()[5:8]]
    for name, row in score(cells, 8, 100, our_rule).items():
        assert row[1] == 0, name
        assert row[4] >= 0.8 * row[0], name


def test_rate_limits_are_not_called_path_loss() -> None:
    """Routers that only answer less are never taken for a lossy path."""
    rows = score(limit_cells(), 4, 100, our_rule).values()
    assert [(row[1], row[4]) for row in rows] == [(0, 0)] * len(rows)


def test_loss_beside_rate_limits_is_found_where_it_is() -> None:
    """A rate limit before, behind or at the place of the loss does not mislead, nor do silent hops."""
    for name, row in score(mixed_cells()[:4], 8, 300, our_rule).items():
        assert row[1] == row[0], name
        assert row[2] >= 0.95 * row[1], name


def test_a_target_that_limits_its_replies_is_not_called_path_loss() -> None:
    """A beat at the target is told from loss after 100 rounds, and what is lost before it is still found."""
    cells = target_cells()
    scores = list(score(cells[:5], 4, 100, our_rule).values())
    assert [row[1] for row in scores] == [0] * 5
    assert [row[4] for row in scores[:4]] == [0] * 4  # at nine in ten too few are lost to be told from chance
    for name, row in score([cell for cell in cells if cell[1] == 5], 8, 300, our_rule).items():
        assert row[1] == row[0], name
        assert row[2] >= 0.95 * row[1], name


def test_a_clean_hour_stays_clean() -> None:
    """A clean path that is watched for an hour is never called faulty."""
    assert clean_hours(1, every=60) == (0, [])


def test_route_changes_are_told_once_and_in_time() -> None:
    """A route change at two hops is logged with its fourth round, when both have told it; balanced hops show none."""
    assert [change_rounds(run, change_at=60) for run in range(5)] == [[63]] * 5
    assert [change_rounds(run, ways=4) for run in range(5)] == [[]] * 5


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: f"{fault.name}, {fault.flows} flows")
def test_each_fault_is_told_and_nothing_grave_beside_it(fault: Fault) -> None:
    """Of every labelled fault a run is judged right, at its hops."""
    right, false, gravest = told(fault, 100, 3)
    assert right
    assert not false, gravest
