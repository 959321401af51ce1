"""The manual's chapter on scenario files says what the reader of them takes, and no more."""

from __future__ import annotations

import re

import pytest
from hopscope.app.manual import text
from hopscope.probe.lab import hop, scenario

CHAPTER = text("scenarios")
KEYS = {
    "The file": set(scenario._SCENARIO),
    "A change": set(scenario._CHANGE),
    "A further target": set(scenario._TARGET),
    "A hop": set(hop.CHECKS),
}


@pytest.mark.parametrize("section", KEYS)
def test_each_key_is_told(section: str) -> None:
    """The table of a section has every key that its part of a file may hold, and none that it may not."""
    body = CHAPTER.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    firsts = re.findall(r"^\| (`.*?) \|", body, re.MULTILINE)
    assert {key for first in firsts for key in re.findall(r"`(\w+)`", first)} == KEYS[section]


def test_the_example_is_a_scenario() -> None:
    """It can be read as it stands, and its change holds for ten seconds of each minute."""
    body = CHAPTER.partition("\n## An example\n")[2].partition("\n## ")[0]
    lines = [line[4:] for line in body.splitlines() if line.startswith("    ") or not line]
    read = scenario.parse("\n".join(lines))
    assert [next(path.hops[0].loss for path in read.routes_at(at_s * 1e6).values()) for at_s in (10, 25, 85)] == [
        0, 0.15, 0.15,
    ]  # fmt: skip
