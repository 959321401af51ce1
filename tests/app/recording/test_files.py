"""Sessions written to files and read again, whole, cut and hostile."""

from __future__ import annotations

import gzip
import json
import os
import random
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import RecordingError
from hopscope.app.path.path import Path as TracedPath
from hopscope.app.recording import file_bytes
from hopscope.app.recording.event_lines import LaneAdded, LaneGone
from hopscope.app.recording.header import Header
from hopscope.app.recording.reader import open_session
from hopscope.app.recording.replayed import ReplayedSession
from hopscope.app.recording.writer import Recording, create
from hopscope.app.resolve.origin import Origin
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from support.folders import open_to_all
from support.need import need_root
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from pathlib import Path

    from support.engines import World

START_US = 1_000_000


@pytest.fixture(scope="module")
def world() -> World:
    """A trace of some rounds over lossy links: enough for several kilobytes."""
    made = lab_world(Lab("lossy"), TraceSettings(rounds=16), detail=True)
    made.run()
    return made


def header_of(world: World) -> Header:
    """The first line of a recording of a trace."""
    return Header(
        sanitize("here.example"), (world.paths[0].target,), world.paths[0].settings, START_US, 5_000, sanitize("0")
    )


def record(world: World, path: Path, **more: object) -> Recording:
    """Record a trace."""
    recording = Recording(str(path), create(str(path)), header_of(world), **more)  # type: ignore[arg-type]
    for event in world.events:
        recording.take(0, event)
    recording.close()
    return recording


@pytest.mark.parametrize("name", ["x.hops", "x.hops.gz"])
def test_what_is_recorded_is_read(world: World, tmp_path: Path, name: str) -> None:
    """A file gives back its header, every event, and names and networks, plain and compressed."""
    known = [("10.0.0.1", sanitize("gw.example")), ("10.0.0.2", Origin((64500,), "10.0.0.0/24"))]
    recording = record(world, tmp_path / name, known=lambda: [known.pop()] if known else [])
    found = open_session(str(tmp_path / name))
    assert found.header == header_of(world)
    assert list(found.events()) == [(0, event) for event in world.events]
    assert (found.is_whole, found.damage, recording.problem) == (True, "", "")
    assert found.origins == {"10.0.0.2": Origin((64500,), "10.0.0.0/24")}
    assert recording.written_bytes == (tmp_path / name).stat().st_size


def test_a_compressed_file_opens_in_other_tools(world: World, tmp_path: Path) -> None:
    """What is compressed is gzip: zcat gives lines that are JSON."""
    path = tmp_path / "x.hops.gz"
    record(world, path)
    text = subprocess.run(["zcat", path], check=True, capture_output=True, text=True).stdout
    assert all(json.loads(line) is not None for line in text.splitlines())


def test_only_its_owner_may_read_it(world: World, tmp_path: Path) -> None:
    """A recording is made for its owner alone, whatever the umask."""
    old = os.umask(0)
    try:
        record(world, tmp_path / "x.hops")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "x.hops").stat().st_mode) == 0o600


def test_nothing_is_replaced(tmp_path: Path) -> None:
    """Neither a file nor a link's target is written to, and the error says what to do."""
    (tmp_path / "there").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link"):
        with pytest.raises(RecordingError, match=r"exists already; .* take another name"):
            create(str(tmp_path / name))
    assert not (tmp_path / "elsewhere").exists()


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    """A folder that is not there and a name that cannot be are one error."""
    with pytest.raises(RecordingError, match=r"cannot record to .*: No such file"):
        create(str(tmp_path / "no" / "x"))
    with pytest.raises(RecordingError, match="cannot record to"):
        create("a\0b")


def test_a_recording_ends_at_its_limit(world: World, tmp_path: Path) -> None:
    """Beyond its limit a recording ends with a sentence, and what is in it can be read."""
    recording = record(world, tmp_path / "x.hops", limit_bytes=2_000)
    assert "limit of 2,000 bytes" in recording.problem
    assert (tmp_path / "x.hops").stat().st_size <= 2_000 + len('{"e":"end"}\n')


def test_a_full_disk_ends_the_recording_alone(world: World) -> None:
    """What cannot be written ends the recording with a sentence, and nothing else."""
    recording = Recording("/dev/full", os.open("/dev/full", os.O_WRONLY), header_of(world))
    recording.take(0, world.events[0])
    recording.close()
    assert "No space left on device; what is in it can be read" in recording.problem


@pytest.mark.parametrize("name", ["x.hops", "x.hops.gz"])
def test_a_file_that_was_cut_anywhere_is_read_so_far(world: World, tmp_path: Path, name: str) -> None:
    """Cut at any byte of its end, or at many before, a file gives the events before the cut, in order, and no error."""
    record(world, tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    told = [(0, event) for event in world.events]
    cut = tmp_path / "cut"
    header = 700
    for size in (*range(header, len(whole) - 400, 11), *range(len(whole) - 400, len(whole))):
        cut.write_bytes(whole[:size])
        found = open_session(str(cut))
        events = list(found.events())
        assert events == told[: len(events)]
        assert not found.damage
    assert len(events) == len(told)


def test_what_was_read_makes_the_same_path(world: World, tmp_path: Path) -> None:
    """Events that are read fold into the snapshot that the trace itself had."""
    record(world, tmp_path / "x.hops")
    found = open_session(str(tmp_path / "x.hops"))
    path = TracedPath(found.header.targets[0], found.header.settings)
    for told in found.events():
        assert isinstance(told, tuple)
        path.record(told[1])
    assert path.snapshot() == world.paths[0].snapshot()


def bomb() -> bytes:
    """200 MB of zeros: made by the test alone, since every process collects this file."""
    return gzip.compress(b"0" * 200_000_000, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "there is no whole line"),
        (b"HOST: x Loss%\n", "line 1: this is not a session file of hopscope"),
        (b'{"e":"start"}\n', "line 1: this is not a session file of hopscope"),
        (b"[" * 100_000 + b"\n", "line 1: this is not a session file"),
        (b'{"e":"hopscope session","form":2}\n', "form 2 by a newer version"),
        (b'{"e":"hopscope session","form":1}\n', "host is missing"),
        (b"x" * (1 << 21), "line 1: longer than 1,048,576 bytes"),
        (b"\x1f\x8b\x08\x00" + b"garbage" * 50, "is damaged"),
        (None, "longer than|too many times its size"),
        (gzip.compress(b"0" * 1_000_000) * 100, "there is no whole line"),
    ],
)
def test_what_is_no_session_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    """A file that is none, newer, damaged or a bomb (None) is refused with one sentence that names it."""
    (tmp_path / "x").write_bytes(bomb() if content is None else content)
    with pytest.raises(RecordingError, match=said) as caught:
        open_session(str(tmp_path / "x"))
    assert str(tmp_path / "x") in str(caught.value)


def test_a_bomb_of_lines_is_refused(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file that expands to endless good lines ends with a sentence."""
    monkeypatch.setattr(file_bytes, "EXPANSION_FREE_BYTES", 1 << 16)
    path = tmp_path / "x.hops"
    record(world, path)
    head = path.read_bytes().splitlines(keepends=True)[0]
    path.write_bytes(gzip.compress(head + b"[8,0]\n" * 400_000))
    found = open_session(str(path))
    assert not list(found.events())
    assert "too many times its size" in found.damage


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a pipe and what is not there are refused at once."""
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("", "not a regular file"), ("pipe", "not a regular file"), ("no", "No such file")):
        with pytest.raises(RecordingError, match=said):
            open_session(str(tmp_path / name))


def test_a_damaged_line_is_named_and_the_good_part_given(world: World, tmp_path: Path) -> None:
    """What stands before a damaged line is given, and the damage says which line it is."""
    path = tmp_path / "x.hops"
    record(world, path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[100] = b"[2,5,9999,0,1]\n"
    path.write_bytes(b"".join(lines))
    found = open_session(str(path))
    events = list(found.events())
    assert events == [(0, event) for event in world.events[: len(events)]]
    assert found.damage == f"{path} line 101: there is no such probe"


def test_who_comes_and_goes_is_kept(world: World, tmp_path: Path) -> None:
    """A target that joins has the next number, and one that leaves is named; a replay has who is left."""
    path = tmp_path / "x.hops"
    recording = Recording(str(path), create(str(path)), header_of(world))
    joined = LaneAdded(Target(sanitize("b.example"), "192.0.2.7", 4), TraceSettings(), START_US + 5)
    half = len(world.events) // 2
    for event in world.events[:half]:
        recording.take(0, event)
    recording.lane(joined)
    for event in world.events:
        recording.take(1, event)
    recording.lane(LaneGone(0))
    recording.close()
    told = list(open_session(str(path)).events())
    assert told == [
        *((0, event) for event in world.events[:half]),
        joined,
        *((1, event) for event in world.events),
        LaneGone(0),
    ]
    replayed = ReplayedSession(str(path))
    replayed.start()
    assert replayed.targets == (joined.target,)
    (snapshot,) = replayed.snapshots()
    assert snapshot.target == joined.target
    assert snapshot.hops == world.paths[0].snapshot().hops


@pytest.mark.parametrize("line", ['{"e":"gone","target":1}', '{"e":"gone","target":-1}', '{"e":"lane","started_us":1}'])
def test_who_cannot_come_or_go_is_refused(world: World, tmp_path: Path, line: str) -> None:
    """A target that is not there cannot leave, and one that is not described cannot join."""
    path = tmp_path / "x.hops"
    record(world, path)
    path.write_bytes(path.read_bytes() + line.encode() + b"\n")
    found = open_session(str(path))
    assert len(list(found.events())) == len(world.events)
    assert "no such target" in found.damage or "missing" in found.damage


def test_spoiled_files_never_crash(world: World, tmp_path: Path) -> None:
    """Files spoiled at random give a path or a sentence, and no other error."""
    path = tmp_path / "x.hops"
    record(world, path)
    whole = path.read_bytes()
    source = random.Random(5)
    for _ in range(200):
        path.write_bytes(spoiled(whole, source))
        try:
            found = open_session(str(path))
        except RecordingError:
            continue
        traced = TracedPath(found.header.targets[0], found.header.settings)
        for told in found.events():
            if isinstance(told, tuple):
                traced.record(told[1])
        traced.snapshot()


def spoiled(whole: bytes, source: random.Random) -> bytes:
    """A file with a few bytes, lines or numbers changed."""
    lines = whole.splitlines(keepends=True)
    for _ in range(source.randint(1, 4)):
        at = source.randrange(len(lines))
        kind = source.randrange(5)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, source.choice(lines))
        elif kind == 2:
            byte = source.randrange(len(lines[at]))
            lines[at] = lines[at][:byte] + bytes([source.randrange(256)]) + lines[at][byte + 1 :]
        elif kind == 3:
            lines[at] = lines[at].replace(b"1", str(source.choice([-1, 0, 255, 1 << 40, 10**30])).encode(), 1)
        else:
            lines[at] = lines[at].replace(b"0", source.choice([b"null", b"[]", b"{}", b'"x"', b"1.5"]), 1)
    return b"".join(lines)


def test_lines_are_read_across_pieces(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that lie across the pieces in which a file is read come whole."""
    monkeypatch.setattr(file_bytes, "CHUNK_BYTES", 7)
    record(world, tmp_path / "x.hops")
    assert len(list(open_session(str(tmp_path / "x.hops")).events())) == len(world.events)


def test_files_are_those_of_the_caller_of_sudo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session file is read where the caller could read it, and made where the caller could make it, as theirs."""
    need_root()
    open_to_all(tmp_path)
    nobody = 65534
    for name in ("SUDO_UID", "SUDO_GID"):
        monkeypatch.setenv(name, str(nobody))
    secret = tmp_path / "secret.hopscope"
    secret.write_text("{}\n")
    secret.chmod(0o600)
    with pytest.raises(RecordingError, match=r"cannot read .*: the user who called sudo may not read it"):
        open_session(str(secret))
    with pytest.raises(RecordingError, match=r"cannot record to .*: the user who called sudo may not write there"):
        create(str(tmp_path / "new"))
    os.chown(tmp_path, nobody, nobody)
    os.close(create(str(tmp_path / "new")))
    status = (tmp_path / "new").stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (nobody, nobody, 0o600)


def test_root_records_behind_no_link_of_another(tmp_path: Path) -> None:
    """In the path of the folder neither: it could lead anywhere."""
    need_root()
    (tmp_path / "there").mkdir()
    link = tmp_path / "link"
    link.symlink_to("there")
    os.close(create(str(link / "one")))
    os.chown(link, 65534, 65534, follow_symlinks=False)
    with pytest.raises(RecordingError, match="a link of another user"):
        create(str(link / "two"))


@pytest.mark.parametrize("name", ["x.hops", "x.hops.gz"])
def test_a_file_that_grows_is_read_on(world: World, tmp_path: Path, name: str) -> None:
    """What is added to a file while it is read comes too, wherever it was cut meanwhile."""
    record(world, tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    growing = tmp_path / f"growing-{name}"
    size = len(whole) // 2
    growing.write_bytes(whole[:size])

    def more() -> bool:
        nonlocal size
        if size == len(whole):
            return False
        with growing.open("ab") as file:
            file.write(whole[size : size + 701])
        size = min(size + 701, len(whole))
        return True

    found = open_session(str(growing), more)
    assert list(found.events()) == [(0, event) for event in world.events]
    assert (found.is_whole, found.damage) == (True, "")
