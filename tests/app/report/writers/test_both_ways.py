"""What was counted one way, in reports."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hopscope.app.path.one_way import OneWay, OneWayRound
from hopscope.app.report.context import Context
from hopscope.app.report.writers.both_ways import as_markdown, as_text
from hopscope.app.report.writers.full import full_report
from hopscope.app.report.writers.jsonl import _line, _what
from hopscope.app.sanitize import sanitize
from hopscope.app.trace.events import OneWayCounted, WayCount
from support import snapshots

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot

FORWARD = WayCount(310, 310)
BACK = WayCount(310, 295, 2)


def pair(forward: WayCount = FORWARD, back: WayCount = BACK, reason: str = "") -> list[Snapshot]:
    """Two traces that lose nothing, and a count."""
    trace = snapshots.healthy()
    count = OneWay("counting", reason, forward, back, (OneWayRound(0, trace.time_us, forward, back),))
    there = replace(trace.target, direction="return", vantage=sanitize("ssh:fra"))
    here = replace(trace.target, direction="forward", vantage=sanitize("local"))
    return [replace(trace, target=here, one_way=count), replace(trace, target=there)]


def schema(name: str) -> jsonschema.Draft202012Validator:
    file = resources.files("hopscope.app.report") / "schemas" / f"{name}.schema.json"
    return jsonschema.Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))


def test_text() -> None:
    """The figures of both directions with the interval of what is lost, then the sentence, in 79 columns."""
    assert as_text(pair(), Context()) == (
        "\n"
        "One-way count: forward 0 of 310 lost; return 13 of 310 lost (95 %: 2.3-7.1 %),\n"
        "  2 late.\n"
        "4 % lost on the return path (one-way count: forward 0 of 310, return 13 of\n"
        "  310).\n"
    )


def test_nothing_lost_is_said_once() -> None:
    """The figures say it."""
    assert as_text(pair(back=WayCount(310, 310)), Context()) == (
        "\nOne-way count: forward 0 of 310 lost; return 0 of 310 lost.\n"
    )


def test_foreign_packets_are_told() -> None:
    """Among the figures, and in a sentence even where nothing is lost."""
    assert as_text(pair(back=WayCount(310, 310, 0, 24310)), Context()) == (
        "\nOne-way count: forward 0 of 310 lost; return 0 of 310 lost, 24,310 foreign.\n"
        "The count is disturbed: 24,310 foreign packets on the return path; what was in\n"
        "  flight with them is not counted.\n"
    )


def test_nothing_counted() -> None:
    """The reason instead of figures; and nothing where there is no count at all."""
    told = as_text(pair(WayCount(), WayCount(), "packets are refused here: no"), Context())
    assert told == "\nNothing is counted one way: packets are refused here: no.\n"
    assert as_text([snapshots.healthy()], Context()) is None
    assert as_markdown([snapshots.healthy()], Context()) is None


def test_markdown() -> None:
    """Paragraphs below the tables."""
    told = as_markdown(pair(), Context())
    assert told is not None
    assert told.startswith(
        "One-way count: forward 0 of 310 lost; return 13 of 310 lost (95 %: 2.3-7.1 %), 2 late.\n\n4 %"
    )


def test_full_json() -> None:
    """The forward trace has the count and what follows from it; the other one only says what it is."""
    forward, back = json.loads(full_report(pair(), Context()))
    schema("report").validate([forward, back])
    assert (forward["direction"], back["direction"]) == ("forward", "return")
    assert forward["one_way"]["return"] == {"sent": 310, "arrived": 295, "late": 2, "lost": 13, "foreign": 0}
    assert forward["both_directions"]["rule"] == "one-way-loss"
    assert forward["both_directions"]["direction"] == "return"
    assert "one_way" not in back
    [alone] = json.loads(full_report([snapshots.healthy()], Context()))
    assert not {"direction", "one_way", "both_directions"} & alone.keys()


@pytest.mark.parametrize("event", [OneWayCounted(0, "starting"), OneWayCounted(0, "counting", "x", 3, BACK, BACK)])
def test_lines(event: OneWayCounted) -> None:
    """An event line a round of the count, and one for a new state."""
    what = _what(event, 0)
    assert what is not None
    line = json.loads(_line(time="2026-01-01T00:00:00.000000Z", target=0, **what))
    schema("events").validate(line)
    assert line["round"] == (None if event.round < 0 else 3)
    assert line["return"]["lost"] == event.back.lost
