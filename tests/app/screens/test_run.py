"""What the screen opens with."""

from __future__ import annotations

import pytest
from hopscope.app.options.model import read_options
from hopscope.app.screens.run import screen_options


@pytest.mark.parametrize(
    ("words", "view"),
    [
        ("host.example", "table"),
        ("--from ssh:fra host.example", "table"),
        ("--from local --from ssh:fra host.example", "overview"),
        ("--lanes icmp,tcp:443 host.example", "overview"),
        ("--both ssh:fra", "both"),
        ("--from local --from ssh:fra --displaymode 1 host.example", "chart"),
        ("--from local --from ssh:fra --compact host.example", "compact"),
        ("one.example two.example", "table"),
    ],
)
def test_lanes_side_by_side_open_with_the_overview(words: str, view: str) -> None:
    """Unless another view was asked for; of one trace, and of several targets, the table comes first, as in mtr."""
    assert screen_options(read_options(words.split(), {})).view == view
