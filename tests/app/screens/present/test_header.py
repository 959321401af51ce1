"""The figures of the header, made from snapshots of simulated paths."""

from __future__ import annotations

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present.header import head
from hopscope.app.screens.present.overview import TITLES, target_rows
from hopscope.app.settings import TraceSettings
from hopscope.widgets.glyphs import UNICODE
from hopscope.widgets.header import second_row
from support.engines import World, steady
from support.virtual import Lab, lab_world


@pytest.mark.parametrize("name", ["loop", "prohibited"])
def test_where_a_router_answers_at_the_end_the_header_has_no_share_of_loss(name: str) -> None:
    """What the last row shows is not the target's: it is not reached, and the overview's figures stay blank."""
    snapshot = lab_world(Lab(name), TraceSettings()).run(until_s=30)
    row = second_row(head(snapshot, verdicts(snapshot), snapshot.time_us), 80, UNICODE).text()
    assert row.startswith(" end to end   target not reached ")
    assert "%" not in row
    [shown] = target_rows([snapshot], verdicts)
    assert dict(zip(TITLES, shown.cells, strict=True)) == {
        "Loss%": "",
        "Last": "",
        "Avg": "",
        "p99": "",
        "Hops": str(len(snapshot.hops)),
        "Javg": "",
    }


def test_a_target_that_never_answers_has_lost_all() -> None:
    """Where nobody answers at the end, the share is that of the probes that went there."""
    snapshot = World(steady(8, silent=(8,)), TraceSettings()).run(until_s=20)
    row = second_row(head(snapshot, verdicts(snapshot), snapshot.time_us), 80, UNICODE).text()
    assert row.startswith(" end to end   loss 100.0 % ")


def test_the_overview_names_its_figures_as_the_table_of_columns_does() -> None:
    """What it shows of jitter is the mean, and is called so."""
    snapshot = World(steady(6), TraceSettings(rounds=20)).run()
    [row] = target_rows([snapshot], verdicts)
    shown = dict(zip(TITLES, row.cells, strict=True))
    assert shown["Javg"].strip() == f"{snapshot.hops[-1].statistics.jitter_average / 1000:.1f}"
    assert (shown["Loss%"].strip(), shown["Hops"]) == ("0.0", "6")
