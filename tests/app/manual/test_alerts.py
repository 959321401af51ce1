"""The chapter on alerts: its examples can be given, and its figures are those that the program uses."""

from __future__ import annotations

import re

from hopscope.app.alerts.expression import parse_expression
from hopscope.app.alerts.thresholds import raises_at
from hopscope.app.alerts.watch import check
from hopscope.app.manual import text

SECOND = 1_000_000


def test_each_example_is_an_alert() -> None:
    """Every alert that the chapter shows is understood, and can be raised at one probe a second."""
    shown = re.findall(r"^\| `([^`]+)` \|", text("alerts"), re.MULTILINE) + re.findall(
        r"--alert '([^']+)'", text("alerts")
    )
    examples = [one for one in shown if not one.startswith("HOPSCOPE_")]
    assert len(examples) > 10
    for one in examples:
        check(parse_expression(one), SECOND)


def test_how_many_losses_raise_one() -> None:
    """The table of losses that are enough is what the thresholds give."""
    rows = re.findall(r"^\| `([^`]+)` \| (\d+) of (\d+) lost \|", text("alerts"), re.MULTILINE)
    assert len(rows) == 4
    for shown, losses, probes in rows:
        one = parse_expression(shown)
        assert one.window.rounds(SECOND) == int(probes)
        assert raises_at(int(probes), one.level, SECOND) == int(losses)
