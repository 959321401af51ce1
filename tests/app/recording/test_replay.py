"""Sessions that were recorded, reported again: the program from end to end, on simulated networks."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
ENVIRONMENT = {**os.environ, "TZ": "UTC"}


def hopscope(*arguments: str, status: int = 0, prints: bool = False) -> str:
    """What the program prints; with an error's status what it says, but with ``prints``."""
    done = subprocess.run(
        [HOPSCOPE, *arguments], capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=False
    )
    assert done.returncode == status, done.stderr
    return done.stdout if not status or prints else done.stderr


@pytest.mark.parametrize(
    "output",
    [
        ["-r", "--explain"],
        ["-w", "-b", "-z", "-o", "LSDRNABWVGJMXI"],
        ["-j"],
        ["-x"],
        ["-C"],
        ["--json-full"],
        ["--markdown"],
        ["--dot"],
    ],
    ids=" ".join,
)
def test_a_report_comes_out_as_it_did(output: list[str], tmp_path: Path) -> None:
    """A report of a session file is the report that the session printed, byte by byte."""
    file = str(tmp_path / "x.hops.gz")
    live = hopscope("--demo", "path-change", "-c", "8", "-i", "0.1", *output, "--record", file)
    assert hopscope("--replay", file, *output) == live


@pytest.mark.parametrize("output", [["--raw"], ["--jsonl"]], ids=" ".join)
def test_live_lines_come_out_too(output: list[str], tmp_path: Path) -> None:
    """The lines of an output that is written while a trace runs are those of the session, and names come later."""
    file = str(tmp_path / "x.hops")
    live = hopscope("--demo", "balanced", "-c", "6", "-i", "0.1", *output, "--record", file)
    assert sorted(hopscope("--replay", file, *output).splitlines()) == sorted(live.splitlines())


def test_what_this_host_carried_comes_out_too(tmp_path: Path) -> None:
    """A session with readings of this host's own traffic, and with alerts, is reported again as it was."""
    file = str(tmp_path / "x.hops")
    arguments = ("--demo", "bufferbloat", "-c", "24", "-i", "0.1", "--alert", "rtt > 1ms over 20")
    live = hopscope(*arguments, "-r", "--explain", "--record", file, status=4, prints=True)
    assert '"e":"traffic"' in Path(file).read_text(encoding="utf-8")
    assert hopscope("--replay", file, "-r", "--explain") == live
    lines = [json.loads(line) for line in hopscope("--replay", file, "--jsonl").splitlines()]
    assert [line["state"] for line in lines if line["event"] == "alert"] == ["raised"]


def test_privacy_keeps_out_of_the_file_what_it_hides(tmp_path: Path) -> None:
    """Neither the hidden hops nor this host's name are in the file."""
    file = tmp_path / "x.hops"
    hopscope("--demo", "steady", "-r", "-c", "3", "-i", "0.1", "--privacy", "2", "--record", str(file))
    text = file.read_text()
    assert "203.0.113.1" in text
    assert not any(secret in text for secret in ("192.168.1.1", '198.51.100.1"', os.uname().nodename + '"'))


def test_privacy_hides_at_replay(tmp_path: Path) -> None:
    """A whole recording can be reported without its first hops."""
    file = str(tmp_path / "x.hops")
    hopscope("--demo", "steady", "-r", "-c", "3", "-i", "0.1", "--record", file)
    assert "192.168.1.1" in hopscope("--replay", file, "-j", "-n")
    assert "192.168.1.1" not in hopscope("--replay", file, "-j", "-n", "--privacy", "2")


def test_a_part_counts_its_own_rounds(tmp_path: Path) -> None:
    """Of a part of a session only the rounds that began within it are reported."""
    file = str(tmp_path / "x.hops")
    hopscope("--demo", "steady", "-r", "-c", "30", "-i", "0.1", "--record", file)
    whole = json.loads(hopscope("--replay", file, "--json-full"))
    part = json.loads(hopscope("--replay", file, "--json-full", "--between", "-1s/"))
    first, second = (one[0]["hops"][0]["sent"] for one in (whole, part))
    assert first == 30
    assert 0 < second < 30
    assert hopscope("--replay", file, "--json-full", "--between", "/").count("ttl") == json.dumps(whole).count("ttl")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--replay", "FILE", "host"], "it traces nothing, so host is one too many"),
        (["--replay", "FILE", "-c", "5"], "so -c/--report-cycles can do nothing"),
        (["--replay", "FILE", "-u"], "so -u/--udp can do nothing"),
        (["--replay", "/nonexistent"], "cannot read /nonexistent: No such file or directory"),
        (["--replay", "FILE", "--between", "x"], "option --between: expected two times joined by '/'"),
        (["--replay", "FILE", "--between", "2020-01-01T00:00Z/2020-01-02T00:00Z"], "nothing was recorded then"),
        (["--between", "/", "host"], "use it with --replay"),
        (["--record-limit", "5M", "host"], "use it with --record"),
        (["--demo", "--record", "FILE", "--record-limit", "5X"], "a number of bytes, such as 500K"),
        (["--demo", "-r", "--record", "FILE"], "exists already; a recording never replaces a file"),
        (["--demo", "-r", "--record", "/nonexistent/x"], "cannot record to /nonexistent/x: No such file"),
        (["--demo", "-r", "--serial", "--record", "y"], "options --record and --serial exclude each other"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    """What cannot be recorded or replayed is one line that says what is wrong."""
    file = tmp_path / "x.hops"
    hopscope("--demo", "-r", "-c", "1", "-i", "0.1", "--record", str(file))
    error = hopscope(*(str(file) if one == "FILE" else one for one in arguments), status=1)
    assert said in error
    assert error.count("\n") == 1


def test_a_damaged_file_is_reported_so_far(tmp_path: Path) -> None:
    """The good part is printed, the damage is named with its line, and the status is 1."""
    file = tmp_path / "x.hops"
    hopscope("--demo", "-r", "-c", "3", "-i", "0.1", "--record", str(file))
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:60], "[3,1,9999]", *lines[60:]]))
    done = subprocess.run([HOPSCOPE, "--replay", str(file), "-r", "-n"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "192.168.1.1" in done.stdout
    assert f"{file} line 61: there is no such probe; what stands before that is shown" in done.stderr


def test_a_file_without_a_round_says_so(tmp_path: Path) -> None:
    """Of a session that ended before its first round there is no empty table, but a line that says why."""
    whole, file = tmp_path / "x.hops", tmp_path / "y.hops"
    hopscope("--demo", "steady", "-c", "2", "-i", "0.1", "-r", "--record", str(whole))
    file.write_bytes(whole.read_bytes().splitlines(keepends=True)[0])
    assert hopscope("--replay", str(file), "-r", status=1) == f"hopscope: {file}: it holds no round\n"


def test_a_picture_names_the_host_that_measured(tmp_path: Path) -> None:
    """The screen in a page of a session file is that of the host that recorded it."""
    whole, file = tmp_path / "x.hops", tmp_path / "y.hops"
    hopscope("--demo", "steady", "-c", "2", "-i", "0.1", "-r", "--record", str(whole))
    header, *rest = whole.read_text().splitlines(keepends=True)
    file.write_text("".join([json.dumps({**json.loads(header), "host": "elsewhere.example"}) + "\n", *rest]))
    page = hopscope("--replay", str(file), "--html")
    (found,) = re.findall(r"svg\+xml;base64,([^\"]*)", page)
    assert ">elsewhere&#160;→" in b64decode(found).decode()


def test_what_a_killed_session_wrote_is_reported(tmp_path: Path) -> None:
    """A session that was killed leaves a file that is reported, with a word on standard error."""
    file = tmp_path / "x.hops"
    trace = subprocess.Popen(
        [HOPSCOPE, "--demo", "-r", "-c", "1000", "-i", "0.1", "--record", str(file)], stdout=subprocess.DEVNULL
    )
    try:
        while not file.exists() or file.read_bytes().count(b"\n") < 100:
            assert trace.poll() is None
            signal.sigtimedwait([], 0.05)
    finally:
        trace.kill()
        trace.wait()
    done = subprocess.run([HOPSCOPE, "--replay", str(file), "-r", "-n"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "192.168.1.1" in done.stdout
    assert "was not ended in order" in done.stderr


def test_a_signal_ends_the_recording_in_order(tmp_path: Path) -> None:
    """A session that a signal ends reports what it has, and its file is whole and says the same."""
    file = tmp_path / "x.hops"
    trace = subprocess.Popen(
        [HOPSCOPE, "--demo", "-r", "-c", "1000", "-i", "0.1", "--record", str(file)],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    while not file.exists() or file.read_bytes().count(b"\n") < 2:
        assert trace.poll() is None
        signal.sigtimedwait([], 0.05)
    trace.send_signal(signal.SIGINT)
    live, _ = trace.communicate()
    assert trace.returncode == 130
    done = subprocess.run(
        [HOPSCOPE, "--replay", str(file), "-r"], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    assert (done.stdout, done.stderr) == (live, "")


def test_a_part_becomes_a_file_of_its_own(tmp_path: Path) -> None:
    """What is reported of a part of a session is reported of the file that the part was written to."""
    file, part = str(tmp_path / "x.hops.gz"), str(tmp_path / "part.hops.gz")
    hopscope("--demo", "path-change", "-r", "-c", "12", "-i", "0.1", "--record", file)
    said = hopscope("--replay", file, "--between", "/-500000000s", "--record", part, status=1)
    assert "nothing was recorded then" in said or "before the first" in said
    assert not Path(part).exists()
    assert hopscope("--replay", file, "--between", "-1s/", "--record", part) == ""
    for output in ("-r", "-j", "--json-full"):
        assert hopscope("--replay", part, output) == hopscope("--replay", file, "--between", "-1s/", output)
    assert "exists already" in hopscope("--replay", file, "--record", part, status=1)
    whole = str(tmp_path / "whole.hops")
    hopscope("--replay", file, "--record", whole)
    assert hopscope("--replay", whole, "--json-full") == hopscope("--replay", file, "--json-full")


def test_a_part_can_hide_the_first_hops(tmp_path: Path) -> None:
    """With --privacy the file that is written has neither the hidden hops nor the host's name."""
    file, part = str(tmp_path / "x.hops"), tmp_path / "part.hops"
    hopscope("--demo", "steady", "-r", "-c", "3", "-i", "0.1", "--record", file)
    assert "192.168.1.1" in Path(file).read_text(encoding="utf-8") or "gateway" in Path(file).read_text()
    hopscope("--replay", file, "--privacy", "2", "--record", str(part))
    hidden = hopscope("--replay", file, "--privacy", "2", "-r")
    assert hopscope("--replay", str(part), "-r") == hidden


def test_a_whole_file_is_followed_to_its_end(tmp_path: Path) -> None:
    """A recording that has ended is not waited for: its lines are those that were written."""
    file = str(tmp_path / "x.hops.gz")
    live = hopscope("--demo", "steady", "-n", "-c", "4", "-i", "0.1", "--jsonl", "--record", file)
    assert sorted(hopscope("--replay", file, "--follow", "--jsonl").splitlines()) == sorted(live.splitlines())


def test_following_ends_with_an_interrupt(tmp_path: Path) -> None:
    """A file that nobody ends is followed until Ctrl-C."""
    file = tmp_path / "x.hops"
    hopscope("--demo", "steady", "-n", "-r", "-c", "3", "-i", "0.1", "--record", str(file))
    file.write_bytes(file.read_bytes().replace(b'{"e":"end"}\n', b""))
    with subprocess.Popen(
        [HOPSCOPE, "--replay", str(file), "--follow", "--jsonl"], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as following:
        assert following.stdout is not None
        following.stdout.readline()
        following.send_signal(signal.SIGINT)
        assert following.wait(60) == 128 + signal.SIGINT


def test_the_screen_does_not_follow() -> None:
    """Without an output that can, following is refused with what can."""
    assert "--jsonl or --raw" in hopscope("--replay", "x", "--follow", status=1)
