"""What every output says of every scenario, byte for byte, to compare one state of the program with another.

Run as ``python tests/bench/report_bytes.py FOLDER``: a file for each scenario of the lab and each canned snapshot, in
each format and under each set of display options; the path MTU in its formats; the help and the configuration text.
Virtual time and fixed seeds, so two runs differ only where the program does: ``diff -r BEFORE AFTER``.
``--mask`` leaves out what a judgement says, so that mended verdicts do not hide other differences.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path as FilePath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(FilePath(__file__).resolve().parent.parent))

from hopscope.app.options.config_text import print_config
from hopscope.app.options.help import help_text
from hopscope.app.path.path import Path
from hopscope.app.path.snapshot import starting
from hopscope.app.report.context import Context
from hopscope.app.report.formats import FORMATS
from hopscope.app.report.writers.jsonl import JsonLines
from hopscope.app.report.writers.raw import RawLines
from hopscope.app.report.writers.split import SplitLines
from hopscope.app.report.writers.text import table
from hopscope.app.resolve.origin import Origin
from hopscope.app.sanitize import Text, sanitize
from hopscope.app.settings import ReportSettings, TraceSettings
from hopscope.probe.lab.scenario import shipped
from support import mtu, snapshots
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.trace.events import Event

ROUNDS = 40
OFFSET_US = 1_795_302_897_000_000
OUTPUTS: list[str] = [one.name for one in FORMATS.values() if not one.is_live]
MTU_OUTPUTS: list[str] = [one.name for one in FORMATS.values() if one.has_mtu]
LOOKS = {
    "plain": ReportSettings(),
    "wide": ReportSettings(wide=True, show_ips=True, mpls=True, ipinfo=(0,), explain=True),
    "facts": ReportSettings(fields="LDRSNBAWVGJMXI", ipinfo=(0, 1, 2, 3, 4), layout="0.96"),
    "next": ReportSettings(fields="L SWV", ipinfo=(0, 5, 6), layout="next", mpls=True),
}
CANNED = ("healthy", "lossy", "silent", "ecmp_mpls", "ipv6", "unreachable", "nothing_answered", "just_started")
TRACES = {
    "fixed": TraceSettings(rounds=ROUNDS, flows=1),
    "varied": TraceSettings(rounds=ROUNDS, flows=0),
    "udp-16": TraceSettings(rounds=ROUNDS, flows=16, protocol="udp"),
    "tcp": TraceSettings(rounds=12, protocol="tcp", port=443, size_bytes=-200, bit_pattern=-1, tos=184),
}


def documents(snapshot: Snapshot, context: Context, output: str, *, start_line: bool = True) -> str:
    """What an output that is written at the end says of a trace."""
    return "".join(FORMATS[output].texts([snapshot], context)) if start_line else table(snapshot, context)


def mtu_documents(found: list[Any], context: Context, output: str) -> str:
    """What an output says of a path MTU."""
    return "".join(FORMATS[output].mtu_texts(found, context))


class Replay:
    """A session whose events come one by one."""

    def __init__(self, target: Any, settings: TraceSettings) -> None:
        self.targets = [target]
        self.names_on = True
        self.privacy = SimpleNamespace(target=lambda one: one)
        self.path = Path(target, settings, clock_offset_us=OFFSET_US)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """What is known by now."""
        return (self.path.snapshot(),)

    def starting(self) -> tuple[Snapshot, ...]:
        """The trace before anything happened."""
        return (starting(self.path.target, self.path.settings, 0, 0),)


def live(target: Any, settings: TraceSettings, events: Sequence[Event], context: Context) -> Iterator[tuple[str, str]]:
    """Every output that is written as it happens."""
    keys: Any = SimpleNamespace(read=str)
    for name in ("raw", "split", "jsonl"):
        session: Any = Replay(target, settings)
        lines: Any
        if name == "raw":
            lines = RawLines(context)
        elif name == "split":
            lines = SplitLines(session, context, keys)
        else:
            lines = JsonLines(session, context)
        made = list(lines.begin())
        for event in events:
            session.path.record(event)
            made += [*lines.event(0, event), *lines.turn()]
        made += lines.end()
        yield name, "".join(line + "\n" for line in made)


def context_of(lab: Lab | None, look: ReportSettings) -> Context:
    """Names and networks of a scenario's addresses, or of the canned snapshots."""
    known_names = lab.scenario.names() if lab is not None else snapshots.NAMES
    names = {address: sanitize(name) for address, name in known_names.items()}
    known = lab.scenario.origins() if lab is not None else {}
    origins = {
        address: Origin((number,), f"{address}/32", "DE", "ripencc", "2001-02-03", as_name, "Berlin")
        for address, (number, as_name) in known.items()
    }

    def fact(address: str, kind: int) -> Text | None:
        return origins[address].fact(kind) if address in origins else None

    return Context(look, sanitize("this.example"), names.get, fact)


def scenario_files() -> Iterator[tuple[str, str]]:
    """Name and text of each file about scenarios."""
    for name in shipped():
        for kind, settings in TRACES.items():
            lab = Lab(name)
            world = lab_world(lab, settings, detail=True)
            snapshot = replace(world.run(), clock_offset_us=OFFSET_US)
            for look, shown in LOOKS.items():
                context = context_of(lab, shown)
                for output in OUTPUTS:
                    yield f"{name}.{kind}.{look}.{output}", documents(snapshot, context, output)
                if kind == "fixed":
                    for output, text in live(lab.target(), settings, world.events, context):
                        yield f"{name}.{kind}.{look}.{output}", text
        lab = Lab(name)
        settings = replace(mtu.SETTINGS, protocol="icmp")
        made, world = mtu.survey(lab, (lab.target(),), settings)
        snapshot = replace(world.paths[0].snapshot(), clock_offset_us=OFFSET_US)
        for look, shown in LOOKS.items():
            for output in MTU_OUTPUTS:
                found = [(result, snapshot) for result in made.results()]
                yield f"{name}.mtu.{look}.{output}", mtu_documents(found, context_of(lab, shown), output)


def canned_files() -> Iterator[tuple[str, str]]:
    """Name and text of each file about snapshots made by hand."""
    for name in CANNED:
        snapshot = getattr(snapshots, name)()
        for look, shown in LOOKS.items():
            for output in OUTPUTS:
                yield f"canned-{name}.{look}.{output}", documents(snapshot, context_of(None, shown), output)
        yield f"canned-{name}.screen", documents(snapshot, context_of(None, LOOKS["plain"]), "report", start_line=False)


def masked(name: str, text: str) -> str:
    """The text without what a judgement says; outputs for people keep only the lines of their table."""
    if name.endswith((".json-full", ".jsonl", ".json")):
        lines = text.splitlines() if name.endswith(".jsonl") else [text]
        documents = [_without_judgement(json.loads(line)) for line in lines]
        return "".join(json.dumps(one, indent=1) + "\n" for one in documents)
    if name.endswith(".report"):
        return text.split("\n\n", maxsplit=1)[0] + "\n"
    if name.endswith(".markdown"):
        return "\n\n".join(text.split("\n\n")[:2]) + "\n"
    return text


def _without_judgement(value: object) -> object:
    if isinstance(value, dict):
        if value.get("event") == "assessment":
            return {"event": "assessment", "time": value["time"]}
        hidden = {"verdicts", "severity", "loss", "assessment", "schema_version", "advice", "caveat"}
        kept = {key: one for key, one in value.items() if key not in hidden}
        if "path_mtu" in value:
            kept.pop("answer", None)
        return {key: _without_judgement(one) for key, one in kept.items()}
    return [_without_judgement(one) for one in value] if isinstance(value, list) else value


def main() -> None:
    """Write all files."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("folder", type=FilePath)
    arguments.add_argument("--mask", action="store_true")
    chosen = arguments.parse_args()
    os.environ["TZ"] = "UTC"
    time.tzset()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for files in (scenario_files(), canned_files()):
        for name, text in files:
            (chosen.folder / name).write_text(masked(name, text) if chosen.mask else text, encoding="utf-8")
            count += 1
    (chosen.folder / "help").write_text(help_text("hopscope"), encoding="utf-8")
    (chosen.folder / "config").write_text(print_config(), encoding="utf-8")
    print(f"{count + 2} files in {chosen.folder}")


if __name__ == "__main__":
    main()
