"""The pictures in screenshots/, made from scenarios of the lab.

``cd tests && ../.venv/bin/python -m support.screenshots [NAME...]`` makes all of them anew, or those named.
Everything is simulated in virtual time, so the same pictures come out each time. PNGs are made where rsvg-convert is
installed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hopscope.app.additions import Addition
from hopscope.app.path.privacy import Privacy
from hopscope.app.resolve.origin import Origin
from hopscope.app.sanitize import Text, sanitize
from hopscope.app.screens.app import HopscopeApp
from hopscope.app.screens.options import ScreenOptions
from hopscope.app.settings import TraceSettings
from support.lane_source import both_directions, three_places, two_places
from support.pasts import EPISODE, KeptSource
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.trace.checks import CheckPlan
    from support.lane_source import LaneSource

FOLDER = Path(__file__).parents[2] / "screenshots"
MIDNIGHT_US = 1_795_305_600_000_000  # 2026-11-22 00:00 UTC
SHOWN_AFTER_CHANGE_S = 20


class Still:
    """A ``Source`` over traces that were simulated beforehand."""

    def __init__(self, *traces: tuple[Lab, Snapshot]) -> None:
        self._snapshots = tuple(snapshot for _, snapshot in traces)
        self._names: dict[str, str] = {}
        self._origins: dict[str, Origin] = {}
        for lab, _ in traces:
            self._names.update(lab.scenario.names())
            for address, (number, as_name) in lab.scenario.origins().items():
                self._origins[address] = Origin((number,), as_name=as_name)
        self.names_on = True
        self.origins_on = False
        self.known_version = 0
        self.privacy = Privacy()

    time = None

    def now_us(self) -> int:
        """The time of the snapshots."""
        return self._snapshots[0].time_us

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The traces."""
        return self._snapshots

    def pause(self) -> None:
        """Nothing moves anyhow."""

    resume = reset = pause

    def change(self, **changes: object) -> None:
        """Nothing moves."""

    additions: tuple[Addition, ...] = ()

    def add(self, target: str = "", where: str = "", lane: str = "") -> Addition:
        """Nothing moves: it is never over."""
        return Addition(target, where, lane)

    def remove(self, index: int) -> None:
        """Nothing moves."""

    def check(self, index: int, plan: CheckPlan) -> None:
        """Nothing moves."""

    end_check = pause

    def name(self, address: str) -> Text | None:
        """The scenario's name of an address."""
        return sanitize(self._names[address]) if address in self._names else None

    def set_names(self, *, on: bool) -> None:
        """Names on or off."""
        self.names_on = on

    def origin(self, address: str) -> Origin | None:
        """The scenario's network of an address."""
        return self._origins.get(address) if self.origins_on else None

    def set_origins(self, *, on: bool) -> None:
        """Networks on or off."""
        self.origins_on = on


def trace(scenario: str, seconds: float, *, flows: int = 1, after_change: bool = False) -> tuple[Lab, Snapshot]:
    """A trace of a scenario after so many seconds, or some seconds after its path has changed."""
    lab = Lab(scenario)
    world = lab_world(lab, TraceSettings(flows=flows), detail=True)
    snapshot = world.run(seconds)
    while after_change and not any(one.kind == "path-changed" for one in snapshot.log_entries) and seconds < 600:
        seconds += 1
        snapshot = world.run(seconds)
    if after_change:
        snapshot = world.run(seconds + SHOWN_AFTER_CHANGE_S)
    return lab, replace(snapshot, time_us=world.now_us, clock_offset_us=MIDNIGHT_US)


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the traces it shows, size, keys to press, and options of the screen."""

    name: str
    scenarios: tuple[str, ...]
    size: tuple[int, int] = (120, 40)
    keys: str = ""
    theme: str = ""
    seconds: float = 334
    after_change: bool = False
    flows: int = 1
    ascii_only: bool = False


SHOTS = (
    Shot("healthy-120x40", ("steady",)),
    Shot("loss-120x40", ("lossy",), keys="end"),
    Shot("change-120x40", ("path-change",), after_change=True, seconds=30),
    Shot("change-200x55", ("path-change",), (200, 55), keys="z", after_change=True, seconds=30),
    Shot("rate-limited-80x24", ("rate-limited",), (80, 24), keys="down down down"),
    Shot("balanced-120x40-light", ("balanced",), keys="a e z", theme="hopscope-light", flows=57),
    Shot("paths-120x40", ("balanced",), keys="5", flows=57),
    Shot("check-80x24", ("rate-limited",), (80, 24), keys="exclamation_mark", seconds=100),
    Shot("details-120x40-light", ("mpls",), keys="z down down down down enter", theme="hopscope-light"),
    Shot("graph-120x40", ("bufferbloat",), keys="down k end 3"),
    Shot("chart-80x24", ("lossy",), (80, 24), keys="2"),
    Shot("overview-120x40", ("steady", "lossy", "silent-target", "path-change"), keys="0 down"),
    Shot("help-120x40", ("steady",), keys="question_mark"),
    Shot("export-80x24", ("lossy",), (80, 24), keys="x down down down down down"),
    Shot("silent-80x24-ansi", ("silent-target",), (80, 24), keys="end", theme="hopscope-ansi"),
    Shot("loss-80x24-ascii", ("lossy",), (80, 24), ascii_only=True),
    Shot("loss-60x20", ("lossy",), (60, 20)),
    Shot("long-80x24", ("long",), (80, 24)),
)


@dataclass(frozen=True)
class LaneShot:
    """A picture of several lanes: its name, what is measured, size, keys to press."""

    name: str
    make: Callable[[], LaneSource]
    size: tuple[int, int] = (120, 40)
    keys: str = ""
    ascii_only: bool = False
    theme: str = ""


LANE_SHOTS = (
    LaneShot("vantage-points-120x40", two_places, keys="0 z"),
    LaneShot("merged-path-120x40", three_places, keys="6 z right_square_bracket down down down down"),
    LaneShot("both-directions-120x40", both_directions, keys="6 z"),
)


REPLAY = "replay-120x40"
EVENING_ROUNDS = 420


async def take_replay() -> None:
    """Make the picture of a replay: while packets are lost, with an outage and another route to come."""
    options = ScreenOptions(source_name=sanitize("lap3"), host_name=sanitize("lap3"))
    app = HopscopeApp(KeptSource(EPISODE, EVENING_ROUNDS, replay=True), options)
    await show(app, REPLAY, (120, 40), "at 0 0 colon 0 2 colon 5 0 enter right_curly_bracket")


async def take_lanes(shot: LaneShot) -> None:
    """Make one picture of lanes."""
    options = ScreenOptions(
        theme=shot.theme, ascii_only=shot.ascii_only, source_name=sanitize("lap3"), host_name=sanitize("lap3")
    )
    await show(HopscopeApp(shot.make(), options), shot.name, shot.size, shot.keys)


async def take(shot: Shot) -> None:
    """Make one picture."""
    traces = [trace(name, shot.seconds, flows=shot.flows, after_change=shot.after_change) for name in shot.scenarios]
    if len(traces) > 1:  # several scenarios as the targets of one trace
        traces = [
            (lab, replace(made, target=replace(made.target, name=sanitize(f"{name}.example"))))
            for name, (lab, made) in zip(shot.scenarios, traces, strict=True)
        ]
    options = ScreenOptions(
        theme=shot.theme, ascii_only=shot.ascii_only, source_name=sanitize("lap3"), host_name=sanitize("lap3")
    )
    await show(HopscopeApp(Still(*traces), options), shot.name, shot.size, shot.keys)


async def show(app: HopscopeApp, name: str, size: tuple[int, int], keys: str) -> None:
    """Show a screen, press keys, and write what it looks like."""
    async with app.run_test(size=size) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        app.update(force=True)  # judged now: some keys act on what was found
        await pilot.press(*keys.split())
        await pilot.pause()
        app.update(force=True)
        await pilot.pause()
        write(FOLDER / f"{name}.svg", app.rendered("svg"))


def write(file: Path, svg: str) -> None:
    """Write a picture, as PNG too where that can be made."""
    file.write_text(svg)
    if shutil.which("rsvg-convert"):
        subprocess.run(["rsvg-convert", "-w", "1100", file, "-o", file.with_suffix(".png")], check=True)
    print(file.name)


async def main(names: list[str]) -> None:
    """Make the pictures of these names, or all."""
    HopscopeApp.now_us = lambda self: self.snapshot.time_us  # type: ignore[method-assign]
    for shot in SHOTS:
        if not names or shot.name in names:
            await take(shot)
    if not names or REPLAY in names:
        await take_replay()
    for lanes in LANE_SHOTS:
        if not names or lanes.name in names:
            await take_lanes(lanes)


if __name__ == "__main__":
    os.environ.update(TZ="UTC", TERM="xterm-256color", LC_ALL="C.UTF-8")
    for variable in ("NO_COLOR", "SSH_CONNECTION", "SSH_TTY"):
        os.environ.pop(variable, None)
    time.tzset()
    os.chdir(tempfile.gettempdir())  # the export dialog names the current folder
    asyncio.run(main(sys.argv[1:]))
