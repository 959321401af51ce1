"""Traces from other places, over real programs and real kernels: ssh, namespaces, any command, old Pythons."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import lying_far
from support.need import need_tool
from support.netns import Chain, need_namespaces
from support.old_pythons import PYTHONS
from support.sshd import SshServer, sshd

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
QUICK = ("-n", "-c", "2", "-i", "0.1")
# A machine whose programs in /opt are these alone: none, or a Python.
OPT = "mount -t tmpfs none /opt; mkdir -p /opt/x/bin"


def alone(bare: Path, python: str = "") -> str:
    """A place with a folder of programs, and perhaps a Python where PATH does not lead."""
    link = f"; ln -s {python} /opt/x/bin/python3" if python else ""
    return f"exec:unshare --mount sh -c '{OPT}{link}; PATH={bare} exec \"$@\"' sh"


@pytest.fixture(scope="module")
def server(namespace_chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """An ssh server at the far end of the chain."""
    need_namespaces()
    with sshd(tmp_path_factory.mktemp("ssh"), namespace_chain.names[-1], namespace_chain.target()) as made:
        yield made


def report(path: Chain, *words: str, server: SshServer | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program at the near end of the chain."""
    return path.run([HOPSCOPE, *words], env={"PATH": server.path} if server else None)


def rows(text: str) -> list[str]:
    """The addresses of a text report's rows."""
    return re.findall(r"^ *\d+\.\|-- (\S+)", text, re.MULTILINE)


def test_over_ssh_the_path_is_the_far_hosts(namespace_chain: Chain, server: SshServer) -> None:
    """The way back from the server, with the server's name in the head, as a trace that is run there shows it."""
    home = namespace_chain.sources[4]
    done = report(namespace_chain, "--from", f"ssh:{server.address}", "-r", *QUICK, home, server=server)
    there = subprocess.run(
        namespace_chain.command([HOPSCOPE, "-r", *QUICK, home], position=len(namespace_chain.names) - 1),
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done.stdout) == rows(there.stdout) != []
    assert f"HOST: ssh:{server.address}" in done.stdout


@pytest.mark.parametrize("host", ["terminal", "jumped"])
def test_what_the_users_ssh_configuration_says_of_a_host_is_no_obstacle(
    namespace_chain: Chain, server: SshServer, host: str
) -> None:
    """A terminal and a command of its own are not asked for; a way through another host is taken."""
    done = report(namespace_chain, "--from", f"ssh:{host}", "-r", *QUICK, "127.0.0.1", server=server)
    assert (done.returncode, done.stderr, rows(done.stdout)) == (0, "", ["127.0.0.1"])


def test_several_places_side_by_side(namespace_chain: Chain, server: SshServer) -> None:
    """Each target from each place, in the order given; one that refuses is told of, and the others go on."""
    target = namespace_chain.hops[4][2]
    near, middle = "local", f"netns:{namespace_chain.names[1]}"
    places = ("--from", near, "--from", middle, "--from", "ssh:stranger")
    done = report(namespace_chain, *places, "--json-full", *QUICK, target, server=server)
    assert done.returncode == 1
    assert re.fullmatch(r"hopscope: ssh:stranger: .*Permission denied.*\n", done.stderr)
    traces = json.loads(done.stdout)
    assert [(one["source"]["vantage"], len(one["hops"])) for one in traces] == [(near, 3), (middle, 2)]
    assert [one["hops"][-1]["addresses"][0]["address"] for one in traces] == [target, target]


def test_ten_places_on_one_target(namespace_chain: Chain, server: SshServer) -> None:
    """Each has a report of its own, in the order given, and none waits for another."""
    names = [f"ssh:place{number}" for number in range(10)]
    places = [word for name in names for word in ("--from", name)]
    done = report(namespace_chain, *places, "--json-full", *QUICK, namespace_chain.sources[4], server=server)
    assert done.returncode == 0
    # All eleven processes run on this machine: where it is busy, one may have stood still.
    assert all("reached again" in line for line in done.stderr.splitlines()), done.stderr
    traces = json.loads(done.stdout)
    assert [one["source"]["vantage"] for one in traces] == names
    assert {len(one["hops"]) for one in traces} == {len(namespace_chain.hops[4])}
    assert {hop["lost"] for one in traces for hop in one["hops"]} == {0}


@pytest.fixture(scope="module")
def odd(namespace_chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """An ssh server whose hosts lack something, by name: a new Python, any, all; one of them lies."""
    need_namespaces()
    folder = tmp_path_factory.mktemp("odd")
    programs = {
        "old": {"sh": "/bin/sh", "python3": PYTHONS[min(PYTHONS)]},
        "packet": {"sh": "/bin/sh", "mtr-packet": str(shutil.which("mtr-packet", path="/usr/bin:/usr/sbin"))},
        "bare": {"sh": "/bin/sh"},
    }
    commands = {"liar": f'{sys.executable} {lying_far.__file__} floods "$SSH_ORIGINAL_COMMAND"'}
    for host, links in programs.items():
        path = folder / f"on-{host}"
        path.mkdir()
        for name, program in links.items():
            (path / name).symlink_to(program)
        inside = f'{OPT}; PATH={path} exec sh -c "$SSH_ORIGINAL_COMMAND"'
        commands[host] = f"exec unshare --mount sh -c '{inside}'"
    with sshd(folder, namespace_chain.names[-2], namespace_chain.hops[4][-2], commands) as made:
        yield made


@pytest.mark.parametrize("host", ["old", "packet"])
def test_over_ssh_what_is_there_probes(namespace_chain: Chain, odd: SshServer, host: str) -> None:
    """A host with an old Python alone, and one with mtr-packet alone; the path is theirs."""
    need_tool("mtr-packet")
    home = namespace_chain.sources[4]
    done = report(namespace_chain, "--from", f"ssh:{host}", "-r", *QUICK, home, server=odd)
    assert (done.returncode, done.stderr) == (0, "")
    assert (len(rows(done.stdout)), rows(done.stdout)[-1]) == (len(namespace_chain.hops[4]) - 1, home)


def test_over_ssh_what_is_not_there_or_lies_ends_nothing_else(namespace_chain: Chain, odd: SshServer) -> None:
    """A host without Python is named with the way out, one that floods with why it was cut off; the others go on."""
    places = [word for host in ("bare", "liar", "old") for word in ("--from", f"ssh:{host}")]
    done = report(namespace_chain, *places, "--json-full", "-n", "-c", "3", "-i", "0.5", "127.0.0.1", server=odd)
    assert "hopscope: ssh:bare: found neither there: Python 3.6 or newer, and mtr-packet; install one of the two" in (
        done.stderr.splitlines()
    )
    traces = {one["source"]["vantage"]: one for one in json.loads(done.stdout)}
    assert done.returncode == 1
    assert set(traces) == {"ssh:liar", "ssh:old"}
    assert traces["ssh:old"]["state"] == "finished"
    assert traces["ssh:old"]["hops"][0]["received"] == 3
    assert (done.stdout + done.stderr).replace("\n", "").isprintable()


def test_nothing_can_be_reached(namespace_chain: Chain, server: SshServer) -> None:
    """A line for each place, and status 1; nothing on standard output."""
    places = ("--from", "netns:nowhere", "--from", "exec:/no/such/program")
    done = report(namespace_chain, *places, "-r", *QUICK, "127.0.0.1", server=server)
    assert (done.returncode, done.stdout) == (1, "")
    first, second = sorted(done.stderr.splitlines())
    assert first.startswith("hopscope: exec:/no/such/program: cannot run /no/such/program: No such file")
    assert first.endswith("; /no/such/program is not installed")
    assert second.startswith("hopscope: netns:nowhere: ")


def test_a_link_that_is_cut_is_not_measured_and_no_loss(namespace_chain: Chain, server: SshServer) -> None:
    """The way to the server goes for some seconds: it is reached again, no probe is lost, and another place goes on."""
    with subprocess.Popen(
        namespace_chain.command(
            [HOPSCOPE, "--from", f"ssh:{server.address}", "--from", "local", "--jsonl", "-n", "-c", "40", "127.0.0.1"]
        ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": server.path},
    ) as process:
        assert process.stdout
        assert process.stderr
        events = []
        for line in process.stdout:
            events.append(json.loads(line))
            if rounds(events, 0) == 3 and events[-1]["event"] == "round" and events[-1]["target"] == 0:
                _cut(namespace_chain, "down")
                threading.Timer(9.0, _cut, (namespace_chain, "up")).start()
            if events[-1].get("state") == "restarted":
                process.terminate()
        words = process.stderr.read()
    [gap] = [one for one in events if one.get("state") == "restarted"]
    assert gap["target"] == 0
    at = events.index(gap)
    assert rounds(events[:at], 1) >= rounds(events[:at], 0) + 3  # from this host it went on meanwhile
    assert re.search(r"reached again, \d+\.\d s not measured: nothing came from there", gap["reason"]), gap
    assert gap["reason"] in words
    assert not [one for one in events if one["event"] == "lost"]
    assert events[-1]["event"] == "end"


def rounds(events: list[dict[str, object]], target: int) -> int:
    """How many rounds of a target have begun."""
    return sum(one["event"] == "round" and one["target"] == target for one in events)


def _cut(path: Chain, state: str) -> None:
    subprocess.run(path.command(["ip", "link", "set", "near", state], position=1), check=True)
    if state == "up":
        for word, via in (("default", path.hops[4][1]),):
            subprocess.run(path.command(["ip", "route", "replace", word, "via", via], position=1), check=True)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of programs that has a shell and little else."""
    for name in ("sh", "dd", "echo"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    return tmp_path


@pytest.mark.parametrize("version", sorted(PYTHONS), ids=lambda version: "{}.{}".format(*version))
def test_every_python_probes(namespace_chain: Chain, bare: Path, version: tuple[int, int]) -> None:
    """Where that one is all the Python there is, ICMP, UDP and TCP traces reach the end of the chain."""
    (bare / "python3").symlink_to(PYTHONS[version])
    for protocol in ((), ("-u",), ("-T", "-P", str(namespace_chain.open_port))):
        done = report(
            namespace_chain, "--from", f"exec:env PATH={bare}", "-r", *QUICK, *protocol, namespace_chain.target()
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert tuple(rows(done.stdout)) == namespace_chain.hops[4]


def test_a_python_where_path_does_not_lead_is_found(namespace_chain: Chain, bare: Path) -> None:
    """Of a folder in /opt."""
    place = alone(bare, PYTHONS[max(PYTHONS)])
    done = report(namespace_chain, "--from", place, "-r", *QUICK, namespace_chain.target())
    assert (done.returncode, done.stderr) == (0, "")
    assert tuple(rows(done.stdout)) == namespace_chain.hops[4]


def test_without_python_mtr_packet_probes(namespace_chain: Chain, bare: Path) -> None:
    """Where there is no Python but mtr-packet, that is what probes."""
    need_tool("mtr-packet")
    (bare / "mtr-packet").symlink_to(str(shutil.which("mtr-packet", path="/usr/bin:/usr/sbin")))
    done = report(namespace_chain, "--from", alone(bare), "-r", *QUICK, namespace_chain.target())
    assert (done.returncode, tuple(rows(done.stdout))) == (0, namespace_chain.hops[4]), done.stderr


def test_without_both_it_says_what_was_looked_for(namespace_chain: Chain, bare: Path) -> None:
    """One line, with the way out."""
    done = report(namespace_chain, "--from", alone(bare), "-r", *QUICK, "127.0.0.1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"hopscope: {alone(bare)}: found neither there: Python 3.6 or newer, and mtr-packet; install one of the two\n"
    )


def test_what_is_written_to_stderr_is_in_nobodys_way(namespace_chain: Chain) -> None:
    """More of it than a pipe holds, before the probe process runs; and its last line is the reason where none does."""
    noise = "head -c 300000 /dev/zero | tr '\\000' x >&2; echo >&2"
    done = report(
        namespace_chain,
        "--from",
        f"exec:sh -c '{noise.replace(chr(39), chr(34))}; exec \"$@\"' --",
        "-r",
        *QUICK,
        "127.0.0.1",
    )
    assert done.returncode == 0, done.stderr
    done = report(
        namespace_chain, "--from", f'exec:sh -c "{noise}; echo the reason >&2; exit 3" --', "-r", *QUICK, "127.0.0.1"
    )
    assert done.returncode == 1
    assert ": the reason; exec: takes the words" in done.stderr


@pytest.mark.parametrize(
    "script",
    [
        "yes",
        "tr '\\\\000' x </dev/zero",
        "printf '\\\\033[2J\\\\007deadbeef ready 3.11\\\\n1 feature-support support ok\\\\n'; cat >/dev/null",
        "echo 0 reply ip-4 192.0.2.1 round-trip-time 1; exit 0",
        "exec >&-; sleep 60",
        "yes >&2",
    ],
    ids=["many lines", "a line without end", "a forged handshake", "answers at once", "closed", "errors without end"],
)
def test_a_hostile_far_side_is_one_line(namespace_chain: Chain, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no probe process of ours is refused, whatever it writes, and none of it reaches the terminal."""
    monkeypatch.setattr("hopscope.app.vantage.connection.WAIT_S", 2.0)
    done = report(namespace_chain, "--from", f'exec:sh -c "{script}" --', "-r", *QUICK, "127.0.0.1")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"hopscope: exec:[^\x00-\x1f]*\n", done.stderr)
    assert "internal error" not in done.stderr
