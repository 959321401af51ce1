"""mtr's JSON, as programs decode it."""

from __future__ import annotations

import json
from pathlib import Path

from hopscope.app.report.context import Context
from hopscope.app.report.writers.json import json_report
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings, TraceSettings
from support import snapshots

SAMPLES = Path(__file__).parents[3] / "samples"


def typed(value: object) -> object:
    """A document with its values replaced by their types; keys keep their order."""
    if isinstance(value, dict):
        return [(key, typed(one)) for key, one in value.items()]
    if isinstance(value, list):
        return [typed(one) for one in value]
    return type(value).__name__


def sample(name: str) -> dict[str, object]:
    text = (SAMPLES / name).read_text()
    document = json.loads(text[text.index("\n") : text.rindex("[rc=")])
    assert isinstance(document, dict)
    return document


def context(**settings: object) -> Context:
    return Context(
        ReportSettings(**settings),  # type: ignore[arg-type]
        local_host=sanitize("vm"),
        name=snapshots.name,
        fact=lambda address, _kind: sanitize("64500") if address == "100.64.0.1" else None,
    )


def test_document() -> None:
    """One document in mtr's layout, byte for byte."""
    assert json_report(snapshots.unreachable(), context(fields="LSN")) == (
        """\
{
    "report": {
        "mtr": {
            "src": "vm",
            "dst": "203.0.113.50",
            "tos": 0,
            "tests": 2,
            "psize": "64",
            "bitpattern": "0x00"
        },
        "hubs": [
            {
                "count": 1,
                "host": "gw.example.net",
                "Loss%": 0.0,
                "Snt": 2,
                "Last": 14.5
            },
            {
                "count": 2,
                "host": "100.64.1.9",
                "Loss%": 0.0,
                "Snt": 2,
                "Last": 3.3
            }
        ]
    }
}
"""
    )


def test_keys_and_types_are_those_of_the_sample() -> None:
    """Keys, their order and the type of each value are mtr's, with every column and the AS number."""
    trace = snapshots.ecmp_mpls()
    ours = json.loads(json_report(trace, context(fields="LSDRNBAWVGJMXI", ipinfo=(0,), mpls=True)))
    assert typed(ours) == typed(sample("json-n-z-e.txt"))
    assert typed(json.loads(json_report(trace, context(show_ips=True)))) == typed(sample("json.txt"))


def test_nothing_answered_is_an_empty_list() -> None:
    """Without any answer ``hubs`` is empty, and the document is mtr's byte for byte."""
    text = (SAMPLES / "json-noreply.txt").read_text()
    assert json_report(snapshots.nothing_answered(), context()) == text[text.index("\n") + 1 : text.rindex("[rc=")]


def test_random_sizes_and_patterns_are_named() -> None:
    """A random packet size or pattern is said as mtr says it."""
    settings = TraceSettings(rounds=1, size_bytes=-100, bit_pattern=-1)
    trace = snapshots.snapshot(snapshots.TARGET, [], settings)
    head = json.loads(json_report(trace, context()))["report"]["mtr"]
    assert (head["psize"], head["bitpattern"]) == ("rand(28-100)", "rand(0x00-FF)")


def test_numbers_have_five_significant_digits() -> None:
    """A time keeps five digits, not more."""
    trace = snapshots.snapshot(snapshots.TARGET, [snapshots.hop(1, [1_013_567], "192.0.2.1")])
    assert json.loads(json_report(trace, context()))["report"]["hubs"][0]["Last"] == 1013.6
