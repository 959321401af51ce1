"""Probes that this host did not send: every format's status and standard error, and output that can still be read."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hopscope.app import cli
from hopscope.app.report.formats import FORMATS
from hopscope.app.report.not_sent import tell_not_sent
from support import packet_double

if TYPE_CHECKING:
    from collections.abc import Callable

PACKET = shlex.join([sys.executable, "-S", packet_double.__file__, "--refuse", "no-route"])
TARGET = "192.0.2.9"


def _lines_of_json(text: str) -> None:
    for line in text.splitlines():
        json.loads(line)


def _graph(text: str) -> None:
    assert text.startswith("digraph")
    assert text.rstrip().endswith("}")


READERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "json-full": json.loads,
    "jsonl": _lines_of_json,
    "xml": ET.fromstring,
    "csv": lambda text: list(csv.reader(text.splitlines(), strict=True)),
    "dot": _graph,
}


@pytest.mark.parametrize("protocol", ["--icmp", "--udp", "--tcp"])
@pytest.mark.parametrize("format_name", [*FORMATS, "explain"])
def test_nothing_sent_at_all(
    format_name: str, protocol: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The status is 1, one line on standard error says why, and the output is what its readers take."""
    words = [f"--{format_name}", protocol, "--packet", PACKET, "-n", "-c", "1", "-m", "3", "-i", "0.1", TARGET]
    monkeypatch.setattr(sys, "argv", ["hopscope", *words])
    assert cli.main() == 1
    out, err = capfd.readouterr()
    if format_name.startswith("ticket"):
        first, err = err.split("\n", 1)
        assert first.startswith("hopscope: the ticket takes about ")
    assert err == f"hopscope: 3 of 3 probes to {TARGET} were not sent by this host: no route\n"
    READERS.get(format_name, str)(out)


@pytest.mark.parametrize(("vantage", "who"), [("", "this host"), ("local", "this host"), ("netns:a", "netns:a")])
def test_the_place_that_did_not_send_is_named(vantage: str, who: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a vantage point it is that one, not this host."""
    plan: Any = SimpleNamespace(program="hopscope")
    target = SimpleNamespace(called=TARGET, vantage=vantage)
    snapshot: Any = SimpleNamespace(target=target, refused=(("no-route", "", 3, 0),), hops=(), probes_sent=0)
    tell_not_sent(plan, [snapshot])
    assert capsys.readouterr().err == f"hopscope: 3 of 3 probes to {TARGET} were not sent by {who}: no route\n"
