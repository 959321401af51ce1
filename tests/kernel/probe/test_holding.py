"""Answers that may be told later (``hold``), with real sockets and a path that takes its time."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import launch, wire
from support.tun import TunLab, tun_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.kernel

SCENARIO = """
title = "Two routers"
hop = [
    { address = "192.0.2.1", rtt_ms = 20 },
    { address = "198.51.100.1", rtt_ms = 30 },
    { address = "203.0.113.80", rtt_ms = 40 },
]
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TunLab]:
    """The scenario above behind a TUN device."""
    with tun_lab(SCENARIO, tmp_path_factory.mktemp("holding")) as running:
        yield running


@pytest.fixture
def process(lab: TunLab) -> Iterator[subprocess.Popen[str]]:
    """A probe process in the network, whose sockets have shown that arrivals are stamped."""
    command = lab.command(launch.command(), "nobody")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        write(running, f"1 send-probe ip-4 {lab.target()} ttl 1 detail 1 hold 1000")
        began = time.monotonic()
        token, answer = read(running)
        assert (token, answer.word, answer.clock) == (1, wire.TTL_EXPIRED, "kernel")
        assert time.monotonic() - began < 1
        yield running
        running.kill()


def write(process: subprocess.Popen[str], *lines: str) -> None:
    """Send lines in one go."""
    assert process.stdin is not None
    process.stdin.write("".join(f"{line}\n" for line in lines))
    process.stdin.flush()


def read(process: subprocess.Popen[str]) -> tuple[int, wire.Answer]:
    """The next answer."""
    assert process.stdout is not None
    told = wire.parse_answer(process.stdout.readline().encode())
    assert told is not None
    return told


def test_what_is_held_back_is_measured_at_its_arrival(lab: TunLab, process: subprocess.Popen[str]) -> None:
    """Two answers are told when their time to be held is over, and are no longer for it."""
    began = time.monotonic()
    probe = f"send-probe ip-4 {lab.target()} detail 1 hold 1000"
    write(process, f"2 {probe} ttl 1", f"3 {probe} ttl 3")
    told = [read(process), read(process)]
    assert time.monotonic() - began >= 0.99
    assert [(token, answer.word, answer.clock) for token, answer in told] == [
        (2, wire.TTL_EXPIRED, "kernel"),
        (3, wire.REPLY, "kernel"),
    ]
    assert all(answer.rtt_us is not None and answer.rtt_us < 900_000 for _, answer in told)


def test_what_is_held_back_is_told_with_what_comes_after(lab: TunLab, process: subprocess.Popen[str]) -> None:
    """A probe that may not be held ends the holding of those before it."""
    probe = f"send-probe ip-4 {lab.target()} ttl 1 detail 1"
    write(process, f"2 {probe} hold 1000")
    write(process, f"3 {probe}")
    assert {read(process)[0], read(process)[0]} == {2, 3}


def test_time_limits_are_kept_while_answers_are_held(lab: TunLab, process: subprocess.Popen[str]) -> None:
    """A probe that is not answered is given up when its time is over, though others may wait for longer."""
    write(process, f"2 send-probe ip-4 {lab.target()} ttl 1 timeout 0 detail 1 hold 1000")
    token, answer = read(process)
    assert (token, answer.word) == (2, wire.NO_REPLY)
