"""No output of any format shows what is hidden, whatever the path does: every scenario, traced in virtual time."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.path.path import Path
from hopscope.app.path.snapshot import starting
from hopscope.app.report.context import Context
from hopscope.app.report.writers.csv import csv_report
from hopscope.app.report.writers.dot import dot_report
from hopscope.app.report.writers.full import full_report
from hopscope.app.report.writers.json import json_report
from hopscope.app.report.writers.jsonl import JsonLines
from hopscope.app.report.writers.markdown import markdown_report
from hopscope.app.report.writers.raw import RawLines
from hopscope.app.report.writers.split import Keys, SplitLines
from hopscope.app.report.writers.text import text_report
from hopscope.app.report.writers.xml import xml_report
from hopscope.app.resolve.directory import Directory
from hopscope.app.resolve.origin import Origin
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LookupSettings, ReportSettings, TraceSettings
from hopscope.probe.lab.scenario import shipped
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.trace.events import Event

SETTINGS = TraceSettings(rounds=24, protocol="udp")
SHOWN = ReportSettings(wide=True, show_ips=True, mpls=True, ipinfo=(0, 5), explain=True)
REPORTS = (text_report, json_report, xml_report, csv_report, markdown_report)


@cache
def events(name: str, version: int) -> list[Event]:
    """What happens in a trace of a scenario."""
    world = lab_world(Lab(name), SETTINGS, version)
    world.run()
    return world.events


class Hidden:
    """A trace of a scenario as ``Session`` hands it on: with its first hops hidden."""

    def __init__(self, lab: Lab, hops: int, version: int) -> None:
        scenario = lab.scenario
        origins = {address: Origin((number,), as_name=name) for address, (number, name) in scenario.origins().items()}
        target = replace(lab.target(version), source=scenario.source(version))
        self.directory = Directory(
            LookupSettings(privacy_hops=hops), fixed_names=scenario.names(), fixed_origins=origins
        )
        self.privacy = self.directory.privacy
        self.names_on = True
        self.targets = (target,)
        self.context = Context(
            SHOWN, self.privacy.local_host(sanitize("secret-host")), self.directory.name, self.directory.fact
        )
        self.events = events(scenario.name, version)
        self._path = Path(target, SETTINGS)

    def starting(self) -> tuple[Snapshot, ...]:
        """The trace before anything happened, as it may be shown."""
        return self.privacy.snapshots((starting(self.targets[0], SETTINGS, 0, 0),))

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The trace as it may be shown."""
        return self.privacy.snapshots((self._path.snapshot(),))

    def snapshot(self, index: int) -> Snapshot:
        """That of the one target."""
        return self.snapshots()[index]

    @property
    def known_version(self) -> int:
        """Rises when a name may have become known."""
        return self.directory.version

    def live(self) -> str:
        """Everything that the live formats write, each event told of as it comes."""
        session: Any = self
        formats = (RawLines(self.context), SplitLines(session, self.context, Keys()), JsonLines(session, self.context))
        made = [line for one in formats for line in one.begin()]
        for event in self.events:
            self._path.record(event)
            shown = self.privacy.event(self.targets[0], event)
            for one in formats:
                made += [*one.event(0, shown), *(one.turn() if not isinstance(one, SplitLines) else ())]
        return "\n".join([*made, *(line for one in formats for line in one.end())])

    def reports(self) -> str:
        """Everything that the other formats write at the end."""
        (snapshot,) = self.snapshots()
        made = [report(snapshot, self.context) for report in REPORTS]
        newer = replace(self.context, settings=replace(SHOWN, layout="next"))
        made += [report(snapshot, newer) for report in REPORTS]
        return "\n".join([*made, full_report([snapshot], self.context), dot_report([snapshot], self.context)])


def secrets(lab: Lab, hops: int, version: int) -> set[str]:
    """What the first hops of all paths of a scenario to its target are called, AS that go on behind them left out."""
    scenario = lab.scenario
    target = socket.inet_pton(socket.AF_INET6 if version == 6 else socket.AF_INET, scenario.target(version))
    routes = [phase.routes[target] for phase in scenario.phases if target in phase.routes]
    near = [hop for route in routes for hop in route.hops[:hops]]
    far = [hop for route in routes for hop in route.hops[hops:]]
    interfaces = {one.name for hop in near for one in hop.interfaces if one.name}
    addresses = {
        socket.inet_ntop(socket.AF_INET6 if version == 6 else socket.AF_INET, address)
        for hop in near
        for address in hop.addresses.get(version, ())
    }
    words = {name for hop in near for name in hop.names} | {hop.as_name for hop in near if hop.asn}
    return (
        {scenario.source(version), "secret-host", *addresses, *words, *interfaces} - {hop.as_name for hop in far} - {""}
    )


@pytest.mark.parametrize("hops", [1, 4, 7, 12])
@pytest.mark.parametrize("name", shipped())
def test_nothing_hidden_is_written(name: str, hops: int) -> None:
    """Neither addresses nor names nor AS of hidden hops, nor the local host, stand in any format, in no version."""
    lab = Lab(name)
    for version in sorted({4, 6} & set(lab.scenario.hops()[0].addresses)):
        trace = Hidden(lab, hops, version)
        for text in (trace.live(), trace.reports()):
            found = [
                word
                for word in secrets(lab, hops, version)
                if word in text and re.search(rf"(?<![\w.:-]){re.escape(word)}(?![\w:-]|\.\w)", text)
            ]
            assert not found
            assert "hidden" in text
