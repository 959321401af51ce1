"""Names that strangers choose, in every format: nothing that a terminal obeys, and no reader is misled."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, cast
from xml.etree import ElementTree as ET

import pytest
from hopscope.app.path.snapshot import LogEntry
from hopscope.app.report.context import Context
from hopscope.app.report.formats import FORMATS
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings
from hopscope.probe.interface import Interface
from support import snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.sanitize import Text

# What a terminal obeys: a title, a colour, C1 and C0 controls; then what turns and hides, ends lines, and is markup.
OBEYED = "\x1b]0;PWN\x07\x1b[31m\x9b2J\x85\0\x7f\b"
HIDING = "\u202e\u2066\u200b\ufeff\u2028\ud800"
LINES = "\n  2.|-- forged  0.0%\r\n| 2 | forged |\n</HUB>\t"
MARKUP = "=cmd|'\"<b>&`*_[x](y)\\,;"
HOSTILE = MARKUP + OBEYED + HIDING + LINES
WRITTEN = [name for name, one in FORMATS.items() if not one.is_live]


def passed_by() -> Context:
    """Names and facts as if they had come past the sanitizer."""
    unseen = cast("Text", HOSTILE)
    return Context(
        ReportSettings(wide=True, show_ips=True, ipinfo=(0, 1, 5), explain=True),
        local_host=unseen,
        name=lambda _address: unseen,
        fact=lambda _address, _kind: unseen,
    )


def trace() -> Snapshot:
    """A trace whose every text from elsewhere is hostile."""
    made = snapshots.interfaces()
    told = (Interface("incoming", HOSTILE),)
    hops = [
        replace(hop, responders=tuple(replace(one, interfaces=told) for one in hop.responders)) for hop in made.hops
    ]
    return replace(
        made,
        target=replace(made.target, name=cast("Text", HOSTILE)),
        hops=tuple(hops),
        reason=HOSTILE,
        note=HOSTILE,
        log_entries=(LogEntry(1, 0, "path-changed", HOSTILE, 1, 1, ("192.0.2.9",), ("192.0.2.1",)),),
    )


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield str(key)
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
    elif isinstance(value, str):
        yield value


def assert_harmless(text: str) -> None:
    text.encode("utf-8")
    found = {character for character in text if character != " " and unicodedata.category(character)[0] in "CZ"}
    assert not found, (found, text)


def written(name: str) -> str:
    return "".join(FORMATS[name].texts([trace()], passed_by()))


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_that_a_terminal_obeys(name: str) -> None:
    """Even names that have come past the sanitizer bring no character of control and no line of their own."""
    lines = written(name).splitlines()
    plain = "".join(FORMATS[name].texts([snapshots.interfaces()], replace(passed_by(), local_host=sanitize("vm"))))
    for line in lines:
        assert_harmless(line)
    # These have an event more, or wrap their sentences.
    if name not in {"json-full", "report", "ticket", "ticket-markdown", "html"}:
        assert abs(len(lines) - len(plain.splitlines())) <= 1
    assert not [line for line in lines if line.startswith(("  2.|-- forged", "| 2 | forged", "</HUB>"))]


@pytest.mark.parametrize("name", ["json", "json-full"])
def test_json_holds_no_escapes_of_controls(name: str) -> None:
    """What a reader takes out of it can be printed, too."""
    for text in texts_of(json.loads(written(name))):
        assert_harmless(text)


def test_xml_has_the_elements_of_a_trace() -> None:
    """Names make no elements and no attributes of their own."""
    document = ET.fromstring(written("xml"))
    assert [hub.get("COUNT") for hub in document] == ["1", "2", "3", "4"]
    assert {attribute for hub in document for attribute in hub.attrib} == {"COUNT", "HOST", "INTERFACE"}
    assert all("<b>&" in str(hub.get("HOST")) for hub in document)


def test_csv_has_the_fields_of_its_heading() -> None:
    """Names add no field and no row, and no field is a formula."""
    rows = list(csv.reader(io.StringIO(written("csv"))))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [row[4] for row in rows[1:]] == ["1", "2", "2", "3", "4"]
    assert not [field for row in rows for field in row if field.startswith(("=", "+", "-", "@"))]


def test_markdown_has_the_cells_of_its_heading() -> None:
    """Names add no cell, and no markup is left that is not escaped."""
    rows = [line for line in written("markdown").splitlines() if line.startswith("|")]
    bars = {len(re.findall(r"\|", re.sub(r"\\.", "", row))) for row in rows}
    assert len(rows) == 6
    assert len(bars) == 1
    assert re.sub(r"\\.|<br>", "", "\n".join(rows[2:])).count("<") == 0


def test_dot_is_of_strings_that_end() -> None:
    """Names end no string early."""
    outside = re.sub(r'"(?:\\.|[^"\\])*"', "", written("dot"))
    assert '"' not in outside
    assert "cmd" not in outside
