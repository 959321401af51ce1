"""What a vantage point is asked beside probes, at the probe process's own standard streams."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hopscope.probe.launch import command
from hopscope.probe.process import SILENCE_MAX_US, Loop
from hopscope.probe.resolver import NAME_MAX_BYTES
from support import netns

if TYPE_CHECKING:
    from collections.abc import Iterator

Answers = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def alone() -> Iterator[str]:
    """A network namespace without any name server, or empty where none can be made."""
    with netns.namespaces(1, {}) as names:
        yield names[0]


def ask(namespace: str, *lines: str) -> Answers:
    """The answers by token: the word under ``word``, and pairs by name, of the last of equal names."""
    words = [*command(), "--vantage"]
    text = "".join(f"{token} {line}\n" for token, line in enumerate(lines, 1))
    process = subprocess.Popen(
        netns.command(namespace, words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(text)
        process.stdin.flush()
        found: Answers = {}
        while len(found) < len(lines):
            token, word, *pairs = process.stdout.readline().split()
            found[token] = {"word": word, **dict(zip(pairs[::2], pairs[1::2], strict=True))}
        process.stdin.close()
    return found


@pytest.mark.kernel
def test_names_are_resolved_there(alone: str) -> None:
    """The system's own resolver answers; a name that it does not know, or that is none, is said to be so."""
    found = ask(
        alone,
        "resolve name localhost",
        "resolve name 192.0.2.7",
        "resolve name 2001:db8::7",
        f"resolve name {'a' * (NAME_MAX_BYTES + 1)}",
        "resolve",
    )
    assert found["1"]["word"] == "resolved"
    assert found["1"].get("ip-4", "127.0.0.1") == "127.0.0.1"
    assert found["2"] == {"word": "resolved", "ip-4": "192.0.2.7"}
    assert found["3"] == {"word": "resolved", "ip-6": "2001:db8::7"}
    assert found["4"] == found["5"] == {"word": "not-resolved", "reason": "failed"}


@pytest.mark.kernel
def test_the_host_is_described(alone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name, and towards an address the source, the interface and what that has carried; nothing made up."""
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    found = ask(alone, "host", "host ip-4 127.0.0.1", "host ip-6 ::1", "host ip-4 192.0.2.1", "host ip-4 nonsense")
    nowhere = {"word": "host", "name": socket.gethostname(), "discards-sizes": "0"}
    for token in ("2", "3"):
        carried = found[token].pop("carried")
        assert carried.isdecimal()
    assert found["2"] == {**nowhere, "source": "127.0.0.1", "interface": "lo"}
    assert found["3"] == {**nowhere, "source": "::1", "interface": "lo"}
    assert found["1"] == found["4"] == found["5"] == nowhere


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("connection", "told"),
    [
        ("192.0.2.1 5000 203.0.113.8 22", "192.0.2.1,5000,203.0.113.8,22"),
        ("fe80::1%eth0 5000 fe80::2%eth0 22", "fe80::1%eth0,5000,fe80::2%eth0,22"),
        ("a\x1b[2J 1 b 2", None),
        ("", None),
    ],
)
def test_the_connection_of_ssh_is_told(
    alone: str, monkeypatch: pytest.MonkeyPatch, connection: str, told: str | None
) -> None:
    """Where ssh led here: both ends as this host sees them, in letters that print."""
    monkeypatch.setenv("SSH_CONNECTION", connection)
    [found] = ask(alone, "host").values()
    assert found.get("ssh") == told


@pytest.mark.kernel
def test_its_clocks_can_be_read(alone: str) -> None:
    """The steady and the real-time clock, in microseconds."""
    before_us = time.time_ns() // 1000
    [found] = ask(alone, "clock").values()
    assert before_us <= int(found["real"]) <= time.time_ns() // 1000
    assert int(found["monotonic"]) > 0


def test_who_does_not_say_so_serves_none_of_it() -> None:
    """Without --vantage these commands are unknown, as in mtr-packet."""
    text = b"1 resolve name localhost\n2 host\n3 clock\n4 check-support feature resolve\n"
    done = subprocess.run(command(), input=text, capture_output=True, check=True)
    assert done.stdout.splitlines() == [
        b"1 unknown-command",
        b"2 unknown-command",
        b"3 unknown-command",
        b"4 feature-support support no",
    ]


class _Clock:
    """A clock that moves as far as the poller waits."""

    def __init__(self) -> None:
        self.now_us = 5_000_000

    def __call__(self) -> int:
        return self.now_us


class _Quiet:
    """A poller of a client that says nothing."""

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock

    def register(self, _fd: int, _events: int = 0) -> None:
        """Nothing is to be heard."""

    def unregister(self, _fd: int) -> None:
        """Likewise."""

    def poll(self, timeout: float | None = None) -> list[tuple[int, int]]:
        """Wait in no time."""
        assert timeout is not None, "it would wait for ever"
        self._clock.now_us += round(timeout * 1e6)
        return []


class _Dispatcher:
    """Has nothing to do."""

    in_flight = 0
    lines: tuple[str, ...] = ()

    def collect(self, *_: object) -> None:
        """Nothing has come."""

    gather = collect

    def next_due_us(self) -> None:
        """Nothing is due."""

    def hold_until_us(self, _now_us: int) -> int:
        """Nothing is held back."""
        return 0


class _Vantage:
    descriptors: tuple[int, ...] = ()


def test_it_ends_when_nobody_asks_any_more() -> None:
    """A machine between that is gone without a word leaves no process behind for longer than ten seconds."""
    clock = _Clock()
    loop = Loop(_Quiet(clock), None, _Dispatcher(), clock)  # type: ignore[arg-type]
    loop.serve(_Vantage())  # type: ignore[arg-type]
    begun_us = clock.now_us
    loop.run()
    assert clock.now_us - begun_us == SILENCE_MAX_US == 10_000_000


@pytest.mark.kernel
def test_addresses_are_named_there(alone: str) -> None:
    """By its own resolver, here the hosts file; one that it does not know, or that is none, is said to be so."""
    found = ask(
        alone, "resolve ip-4 127.0.0.1", "resolve ip-6 2001:db8::7", "resolve ip-4 nonsense", "resolve ip-4 =::1"
    )
    hosts = [line.split() for line in Path("/etc/hosts").read_text(encoding="utf-8").splitlines()]
    assert found["1"] == {"word": "resolved", "name": next(one[1] for one in hosts if one[:1] == ["127.0.0.1"])}
    assert found["2"] in (
        {"word": "not-resolved", "reason": reason} for reason in ("unknown", "failed", "timeout")
    )  # by the name servers that this system has, and no way to any
    assert found["3"] == found["4"] == {"word": "not-resolved", "reason": "failed"}
