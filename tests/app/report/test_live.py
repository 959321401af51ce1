"""Outputs that come line by line."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from hopscope.app.path.path import Path as Trace
from hopscope.app.path.privacy import Privacy
from hopscope.app.report.context import Context
from hopscope.app.report.writers.full import full_report
from hopscope.app.report.writers.jsonl import JsonLines
from hopscope.app.report.writers.raw import RawLines
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import ReportSettings, TraceSettings
from hopscope.app.trace.events import Event, ProbeAnswered, ProbeSent, RoundStarted, SettingsChanged
from hopscope.probe.wire import Label
from support import scripted_packet
from support.engines import TARGET
from support.program import ENVIRONMENT, command, run
from support.virtual import Lab, lab_world

PATH = ("192.0.2.1", "-", "198.51.100.9")
FAST = ("-n", "-i", "0.05", "-G", "0.2")


def packet(folder: Path, *path: str, after: int = 0) -> tuple[str, ...]:
    return "--packet", scripted_packet.command(folder / "measured", after, *(path or PATH))


def test_the_log_is_told_on_when_it_is_full() -> None:
    """Each entry has its line once, however many there are and however many come at a time."""
    path = Trace(TARGET, TraceSettings())
    session: Any = SimpleNamespace(
        targets=[TARGET], snapshots=lambda: (path.snapshot(),), snapshot=lambda _index: path.snapshot()
    )
    lines = JsonLines(session, Context())
    told = []
    for number in range(2500):
        path.record(SettingsChanged(number, TraceSettings(tos=number % 200 + 1)))
        if number % 7 == 0 or number == 2499:
            told += [json.loads(line) for line in lines.event(0, RoundStarted(number, 0))]
    values = [one["text"] for one in told if one["event"] == "settings"]
    assert values == [f"type of service: {number % 200 + 1}" for number in range(2500)]


def test_what_a_path_change_costs_is_told_once() -> None:
    """As soon as no later round alters it, or at the end, as the schema has it, and with what its event has in JSON."""
    file = resources.files("hopscope.app.report") / "schemas" / "events.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))
    world = lab_world(Lab("path-change"), TraceSettings())
    session: Any = SimpleNamespace(
        targets=[TARGET],
        snapshots=lambda: (world.paths[0].snapshot(),),
        snapshot=lambda _index: world.paths[0].snapshot(),
        privacy=Privacy(),
    )
    lines = JsonLines(session, Context())
    told: list[dict[str, Any]] = []
    for second in (18, 23, 30, 60, 66):
        snapshot = world.run(until_s=second)
        event = RoundStarted(snapshot.time_us, second)
        told += [{"at_s": second, **json.loads(line)} for line in lines.event(0, event)]
    told += [{"at_s": 66, **json.loads(line)} for line in lines.end()]
    costs = [one for one in told if one["event"] == "path-change-cost"]
    assert [(one["at_s"], one["round"], one["rounds_lost"], one["hops_longer"]) for one in costs] == [
        (60, 20, 0, 1),
        (66, 60, 0, -1),
    ]
    assert 14_000 < costs[0]["rise_us"] < 14_600
    assert -14_600 < costs[1]["rise_us"] < -14_000
    changes = [one for one in told if one["event"] == "path-changed"]
    assert [one["changed"] for one in costs] == [one["time"] for one in changes]
    for one in told:
        validator.validate({name: value for name, value in one.items() if name != "at_s"})
    fields = ("rounds_lost", "rise_us", "rise_from_ttl", "hops_longer")
    [report] = json.loads(full_report([world.paths[0].snapshot()], Context()))
    in_report = [one["cost"] for one in report["events"] if one["kind"] == "path-changed"]
    assert in_report == [{name: one[name] for name in fields} for one in costs]


def test_what_is_ahead_of_the_written_events_waits() -> None:
    """Where events wait to be written, entries of the log and the assessment come with those of their time."""
    path = Trace(TARGET, TraceSettings(rounds=3))
    session: Any = SimpleNamespace(
        targets=[TARGET], snapshots=lambda: (path.snapshot(),), snapshot=lambda _index: path.snapshot()
    )
    lines = JsonLines(session, Context())
    for number in range(1, 4):
        path.record(SettingsChanged(number * 100, TraceSettings(tos=number)))
    events: list[Event] = [
        RoundStarted(50, 0),
        ProbeSent(100, 0, 1, 33_000),
        ProbeSent(150, 0, 2, 33_001),
        RoundStarted(250, 1),
    ]
    told = [json.loads(line) for event in events for line in lines.event(0, event)]
    told += [json.loads(line) for line in lines.end()]
    assert [one["event"] for one in told] == [
        "round", "sent", "settings", "sent", "settings", "round", "settings", "assessment", "paths", "end",
    ]  # fmt: skip
    moments = [one["time"] for one in told]
    assert moments == sorted(moments)


def test_raw_lines() -> None:
    """Each thing that happens has its line; an address and its labels are told of once, names when they are known."""
    names = {"192.0.2.7": sanitize("seven.example")}
    lines = RawLines(Context(ReportSettings(mpls=True), name=names.get))
    answer = ProbeAnswered(5, 0, 7, 101, "ttl-expired", "192.0.2.7", 1234, (Label(24015, 0, 1, 1),))
    other = ProbeAnswered(6, 1, 7, 32_636, "ttl-expired", "192.0.2.8", 1300)
    made = [
        *lines.event(0, ProbeSent(1, 0, 6, 100)),
        *lines.event(0, ProbeSent(1, 0, 7, 101)),
        *lines.event(0, answer),
        *lines.event(0, answer),
        *lines.event(0, other),
        *lines.turn(),
    ]
    names["192.0.2.8"] = sanitize("eight.example")
    assert [*made, *lines.turn(), *lines.turn()] == [
        "x 5 33000",
        "x 6 33001",
        "h 6 192.0.2.7",
        "m 6 24015 0 1 1",
        "d 6 seven.example",
        "p 6 1234 33001",
        "p 6 1234 33001",
        "h 6 192.0.2.8",
        "p 6 1300 33000",
        "d 6 eight.example",
    ]


def test_raw_output(tmp_path: Path) -> None:
    """Ten rounds unless told otherwise, every answer with the number of its probe."""
    lines = run("-l", *FAST, *packet(tmp_path), PATH[-1]).stdout.splitlines()
    sent = [line.split()[2] for line in lines if line.startswith("x 0 ")]
    assert len(sent) == 10
    assert [line.split()[3] for line in lines if line.startswith("p 0 ")] == sent
    assert all(re.fullmatch(r"x \d+ \d+|h \d+ [\d.]+|p \d+ \d+ \d+", line) for line in lines)
    assert [line for line in lines if line.startswith("h")][:2] == ["h 0 192.0.2.1", "h 2 198.51.100.9"]


def test_split_output_ends_with_q_and_not_with_the_end_of_input(tmp_path: Path) -> None:
    """Lines of hops that answered, as their figures change; q on standard input ends them, its end does not."""
    arguments = ("-p", "-n", "-b", "-i", "0.05", *packet(tmp_path), PATH[-1])
    with subprocess.Popen(
        command(*arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        lines = [program.stdout.readline().rstrip()]
        while not lines[-1].startswith("3"):  # a busy machine may have several of the first hop before
            lines.append(program.stdout.readline().rstrip())
        program.stdin.write("q")
        program.stdin.flush()
        program.communicate(timeout=20)
    # A busy machine may have counted some rounds before it prints a line, and have a probe in flight.
    first = {re.sub(r"0 \d+ \d+ ", "0 N N ", line) for line in (lines[0], lines[-1])}
    assert first == {"1 192.0.2.1 192.0.2.1 0 N N 1 1 1", "3 198.51.100.9 198.51.100.9 0 N N 3 3 3"}
    assert program.returncode == 0
    ended = run(*arguments, "-c", "3", "-G", "0.2")
    assert ended.returncode == 0
    assert "1 192.0.2.1 192.0.2.1 0 3 3 1 1 1" in ended.stdout.splitlines()
    assert "???" not in ended.stdout


def test_split_output_of_0_96(tmp_path: Path) -> None:
    """The released 0.96 has lines for silent hops, and whole milliseconds still."""
    lines = run("-p", "-c", "1", "--layout=0.96", *FAST, *packet(tmp_path), PATH[-1]).stdout.splitlines()
    assert sorted(lines) == ["1 192.0.2.1 0 1 1 1 1 1", "2 ???", "3 198.51.100.9 0 1 1 3 3 3"]
    theirs = (Path(__file__).parents[2] / "samples" / "split-0.96.txt").read_text().splitlines()
    assert {"1 192.0.2.1 0 1 1 3 3 3", "2 ???"} <= set(theirs)


def test_newer_split_output(tmp_path: Path) -> None:
    """The layout that follows 0.96 has decimals, and lines for silent hops."""
    lines = run("-p", "-c", "1", "--layout=next", *FAST, *packet(tmp_path), PATH[-1]).stdout.splitlines()
    assert sorted(lines) == ["1 192.0.2.1 0 1 1 1.0 1.0 1.0", "2 ???", "3 198.51.100.9 0 1 1 3.0 3.0 3.0"]


@pytest.mark.parametrize("options", [(), ("--privacy", "2"), ("--privacy", "9", "-a", "127.0.0.1")])
def test_every_event_line_is_valid(tmp_path: Path, options: tuple[str, ...]) -> None:
    """Each line is a JSON object that the shipped schema knows, from the start of each target to its end."""
    file = resources.files("hopscope.app.report") / "schemas" / "events.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))
    ended = run("--jsonl", "-c", "2", *FAST, *packet(tmp_path), *options, PATH[-1], "198.51.100.10")
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    for event in events:
        validator.validate(event)
    kinds = [event["event"] for event in events]
    assert kinds[:2] == ["start", "start"]
    assert kinds[-1] == "end"
    assert {"round", "sent", "answer", "state"} <= set(kinds)
    assert {event.get("target", 0) for event in events} == {0, 1}


@pytest.mark.parametrize("output", ["-l", "-p", "--jsonl"])
def test_lines_come_at_once_and_a_reader_may_go(tmp_path: Path, output: str) -> None:
    """A line can be read while the trace goes on; when its reader goes away, the program ends without a word."""
    program = subprocess.Popen(
        command(output, "-n", "-c", "100000", "-i", "0.05", *packet(tmp_path), PATH[-1]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    assert program.stdout.readline().endswith(b"\n")
    program.stdout.close()
    assert program.wait(timeout=20) == 128 + signal.SIGPIPE
    assert program.stderr.read() == b""
    program.stderr.close()


@pytest.mark.parametrize(("output", "number"), [("-l", signal.SIGINT), ("--jsonl", signal.SIGTERM)])
def test_a_signal_ends_live_output(tmp_path: Path, output: str, number: signal.Signals) -> None:
    """What was seen is there, the last line is whole, and the exit status says which signal it was."""
    fifo = tmp_path / "measured"
    os.mkfifo(fifo)
    program = subprocess.Popen(
        command(output, "-n", "-c", "100000", "-i", "0.05", *packet(tmp_path, after=4), PATH[-1]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    fifo.open().close()
    program.send_signal(number)
    out, _ = program.communicate(timeout=20)
    assert program.returncode == 128 + number
    assert out.endswith("\n")
    if output == "--jsonl":
        assert json.loads(out.splitlines()[-1])["event"] == "end"


def test_a_reader_that_does_not_read_holds_up_nobody(tmp_path: Path) -> None:
    """With a full pipe before it the program measures on, and ends at once when it is told to."""
    fifo = tmp_path / "measured"
    os.mkfifo(fifo)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(4096))
    os.set_blocking(writing, True)
    program = subprocess.Popen(
        command("--jsonl", "-n", "-c", "100000", "-i", "0.05", *packet(tmp_path, after=40), PATH[-1]),
        stdin=subprocess.DEVNULL,
        stdout=writing,
        env=ENVIRONMENT,
    )
    fifo.open().close()
    program.terminate()
    assert program.wait(timeout=20) == 128 + signal.SIGTERM
    os.close(reading)
    os.close(writing)


def test_raw_targets_follow_each_other(tmp_path: Path) -> None:
    """Lines do not say to which target they belong, so one target follows the other, counted from the start."""
    lines = run("-l", "-c", "1", *FAST, *packet(tmp_path, "198.51.100.9"), "198.51.100.9", "198.51.100.9").stdout
    assert [line for line in lines.splitlines() if line.startswith("x 0")] == ["x 0 33000", "x 0 33000"]


def test_time_is_not_spent_waiting_for_input(tmp_path: Path) -> None:
    """With nothing to read on standard input, split output does not spin."""
    before = os.times()
    started = time.monotonic()
    run("-p", "-c", "8", "-i", "0.25", "-n", "-G", "0.2", *packet(tmp_path), PATH[-1])
    spent = os.times()
    wall_s = time.monotonic() - started
    used_s = spent.children_user + spent.children_system - before.children_user - before.children_system
    assert used_s < wall_s * 0.75
