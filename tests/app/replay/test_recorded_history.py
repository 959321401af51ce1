"""A session file on the screen: every moment is as it was, on a terminal and under the time cursor."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.recording import checkpoint
from hopscope.app.recording.header import Header
from hopscope.app.recording.recorded import Recorded
from hopscope.app.recording.writer import Recording, create
from hopscope.app.replay.cursor import TimeCursor
from hopscope.app.replay.recorded_history import RecordedHistory
from hopscope.app.sanitize import sanitize
from support.pasts import EPISODE, OFFSET_US, Kept, kept_trace
from support.tmux import Terminal

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))


@pytest.fixture(scope="module")
def episode() -> Kept:
    """Seven minutes with loss, an outage and a change."""
    return kept_trace(EPISODE, 420)


def record(kept: Kept, path: Path) -> str:
    """A session file of a trace."""
    header = Header(sanitize("here"), (kept.target,), kept.settings, kept.recorder.started_us, OFFSET_US, sanitize("0"))
    recording = Recording(str(path), create(str(path)), header)
    for event in kept.events:
        recording.take(0, event)
    recording.close()
    assert not recording.problem
    return str(path)


def test_the_cursor_over_a_file_shows_what_was(episode: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At random moments the file gives what its events up to them come to, and the marks that the trace made."""
    monkeypatch.setattr(checkpoint, "PROBES", 400)
    monkeypatch.setattr(checkpoint, "TIMES", 0)
    recorded = Recorded(record(episode, tmp_path / "x.hops.gz"))
    history = RecordedHistory(recorded)
    cursor = TimeCursor(history)
    chance = random.Random(7)
    for moment in (history.ended_us, *(chance.randint(history.began_us, history.ended_us) for _ in range(8))):
        cursor.go_to(moment)
        assert cursor.work(None)
        assert cursor.snapshots() == (episode.recomputed(moment),)
    assert [(one.entry.kind, one.told_us) for one in history.logged] == [
        (one.entry.kind, one.told_us) for one in episode.past.logged
    ]
    recorded.close()


@pytest.mark.tmux
def test_a_replay_on_a_terminal(episode: Kept, tmp_path: Path) -> None:
    """A recorded session opens at its end; a jump leads to the sentence of that moment, and it plays from there."""
    file = record(episode, tmp_path / "evening.hops")
    environment = {"TZ": "UTC", "XDG_STATE_HOME": str(tmp_path), "COLORTERM": "truecolor"}
    with Terminal([HOPSCOPE, "--replay", file], width=160, height=45, environment=environment) as terminal:
        terminal.wait_for("replay of 2026-11-22 00:00:01-00:07:00", "198.51.100.17")
        moment = episode.recorder.started_us + 150_000_000
        at = 150 + episode.recorder.started_us // 1_000_000
        shown = f"00:{at // 60:02}:{at % 60:02}"
        terminal.keys("@")
        terminal.wait_for("Go to time")
        terminal.keys(*shown, "Enter")
        sentence = verdicts(episode.recomputed(moment)).sentence
        terminal.wait_for(f"‖ {shown}", sentence)
        assert "198.51.100.17" not in terminal.screen()
        terminal.keys("}", "}", "}", "}", "}", "}", "}", "}", "Space")
        terminal.wait_for("600x", "00:07:00", "198.51.100.17")
        terminal.keys("q")
        terminal.wait_for("exit status 0")


@pytest.mark.tmux
def test_a_damaged_file_is_shown_up_to_the_damage(episode: Kept, tmp_path: Path) -> None:
    """What stands before the damage is shown; where it is stays on the terminal, and the status is 1."""
    file = Path(record(episode, tmp_path / "evening.hops"))
    lines = file.read_text().splitlines(keepends=True)
    middle = len(lines) // 2
    file.write_text("".join([*lines[:middle], "[7,oops]\n", *lines[middle:]]))
    environment = {"TZ": "UTC", "XDG_STATE_HOME": str(tmp_path)}
    with Terminal([HOPSCOPE, "--replay", str(file)], environment=environment) as terminal:
        terminal.wait_for("www.example.org", "Space Play")
        terminal.keys("q")
        terminal.wait_for(f"line {middle + 1}", "exit status 1")
