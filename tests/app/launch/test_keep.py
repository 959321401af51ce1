"""Sessions of the screen are kept where nobody would be surprised by it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.clock import monotonic_us
from hopscope.app.launch import keep as keep_module
from hopscope.app.launch.keep import is_kept, keep
from hopscope.app.launch.pending import Pending
from hopscope.app.launch.recordings import Recordings
from hopscope.app.launch.sessions import list_sessions
from hopscope.app.options.model import read_options
from hopscope.app.recording.kept import KeptFolder, folder_of
from hopscope.app.recording.reader import open_session
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import KeepLimits, Target, TraceSettings
from hopscope.app.trace import events as happened

if TYPE_CHECKING:
    from hopscope.app.options.model import Options

START_US = 1_000_000


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input and output are a terminal, and the rights are the user's own."""
    monkeypatch.setattr(os, "isatty", lambda _file: True)
    monkeypatch.setattr(keep_module, "is_raised", lambda _environ: False)


def screen(*arguments: str) -> Options:
    """Options as of the screen."""
    return replace(read_options([*arguments, "192.0.2.1"], {}), output="screen")


def test_sessions_of_a_terminal_are_kept_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a report, nor mtr's name, a demo, a recording that was asked for, nor --no-keep."""
    assert is_kept("hopscope", screen(), {})
    assert not is_kept("mtr", screen(), {})
    assert not is_kept("hopscope", screen("--no-keep"), {})
    assert not is_kept("hopscope", screen("--record", "x"), {})
    assert not is_kept("hopscope", replace(screen(), demo=""), {})
    assert not is_kept("hopscope", replace(screen(), output="report"), {})
    monkeypatch.setattr(os, "isatty", lambda file: file == 0)
    assert not is_kept("hopscope", screen(), {})


def test_with_raised_rights_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under sudo and its like, and with rights of the program file, no session is kept."""
    monkeypatch.undo()
    monkeypatch.setattr(os, "isatty", lambda _file: True)
    assert not is_kept("hopscope", screen(), {"SUDO_UID": "1000"})
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    assert not is_kept("hopscope", screen(), {})


def test_limits_are_those_of_the_options() -> None:
    """How much is kept is an option, and off by another; the later one wins."""
    assert read_options(["192.0.2.1"], {}).keep == KeepLimits(7, 200_000_000)
    assert read_options(["--keep", "30d,1G", "192.0.2.1"], {}).keep == KeepLimits(30, 1_000_000_000)
    assert read_options(["--no-keep", "--keep", "1d,1M", "192.0.2.1"], {}).keep == KeepLimits(1, 1_000_000)
    assert read_options(["--keep", "1d,1M", "--no-keep", "192.0.2.1"], {}).keep is None


@pytest.mark.parametrize("text", ["7", "7d", "d,1M", "7,1M", "0d,1M", "7d,", "99999d,1M", "7d,1X"])
def test_limits_that_are_none_are_refused(text: str) -> None:
    """Days and bytes are both needed."""
    with pytest.raises(Exception, match=r"days and bytes|number of bytes"):
        read_options(["--keep", text, "192.0.2.1"], {})


def test_the_first_session_says_that_it_is_kept(tmp_path: Path) -> None:
    """Where the folder is new, the user is told where it is and how to have it otherwise; later no more."""
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    first = keep("hopscope", screen(), "a.example", environ)
    assert f"in {folder_of(environ)} (--no-keep: not)" in first.note
    assert "7 days, 200 MB" in first.note
    assert Path(first.path).exists()
    second = keep("hopscope", screen(), "b.example", environ)
    assert (second.note, bool(second.path)) == ("", True)
    os.close(first.file)
    os.close(second.file)


def test_a_folder_that_cannot_be_written_is_a_note(tmp_path: Path) -> None:
    """A session that cannot be kept is traced all the same, and one sentence says so."""
    (tmp_path / "hopscope").write_text("in the way")
    kept = keep("hopscope", screen(), "a.example", {"XDG_STATE_HOME": str(tmp_path)})
    assert not kept.path
    assert "not kept" in kept.note
    assert "--no-keep silences this" in kept.note


class Traced:
    """What is asked of a session that is recorded."""

    def __init__(self) -> None:
        self.targets = (Target(sanitize("a.example"), "192.0.2.9", 4),)
        self.settings = TraceSettings()
        self.clock = START_US, 5_000
        self.indices = (0,)
        self.ever = 1
        self.taps: list[Any] = []

    def tap(self, tap: Any) -> None:
        """Take one more."""
        self.taps.append(tap)

    def untap(self, tap: Any) -> None:
        """Let one go."""
        self.taps.remove(tap)

    def tell(self, *told: happened.Event) -> None:
        """Tell all of them."""
        for event in told:
            for tap in self.taps:
                tap.take(0, event)


class Privacy:
    """Nothing is hidden."""

    def target(self, target: Target) -> Target:
        """As it is."""
        return target

    def local_host(self, host: str) -> str:
        """As it is."""
        return host


class Directory:
    """Nothing is known."""

    privacy = Privacy()
    version = 0

    def name(self, _address: str) -> None:
        """No name."""
        return

    def known_origin(self, _address: str) -> None:
        """No network."""
        return


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Recordings, Traced]:
    """Those of a session, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    session: Any = Traced()
    directory: Any = Directory()
    return Recordings(session, None, None, sanitize("here"), directory), session


def test_a_recording_begins_and_ends_by_key(recordings: tuple[Recordings, Traced], tmp_path: Path) -> None:
    """It has what happened between, from the next round on, as if it had begun then."""
    made, session = recordings
    now_us = monotonic_us() + 60_000_000  # after the key
    session.tell(happened.RoundStarted(now_us, 0), happened.ProbeSent(now_us, 0, 1, 0))
    assert made.switch().startswith("Recording to hopscope-")
    going = made.going
    assert going is not None
    assert going.name.endswith("-a.example.hops.gz")
    session.tell(
        happened.ProbeAnswered(now_us, 0, 1, 0, "reply", "192.0.2.9", 9),
        happened.RoundStarted(now_us + 5, 1),
        happened.ProbeSent(now_us + 6, 1, 1, 1),
        happened.ProbeAnswered(now_us + 7, 1, 1, 1, "reply", "192.0.2.9", 1),
    )
    said = made.switch()
    (path,) = tmp_path.iterdir()
    assert said == f"Recording ended: {path.name}, {path.stat().st_size} B"
    assert (made.going, session.taps) == (None, [])
    found = open_session(str(path))
    assert [told[1] for told in found.events() if isinstance(told, tuple)] == [
        happened.StateChanged(now_us + 5, "running"),
        happened.RoundStarted(now_us + 5, 0),
        happened.ProbeSent(now_us + 6, 0, 1, 1),
        happened.ProbeAnswered(now_us + 7, 0, 1, 1, "reply", "192.0.2.9", 1),
    ]
    assert (found.is_whole, found.damage) == (True, "")


def test_where_it_cannot_be_made_it_is_said(recordings: tuple[Recordings, Traced], tmp_path: Path) -> None:
    """A folder that is gone is a sentence, and nothing is recorded."""
    made, _ = recordings
    tmp_path.rmdir()
    assert made.switch().startswith("Not recorded: cannot record to hopscope-")
    assert not made.going


def test_a_problem_is_told_once(recordings: tuple[Recordings, Traced], monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk ends the recording; the sentence comes once, and the key begins another one."""
    made, session = recordings
    made.switch()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    session.tell(happened.RoundStarted(monotonic_us() + 60_000_000, 0))
    assert made._asked is not None
    made._asked.end()
    monkeypatch.undo()
    told = made.problem()
    assert "has ended: No space left on device" in told
    assert told[0] == "T"
    assert (made.problem(), made.going) == ("", None)


def test_what_came_before_the_recorder_is_not_lost() -> None:
    """What is told before somebody takes it is handed over first, in its order."""
    taken: list[object] = []

    class Taker:
        def take(self, index: int, event: object) -> None:
            taken.append((index, event))

        def added(self, target: object, _settings: object, _started_us: int) -> None:
            taken.append(target)

        def removed(self, index: int) -> None:
            taken.append(index)

    pending = Pending()
    rounds = [happened.RoundStarted(1, number) for number in range(3)]
    pending.take(0, rounds[0])
    pending.removed(4)
    pending.take(0, rounds[1])
    pending.give_to(Taker())
    pending.take(0, rounds[2])
    assert taken == [(0, rounds[0]), 4, (0, rounds[1]), (0, rounds[2])]


def judged(folder: str, name: str, *sentences: tuple[int, str, str]) -> None:
    """A kept session in which this was thought."""
    from hopscope.app.recording.event_lines import Judged
    from hopscope.app.recording.header import Header
    from hopscope.app.recording.writer import Recording

    kept = KeptFolder(folder, make=True)
    header = Header(sanitize("here"), Traced().targets, TraceSettings(), START_US, 5_000, sanitize("0"))
    recording = Recording(f"{folder}/{name}.hops.gz", kept.create(name), header)
    for time_us, severity, sentence in sentences:
        recording.judged(Judged(time_us, "a.example", severity, sentence))
    recording.close()
    kept.close()


def test_sessions_are_listed_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its name, target, time, length and size, and the worst that was thought; and all are removed."""
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    assert list_sessions(environ, clean=False) == 0
    assert capsys.readouterr().out == "No sessions are kept.\n"
    name = "2026-11-28T20-04-15-a.example"
    judged(
        folder_of(environ),
        name,
        (START_US, "fine", "All well."),
        (START_US + 1, "warning", "Loss on the path."),
        (START_US + 2, "fault", "Down."),
        (START_US + 3, "fault", "Down still."),
        (START_US + 4, "fine", "Well again."),
    )
    (tmp_path / "hopscope/sessions/2026-11-29T20-04-15-b.hops.gz").write_text("spoiled")
    assert list_sessions(environ, clean=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"2 sessions in {folder_of(environ)}, ")
    assert lines[2].startswith(f"{name}  a.example  1970-01-01 ")
    assert lines[3] == "    Down still."
    assert "cannot be read: " in lines[5]
    assert list_sessions(environ, clean=True) == 0
    assert capsys.readouterr().out == f"2 sessions removed from {folder_of(environ)}.\n"
    assert not list((tmp_path / "hopscope/sessions").iterdir())


def test_what_was_thought_is_safe_to_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file may come from anyone: what it says was thought has no control characters left."""
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    judged(folder_of(environ), "2026-11-28T20-04-15-a", (START_US, "fault", "x\x1b[2Jy\r\nz"))
    list_sessions(environ, clean=False)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "x?[2Jy??z" in out
    assert json.dumps(out)
