"""Alerts of a session: told where everything is told, and to the user's command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hopscope.app.alerting import Alerting
from hopscope.app.alerts.expression import parse_expression
from hopscope.app.path.path import Path as TracedPath
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.events import AlertTurned, Event
from support import program
from support.engines import TARGET, World, steady

if TYPE_CHECKING:
    from pathlib import Path

    from hopscope.app.sanitize import Text
    from hopscope.probe import wire

SECOND = 1_000_000


class Watched:
    """What alerts look at, of a path that is folded beside them."""

    def __init__(self) -> None:
        self.path = TracedPath(TARGET, TraceSettings())
        self.log_entries = lambda _index: self.path.log_entries
        self.shown = lambda _index: self.path.snapshot()

    def name(self, _address: str) -> Text | None:
        """No name is known."""
        return None

    def fact(self, _address: str, _kind: int) -> Text | None:
        """No network is known."""
        return None


def outage(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
    """A steady path of which nothing answers from 20 s to 60 s."""
    return None if 20 * SECOND <= now_us < 60 * SECOND else steady(4)(now_us, request)


def test_an_alert_is_in_snapshot_and_log() -> None:
    """While it is raised the snapshot holds it; the log says when it was raised and cleared."""
    world = World(outage, TraceSettings(rounds=120))
    world.run()
    alerting, watched = Alerting([parse_expression("unreachable for 10s")]), Watched()
    held = []
    for event in world.events:
        watched.path.record(event)
        for one in alerting.take(0, TARGET, SECOND, event, watched):
            watched.path.record(one)
            held.append([alert.alert for alert in watched.path.snapshot().alerts])
    assert held == [["unreachable for 10s"], []]
    assert alerting.fired
    entries = [(one.kind, one.text) for one in watched.path.log_entries if one.kind.startswith("alert")]
    assert entries == [
        ("alert-raised", "unreachable for 10s"),
        ("alert-cleared", "unreachable for 10s after 42 s"),
    ]


def test_two_targets_have_alerts_of_their_own() -> None:
    """What happens to one target raises nothing of another."""
    worlds = [World(network, TraceSettings(rounds=60)) for network in (outage, steady(4))]
    alerting = Alerting([parse_expression("unreachable for 10s")])
    watched = Watched()
    told: list[tuple[int, Event]] = []
    for index, world in enumerate(worlds):
        world.run()
        for event in world.events:
            told += [(index, one) for one in alerting.take(index, TARGET, SECOND, event, watched)]
    assert [(index, isinstance(one, AlertTurned)) for index, one in told] == [(0, True)]


@pytest.mark.parametrize("output", ["-r", "-j", "--json-full", "--raw"])
def test_a_report_ends_with_4(output: str, tmp_path: Path) -> None:
    """Where an alert was raised a report ends with status 4, and says so; its command had the facts."""
    page, paged = tmp_path / "page", tmp_path / "paged"
    page.write_text(f'#!/bin/sh\nenv | grep ^HOPSCOPE_ | sort > "{paged}.new" && mv "{paged}.new" "{paged}"\n')
    page.chmod(0o755)
    alert = ("--alert", "rtt > 1ms over 20", "--on-alert", str(page))
    done = program.run(output, "-n", "--demo", "steady", "-c", "24", "-i", "0.1", *alert)
    assert done.returncode == 4
    assert "hopscope: www.example.org: alert: rtt > 1ms over 20 (" in done.stderr
    while not paged.exists():
        pass
    facts = dict(line.split("=", 1) for line in paged.read_text().splitlines())
    assert facts["HOPSCOPE_ALERT"] == "rtt > 1ms over 20"
    assert facts["HOPSCOPE_STATE"] == "raised"
    assert facts["HOPSCOPE_TARGET"] == "www.example.org"
    assert facts["HOPSCOPE_SENTENCE"]
    assert float(facts["HOPSCOPE_LOWER"]) > 50


def test_json_lines_tell_of_alerts() -> None:
    """Of an alert there is one line, with its figures and the bounds of their share."""
    done = program.run("--jsonl", "-n", "--demo", "steady", "-c", "24", "-i", "0.1", "--alert", "rtt > 1ms over 20")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    (alert,) = [line for line in lines if line["event"].startswith("alert")]
    assert (alert["event"], alert["state"], alert["alert"]) == ("alert", "raised", "rtt > 1ms over 20")
    assert 0.5 < alert["lower"] <= alert["hits"] / alert["probes"] <= alert["upper"]
    assert done.returncode == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--on-alert", "true"), "there is no alert"),
        (("--alert", "path changed", "--on-alert", "no-such-command-here"), "is not found"),
        (("--alert", "loss > 50% over 3"), "could never be raised"),
        (("--alert", "path changed", "--mtu"), "exclude each other"),
        (("--alert", "path changes"), "did you mean changed?"),
    ],
)
def test_a_mistake_is_said_before_anything_is_traced(arguments: tuple[str, ...], said: str) -> None:
    """What could never tell anything, or be run, is an error at the start."""
    done = program.run("-r", "--demo", "steady", "-c", "1", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr.splitlines()[0]
