"""Any moment of a session file is what folding its events up to it gives."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.path.path import Path as TracedPath
from hopscope.app.recording import checkpoint, file_bytes
from hopscope.app.recording.event_lines import LaneAdded, LaneGone
from hopscope.app.recording.header import Header
from hopscope.app.recording.recorded import Recorded
from hopscope.app.recording.writer import Recording, create
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace import events as happened
from hopscope.app.trace.group import Group
from hopscope.probe.lab.scenario import shipped
from support import session_fuzz as fuzz
from support.engines import World, steady
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from pathlib import Path

    from hopscope.app.path.snapshot import Snapshot
    from hopscope.app.recording.event_lines import Told

START_US = 1_000_000


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints come after few probes."""
    monkeypatch.setattr(checkpoint, "PROBES", 150)
    monkeypatch.setattr(checkpoint, "TIMES", 0)


def record(path: Path, header: Header, told: list[Told]) -> None:
    """Record what happened."""
    recording = Recording(str(path), create(str(path)), header)
    for one in told:
        if isinstance(one, tuple):
            recording.take(*one)
        else:
            recording.lane(one)
    recording.close()
    assert not recording.problem


def header_of(world: World) -> Header:
    """The first line of a recording of a trace."""
    targets = tuple(path.target for path in world.paths)
    return Header(sanitize("here"), targets, world.paths[0].settings, START_US, 5_000, sanitize("0"))


def folded(header: Header, told: list[Told], time_us: int) -> dict[int, Snapshot]:
    """What folding from the beginning gives at a moment."""
    offset_us, started_us = header.clock_offset_us, header.started_us
    paths = [
        TracedPath(one, header.settings, clock_offset_us=offset_us, started_us=started_us) for one in header.targets
    ]
    gone = set()
    for one in told:
        if isinstance(one, LaneAdded):
            paths.append(TracedPath(one.target, one.settings, clock_offset_us=offset_us, started_us=one.started_us))
        elif isinstance(one, LaneGone):
            gone.add(one.target)
        elif one[1].time_us <= time_us:
            paths[one[0]].record(one[1])
        else:
            break
    return {index: path.snapshot() for index, path in enumerate(paths) if index not in gone}


def sought(recorded: Recorded, time_us: int) -> dict[int, Snapshot]:
    """What a session file gives at a moment."""
    before = recorded.before(time_us)
    header = recorded.header
    for one in before.events:
        if isinstance(one, LaneAdded):
            before.paths.append(
                TracedPath(one.target, one.settings, clock_offset_us=header.clock_offset_us, started_us=one.started_us)
            )
        elif isinstance(one, LaneGone):
            before.gone.add(one.target)
        elif one[1].time_us <= time_us:
            before.paths[one[0]].record(one[1])
        else:
            break
    return {index: path.snapshot() for index, path in enumerate(before.paths) if index not in before.gone}


def compare(path: Path, header: Header, told: list[Told], source: random.Random, moments: int = 6) -> int:
    """Compare some moments; how many of them were reached from a checkpoint."""
    recorded = Recorded(str(path))
    times = [one[1].time_us for one in told if isinstance(one, tuple)]
    assert (recorded.began_us, recorded.ended_us, recorded.was_cut) == (header.started_us, times[-1], False)
    near = 0
    for time_us in (times[-1], *(source.choice(times) for _ in range(moments))):
        assert sought(recorded, time_us) == folded(header, told, time_us)
        near += recorded.nearest_before(time_us) > header.started_us
    assert not recorded.damage
    assert all(place.usable for place in recorded._places)
    recorded.close()
    return near


@pytest.mark.parametrize("name", shipped())
def test_every_moment_of_every_scenario(name: str, tmp_path: Path) -> None:
    """Of each shipped network, at random moments, the state from a checkpoint is that of folding all events."""
    world = lab_world(Lab(name), TraceSettings(rounds=120, flows=len(name) % 3 * 2), detail=True)
    world.run()
    told: list[Told] = [(0, event) for event in world.events]
    path = tmp_path / f"x.hops{'.gz' * (len(name) % 2)}"
    record(path, header_of(world), told)
    assert compare(path, header_of(world), told, random.Random(name)) >= 2


def several(monkeypatch: pytest.MonkeyPatch) -> tuple[Header, list[Told]]:
    """A trace of several targets, of which one comes later and one goes; with what this host's interface carried."""
    told: list[Told] = []
    take = Group.take_events

    def noted(group: Group) -> list[tuple[int, happened.Event]]:
        taken = list(take(group))
        for index, event in taken:
            told.append((index, event))
            if isinstance(event, happened.RoundStarted) and index != 1:
                carried = event.round * 1000 + (event.time_us - START_US) // 9
                told.append((index, happened.TrafficRead(event.time_us, event.round, "eth0", carried)))
        return taken

    monkeypatch.setattr(Group, "take_events", noted)
    targets = tuple(Target(sanitize(f"t{number}"), f"192.0.2.{number}", 4) for number in range(1, 4))
    world = World(steady(5), TraceSettings(rounds=80), targets)
    world.run(30)
    added = Target(sanitize("t9"), "192.0.2.9", 4)
    told.append(LaneAdded(added, world.group.settings, world.now_us))
    world.add(added)
    world.run(50)
    told.append(LaneGone(1))
    world.run()
    return Header(sanitize("here"), targets, world.paths[0].settings, START_US, 5_000, sanitize("0")), told


@pytest.mark.parametrize("name", ["x.hops", "x.hops.gz"])
def test_targets_that_come_and_go(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several targets, those that came later too, have at any moment what folding gives; gone ones are named."""
    header, told = several(monkeypatch)
    record(tmp_path / name, header, told)
    assert compare(tmp_path / name, header, told, random.Random(3)) >= 3
    recorded = Recorded(str(tmp_path / name))
    assert [str(target.name) for target in recorded.targets] == ["t1", "t2", "t3", "t9"]
    assert recorded.before(recorded.ended_us).gone == {1}


def test_what_happens_beside_probes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resets, other flows, forgotten hops, late and failed probes, pauses and far clocks are in the state."""
    header, told = several(monkeypatch)
    rare: list[happened.Event] = []
    mixed: list[Told] = []
    source = random.Random(8)
    settings = header.settings
    for number, one in enumerate(told):
        mixed.append(one)
        if not isinstance(one, tuple) or number % 97:
            continue
        index, event = one
        if not isinstance(event, happened.ProbeSent):
            continue
        at, number_of, ttl = event.time_us, event.round, event.ttl
        settings = replace(settings, flows=source.choice([0, 2, 4]), size_bytes=source.choice([64, 900]))
        rare = [
            happened.StateChanged(at, "stalled", "why"),
            happened.StateChanged(at, "paused"),
            happened.StateChanged(at, "running"),
            happened.StatisticsReset(at),
            happened.SettingsChanged(at, settings),
            happened.HopForgotten(at, ttl),
            happened.ProbeFailed(at, number_of, ttl, event.seq, "no-route"),
            happened.ProbeDuplicated(at, number_of, ttl, event.seq, "10.9.9.9", 12),
            happened.ProbeAnswered(at, max(0, number_of - 1), ttl, 7, "ttl-expired", "10.0.0.1", 9, late=True),
            happened.ProbeAnswered(at, number_of, ttl, event.seq, "no-route", "10.0.0.2", 9, icmp_type=3),
            happened.LinkLost(at, at, 0),
            happened.ClockCompared(at, 77, 5, stepped=True),
            happened.OneWayCounted(at, "counting", "", number, happened.WayCount(9, 8), happened.WayCount(9, 9)),
            happened.SourceChanged(at, "192.0.2.7", "192.0.2.8"),
        ]
        mixed.append((index, source.choice(rare)))
    record(tmp_path / "x.hops", header, mixed)
    assert compare(tmp_path / "x.hops", header, mixed, source, moments=40) >= 20


def test_bytes_come_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints are found wherever the pieces end in which a file is read."""
    header, told = several(monkeypatch)
    record(tmp_path / "x.hops.gz", header, told)
    found = [place.block for place in Recorded(str(tmp_path / "x.hops.gz"))._places]
    for size in (5, 97, 1000):
        monkeypatch.setattr(file_bytes, "CHUNK_BYTES", size)
        assert [place.block for place in Recorded(str(tmp_path / "x.hops.gz"))._places] == found
    assert len(found) > 3


def test_a_spoiled_checkpoint_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that cannot be, or of another version, costs time alone: what is told is the same."""
    header, told = several(monkeypatch)
    path = tmp_path / "x.hops"
    record(path, header, told)
    whole = path.read_bytes()
    for old, new in (
        (b'"layout":', b'"layout":1'),
        (b'"state":[[', b'"state":[[7,'),
        (b'"reading":[', b'"reading":[-'),
    ):
        for count in (1, -1):
            path.write_bytes(whole.replace(old, new, count))
            recorded = Recorded(str(path))
            time_us = recorded.ended_us - 5_000_000
            assert sought(recorded, time_us) == folded(header, told, time_us)


def test_marks_are_those_of_the_log(tmp_path: Path) -> None:
    """What logs tell is there without folding, each with the moment at which it was logged."""
    world = lab_world(Lab("path-change"), TraceSettings(rounds=150), detail=True)
    world.run()
    told: list[Told] = [(0, event) for event in world.events]
    record(tmp_path / "x.hops", header_of(world), told)
    marks = Recorded(str(tmp_path / "x.hops")).marks()
    snapshot = world.paths[0].snapshot()
    assert tuple(mark.entry for mark in marks) == snapshot.log_entries
    assert any(mark.entry.kind == "path-changed" and mark.told_us >= mark.time_us for mark in marks)
    for mark in marks:
        before = folded(header_of(world), told, mark.told_us - 1)[0].log_entries
        assert mark.entry not in before
        assert mark.entry in folded(header_of(world), told, mark.told_us)[0].log_entries


def test_opening_can_be_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is told of the progress may end it; what has been gone through counts."""
    header, told = several(monkeypatch)
    record(tmp_path / "x.hops", header, told)
    shares: list[float] = []
    monkeypatch.setattr(file_bytes, "CHUNK_BYTES", 4096)

    def enough(share: float) -> bool:
        shares.append(share)
        return len(shares) == 3

    recorded = Recorded(str(tmp_path / "x.hops"), enough)
    assert len(shares) == 3
    assert shares == sorted(shares)
    assert not recorded.damage


def test_spoiled_files_never_crash_nor_hang(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a checkpoint says, a moment is reached, or the file refused; nothing else happens."""
    header, told = several(monkeypatch)
    record(tmp_path / "x.hops", header, told)
    source = random.Random(41)
    whole = (tmp_path / "x.hops").read_bytes()
    reached = sum(survives(fuzz.spoiled(whole, source), tmp_path / "y.hops", source) for _ in range(150))
    assert reached > 100


def survives(content: bytes, path: Path, source: random.Random) -> bool:
    """Look at some moments of a file; whether it could be opened."""
    path.write_bytes(content)
    return fuzz.look(str(path), source)
