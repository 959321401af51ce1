"""Two hosts traced from each other over real kernels, and packets counted one way: which direction loses, who lies."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from importlib import resources
from typing import TYPE_CHECKING, Any, Self

import jsonschema
import pytest
from support import netns
from support.both import both, loss, nat, ruled, told
from support.netns import Chain, chain
from support.old_pythons import PYTHONS
from support.sshd import SshServer, sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.kernel
TRIES = 6


@pytest.fixture(scope="module")
def path() -> Iterator[Chain]:
    """Two hosts with three routers between them."""
    with chain(5) as made:
        yield made


@pytest.fixture(scope="module")
def server(path: Chain, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    """An ssh server at the far end."""
    with sshd(tmp_path_factory.mktemp("ssh"), path.names[-1], path.target()) as made:
        yield made


@pytest.mark.parametrize("lossy", [("forward",), ("return",), ("forward", "return")], ids="+".join)
def test_the_direction_that_loses_is_named(path: Chain, server: SshServer, lossy: tuple[str, ...]) -> None:
    """A fifth of the packets of one direction, or of both, at the router in the middle."""
    with ruled(path, *(loss(one, 20) for one in lossy)):
        found = told(path, server=server)
    answer, count = found["both_directions"], found["one_way"]
    assert answer["direction"] == (lossy[0] if len(lossy) == 1 else "both"), (answer, count)
    for name in ("forward", "return"):
        assert count[name]["sent"] >= 100
        if name not in lossy:
            assert count[name]["lost"] == 0
    if len(lossy) == 1:
        assert f"lost on the {lossy[0]} path" in answer["answer"]
        place = answer["place"]  # the third hop from either end is the first beyond the lossy router
        assert place is None or place["first_ttl"] < 3 <= place["last_ttl"], answer


@pytest.mark.parametrize("blocked", ["forward", "return"])
def test_a_blocked_count_names_no_direction(path: Chain, server: SshServer, blocked: str) -> None:
    """Probes are lost one way, and the packets of the count do not come through: the direction stays unknown."""
    with ruled(
        path, f'oifname "{"near" if blocked == "forward" else "far"}" meta l4proto udp drop', loss("return", 20)
    ):
        found = told(path, server=server)
    answer = found["both_directions"]
    assert (answer["direction"], answer["rule"]) == (None, "one-way-blocked"), answer
    assert f"do not come through on the {blocked} path" in answer["answer"]


def test_behind_nat(path: Chain, server: SshServer) -> None:
    """The near end sends first, and the other learns the port; loss on the return path is named as without NAT."""
    with nat(path), ruled(path, loss("return", 20)):
        found = told(path, server=server)
    count, answer = found["one_way"], found["both_directions"]
    assert count["forward"]["sent"] >= 100
    assert count["forward"]["lost"] == 0
    assert count["return"]["sent"] >= 80
    assert answer["direction"] == "return", (count, answer)


def test_without_loss_text_says_so(path: Chain) -> None:
    """Two tables and the figures; a namespace is reached as well as a host, and says its own address."""
    done = both(path, "-r", rounds=10)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("HOST: ") == 2
    assert f"  4.|-- {path.target()} " in done.stdout
    assert f"  4.|-- {path.sources[4]} " in done.stdout
    assert done.stdout.splitlines()[-1].startswith("One-way count: forward 0 of ")


def test_event_lines(path: Chain) -> None:
    """Each line is one of the shipped schema; rounds of the count come with the forward trace."""
    done = both(path, "--jsonl", rounds=15)
    assert (done.returncode, done.stderr) == (0, "")
    file = resources.files("hopscope.app.report") / "schemas" / "events.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))
    events = [json.loads(line) for line in done.stdout.splitlines()]
    for event in events:
        validator.validate(event)
    counted = [one for one in events if one["event"] == "one-way"]
    assert {one["target"] for one in counted} == {0}
    assert sum(one["forward"]["arrived"] for one in counted) >= 30
    assert events[-1]["event"] == "both-directions"


def test_ipv6(path: Chain) -> None:
    """The same over IPv6."""
    found = told(path, "--return-address", path.sources[6], rounds=15)
    assert (found["target"]["address"], found["one_way"]["forward"]["lost"]) == (path.target(6), 0)
    assert found["one_way"]["return"]["arrived"] >= 30


def test_by_way_of_another_host_the_user_names_the_address(path: Chain, server: SshServer) -> None:
    """One line with the way out; with the address named it works, and what is traced is said."""
    done = both(path, "-r", where="ssh:jumped", server=server)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "hopscope: ssh:jumped: reached by way of another host, it cannot tell this one's address;"
        " --return-address ADDRESS names it\n"
    )
    done = both(
        path, "-r", "--return-address", path.sources[4], path.target(), where="ssh:jumped", server=server, rounds=5
    )
    assert (done.returncode, done.stdout.count("HOST: ")) == (0, 2)


def test_a_host_that_cannot_be_reached_ends_it(path: Chain, server: SshServer) -> None:
    """One line, and nothing is traced."""
    done = both(path, "-r", where="ssh:stranger", server=server)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Permission denied" in done.stderr


@pytest.mark.parametrize(
    "version", sorted(PYTHONS)[:: max(len(PYTHONS) - 1, 1)], ids=lambda version: "{}.{}".format(*version)
)
def test_every_python_counts(path: Chain, tmp_path: Path, version: tuple[int, int]) -> None:
    """The oldest and the newest, where that one is all the Python there is at the far end."""
    for name in ("sh", "dd", "echo"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    (tmp_path / "python3").symlink_to(PYTHONS[version])
    where = f"exec:ip netns exec {path.names[-1]} env PATH={tmp_path}"
    found = told(path, where=where, rounds=8)
    assert found["one_way"]["forward"]["arrived"] >= 20, found["one_way"]
    assert found["one_way"]["return"]["arrived"] >= 20


def test_captured_and_forged_packets_change_nothing(path: Chain) -> None:
    """A router repeats and changes every third of the packets that it sees: no figure is other for it."""
    for _ in range(TRIES):  # rounds in which a busy machine held the count up are left out of it
        with Hostile(path, every=3, noise=0) as hostile:
            found = told(path, rounds=40)
        assert_nothing_lost(found)
        if hostile.repeated > 20 and min(found["one_way"][name]["sent"] for name in ("forward", "return")) >= 60:
            break
    assert hostile.repeated > 20
    for name in ("forward", "return"):
        assert found["one_way"][name]["sent"] >= 60, (found["one_way"], hostile.repeated)


def test_a_flood_is_no_loss(path: Chain) -> None:
    """A router that does so with every packet floods both ends: what is counted meanwhile is void, and said to be."""
    with Hostile(path, every=1, noise=5) as hostile:
        found = told(path, rounds=40)
    assert_nothing_lost(found)
    assert hostile.repeated > 50
    for name in ("forward", "return"):
        assert found["one_way"][name]["foreign"] > 50, (found["one_way"], hostile.repeated)


def assert_nothing_lost(found: dict[str, Any]) -> None:
    """All that counts as sent has arrived in time, and no direction is named."""
    for name in ("forward", "return"):
        count = found["one_way"][name]
        assert count["arrived"] == count["sent"], count
        assert count["late"] == 0
    assert found["both_directions"]["direction"] is None


class Hostile:
    """A router of the chain that sees the packets, and sends more of them in the names of both ends.

    Of ``every``-th packet it sends the same again, one with another number, one with another code, one back to its
    sender, and ``noise`` that nobody has sent.
    """

    def __init__(self, path: Chain, *, every: int, noise: int) -> None:
        self._path = path
        self._arguments = [str(every), str(noise)]
        self.repeated = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            netns.command(self._path.names[2], ["python3", "-c", HOSTILE, *self._arguments]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_raised: object) -> None:
        self.repeated = int(self._process.communicate("end\n")[0])


HOSTILE = """
import os, select, socket, sys
seen = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
print("ready", flush=True)
every, noise = map(int, sys.argv[1:])
passed = repeated = 0
while True:
    ready, _, _ = select.select([seen, sys.stdin], [], [])
    if sys.stdin in ready:
        break
    data, where = seen.recvfrom(2000)
    if where[2] == socket.PACKET_OUTGOING or len(data) != 48 or data[9] != 17:
        continue
    passed += 1
    if passed % every:
        continue
    head, udp, payload = data[:20], data[20:28], data[28:]
    udp = udp[:6] + bytes(2)  # no checksum
    number = int.from_bytes(payload[:4], "big")
    back = head[:12] + head[16:20] + head[12:16]
    for whole in (
        head + udp + payload,
        head + udp + (number + 1).to_bytes(4, "big") + payload[4:],
        head + udp + payload[:-1] + bytes((payload[-1] ^ 1,)),
        back + udp[2:4] + udp[:2] + udp[4:] + payload,
        *[head + udp + os.urandom(20) for _ in range(noise)],
    ):
        raw.sendto(whole, (socket.inet_ntoa(whole[16:20]), 0))
    repeated += 1
print(repeated)
"""


def test_a_stranger_gets_no_answer(path: Chain) -> None:
    """Whoever is not the other end hears nothing of what it sends to the ports of the count."""
    heard = []

    def strange() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.setblocking(False)
            for port in range(32768, 61000, 7):
                stranger.sendto(b"x" * 20, (path.target(), port))
                try:
                    heard.append(stranger.recv(100))
                except OSError:
                    continue

    running = subprocess.Popen(
        path.command([*_command(path), "--json-full"]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    netns.inside(path.names[1], strange)
    output, errors = running.communicate()
    assert running.returncode == 0, errors
    assert output.startswith("[")
    assert heard == []


def _command(path: Chain) -> list[str]:
    from support.both import HOPSCOPE

    return [HOPSCOPE, "--both", f"netns:{path.names[-1]}", "-n", "-c", "20", "-i", "0.2"]
