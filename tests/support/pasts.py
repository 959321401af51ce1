"""Simulated traces whose past is kept, and what a moment of them must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hopscope.app.path.path import Path
from hopscope.app.path.recorder import Recorder
from hopscope.app.replay.cursor import TimeCursor
from hopscope.app.replay.past import LIMIT_BYTES, Past
from hopscope.app.sanitize import Text, sanitize
from hopscope.app.screens.over_time import OverTime
from hopscope.app.settings import TraceSettings
from support.moving import MovingSource
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.settings import Target
    from hopscope.app.trace.events import Event

# Loss for a minute, an outage of fifteen seconds, and another route at the end.
EPISODE = """
title = "An evening"
hop = [
    { address = "192.0.2.1", name = "gateway.example", rtt_ms = 1 },
    { address = "198.51.100.1", name = "access.isp.example", rtt_ms = 5 },
    { address = "198.51.100.9", name = "core.isp.example", rtt_ms = 8 },
    { address = "203.0.113.9", name = "edge.hosting.example", rtt_ms = 11 },
    { address = "203.0.113.80", name = "www.example.org", rtt_ms = 12 },
]
[[change]]
at_s = 120
until_s = 180
[change.hop]
3 = { loss_percent = 25 }
[[change]]
at_s = 240
until_s = 255
[change.hop]
4 = { loss_percent = 100 }
[[change]]
at_s = 330
[change.hop]
3 = { address = "198.51.100.17", name = "other.isp.example", rtt_ms = 9 }
4 = { address = "203.0.113.17", name = "other.hosting.example", rtt_ms = 21 }
5 = { rtt_ms = 22 }
"""
OFFSET_US = 1_795_305_600_000_000  # 2026-11-22 00:00 UTC, as time 0 of the trace's clock


class Kept(NamedTuple):
    """A trace that is over, or has come to a stop for now."""

    lab: Lab
    target: Target
    settings: TraceSettings
    events: list[Event]
    recorder: Recorder
    past: Past

    def recomputed(self, time_us: int) -> Snapshot:
        """The path as it was before the first event that is later than this, folded from the beginning."""
        path = Path(self.target, self.settings, clock_offset_us=OFFSET_US, started_us=self.recorder.started_us)
        for event in self.events:
            if event.time_us > time_us:
                break
            path.record(event)
        return path.snapshot()


def kept_trace(name_or_toml: str, rounds: int, *, limit_bytes: int = LIMIT_BYTES, **settings: int) -> Kept:
    """So many rounds of a scenario; they have been folded as they came, some at a time."""
    lab = Lab(name_or_toml)
    chosen = TraceSettings(rounds=rounds, **settings)  # type: ignore[arg-type] # numbers alone are given here
    world = lab_world(lab, chosen, detail=True)
    world.run()
    target, clock = lab.target(), (world.start_us, OFFSET_US)
    recorder = Recorder([target], chosen, clock)
    past = recorder.log = Past([target], chosen, clock, limit_bytes=limit_bytes)
    for event in world.events:
        recorder.record(0, event)
    recorder.fold()
    return Kept(lab, target, chosen, world.events, recorder, past)


class Clock:
    """A clock that is set by hand, microseconds."""

    def __init__(self, now_us: int) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        """The time."""
        return self.now_us


class _Measured(MovingSource):
    """What was measured, at its last moment."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self._kept = kept
        self._lab_names = kept.lab.scenario.names()

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The path as it is by now."""
        return self.privacy.snapshots(self._kept.recorder.snapshots())

    def name(self, address: str) -> Text | None:
        """A name of the scenario."""
        return sanitize(self._lab_names[address]) if self.names_on and address in self._lab_names else None


class KeptSource(OverTime):
    """A trace as the screen's source: one that is being measured, or with ``replay`` one that was."""

    def __init__(self, name_or_toml: str, rounds: int, *, replay: bool = False, **settings: Any) -> None:
        self.kept = kept_trace(name_or_toml, rounds, **settings)
        self.clock = Clock(self.kept.past.ended_us)
        self.measured = _Measured(self.kept)
        fold = None if replay else self.kept.recorder.fold
        super().__init__(self.measured, TimeCursor(self.kept.past, fold, self.clock))
