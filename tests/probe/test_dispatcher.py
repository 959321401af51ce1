"""The dispatcher over the simulated network, in virtual time: who is answered, when, and that nothing breaks it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hopscope.probe import answered, wire
from hopscope.probe import dispatcher as module
from hopscope.probe.dispatcher import Dispatcher
from hopscope.probe.lab import scenario
from hopscope.probe.lab.network import LabNetwork, open_network
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    import pytest

TARGET = "203.0.113.80"
LINE = re.compile(r"-?\d+ [a-z-]+( [a-z0-9-]+ [0-9a-zA-Z.:,-]+)*\n")


def dispatcher(name: str = "steady", in_flight_max: int = 1024) -> Dispatcher:
    return Dispatcher(open_network(name), in_flight_max)


def finish(served: Dispatcher, now_us: int) -> list[str]:
    """Let time pass until every probe is answered; all the lines since the last call."""
    served.collect((), now_us)
    while served.in_flight:
        due_us = served.next_due_us()
        assert due_us is not None
        assert due_us >= now_us
        now_us = due_us
        served.collect((), now_us)
    lines = served.lines[:]
    served.lines.clear()
    return lines


def test_answers_carry_the_token_and_the_time() -> None:
    """A probe is answered with its own token when the network says so."""
    served = dispatcher()
    served.feed(f"7 send-probe ip-4 {TARGET} ttl 1\n".encode(), 0)
    assert served.lines == []
    (line,) = finish(served, 0)
    assert re.fullmatch(r"7 ttl-expired ip-4 192\.168\.1\.1 round-trip-time \d+\n", line)


def test_answers_may_be_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the last probe allows holds while one is in flight, up to its time, and where arrivals are stamped alone."""
    served = dispatcher("silent-target")
    command = f"send-probe ip-4 {TARGET} ttl 64 timeout 1"
    served.feed(f"1 {command} hold 60\n".encode(), 0)
    assert served.hold_until_us(5000) == 0
    monkeypatch.setattr(LabNetwork, "stamps_arrivals", True)
    assert served.hold_until_us(5000) == 65_000
    assert served.hold_until_us(990_000) == 1_000_000
    served.feed(f"2 {command} hold 99999\n".encode(), 10)
    assert served.hold_until_us(0) == 1_000_000
    served.feed(f"3 {command}\n".encode(), 20)
    assert served.hold_until_us(5000) == 0
    served.feed(f"4 {command} hold 60\n".encode(), 30)
    finish(served, 30)
    assert served.hold_until_us(2_000_000) == 0


def test_time_is_up() -> None:
    """A probe without an answer is given up when its own time is over, not earlier and not with another's."""
    served = dispatcher("silent-target")
    served.feed(f"1 send-probe ip-4 {TARGET} timeout 2\n2 send-probe ip-4 {TARGET} timeout 1\n".encode(), 10)
    served.collect((), 1_000_009)
    assert served.lines == []
    served.collect((), 1_000_010)
    assert served.lines == ["2 no-reply\n"]
    assert served.next_due_us() == 2_000_010
    served.collect((), 2_000_010)
    assert served.lines == ["2 no-reply\n", "1 no-reply\n"]
    assert served.next_due_us() is None


def test_an_answer_after_the_time_is_not_told() -> None:
    """A probe has one answer: what comes after it was given up is dropped."""
    served = dispatcher()
    served.feed(f"1 send-probe ip-4 {TARGET} timeout 0\n".encode(), 0)
    served.collect((), 0)
    assert served.lines == ["1 no-reply\n"]
    served.collect((), 60_000_000)
    assert served.lines == ["1 no-reply\n"]


def test_limit_of_probes_in_flight() -> None:
    """One probe more than the limit is refused; after an answer there is room again."""
    served = dispatcher("silent-target", 2)
    served.feed(f"1 send-probe ip-4 {TARGET} timeout 1\n".encode() * 3, 0)
    assert served.lines == ["1 probes-exhausted\n"]
    served.lines.clear()
    served.collect((), 1_000_000)
    assert served.lines == ["1 no-reply\n"] * 2
    served.feed(f"2 send-probe ip-4 {TARGET} timeout 1\n".encode(), 1_000_000)
    assert finish(served, 1_000_000)[-1] == "2 no-reply\n"


def test_detail_is_given_to_those_who_ask() -> None:
    """Further pairs follow the standard ones only where ``detail 1`` asks for them."""
    served = dispatcher("mpls")
    served.feed(f"1 send-probe ip-4 {TARGET} ttl 4\n2 send-probe ip-4 {TARGET} ttl 4 detail 1\n".encode(), 0)
    plain, detailed = sorted(finish(served, 0))
    assert " mpls " in plain
    assert "icmp-type" not in plain
    assert re.search(r" round-trip-time \d+ mpls \S+ icmp-type 11 icmp-code 0 ", detailed)


def test_remembered_requests_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that never repeats itself does not make the process grow."""
    monkeypatch.setattr(module, "REQUESTS_MAX", 10)
    served = dispatcher("silent-target")
    for size in range(28, 100):
        served.feed(f"1 send-probe ip-4 {TARGET} size {size} timeout 0\n".encode(), 0)
        assert len(served._requests) <= 10
    assert finish(served, 0) == ["1 no-reply\n"] * 72


NAMES = """
send-probe check-support feature version ip-4 ip-6 protocol icmp udp tcp sctp port local-port local-ip-4 ttl size
bit-pattern tos timeout mark detail icmp-checksum 1 0 -1 64 255 65536 9000 203.0.113.80 192.0.2.1 ::1 \x00
"""
WORDS = st.one_of(st.sampled_from(NAMES.split()), st.integers(-(1 << 70), 1 << 70).map(str), st.text(max_size=8))
LINES = st.one_of(st.lists(WORDS, max_size=40).map(lambda words: " ".join(words).encode()), st.binary(max_size=60))


@settings(max_examples=150)
@given(st.lists(LINES, max_size=12), st.data())
def test_whatever_comes_in(lines: list[bytes], data: st.DataObject) -> None:
    """Any bytes in any portions: every answer is a line of the protocol, and none has a token that nobody sent."""
    text = b"\n".join(lines) + b"\n"
    served = dispatcher()
    at = 0
    while at < len(text):
        step = data.draw(st.integers(1, len(text)))
        served.feed(text[at : at + step], 0)
        at += step
    answers = finish(served, 0)
    commands = text.split(b"\n")[:-1]
    assert len(answers) == len(commands) + sum(len(line) // wire.LINE_MAX_BYTES for line in commands)
    for answer in answers:
        assert LINE.fullmatch(answer), answer
        assert wire.parse_answer(answer.encode()) is not None


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3)), min_size=1, max_size=60))
def test_one_answer_for_each_token(probes: list[tuple[int, int]]) -> None:
    """However probes with all kinds of limits overlap, each gets one answer, with its own token."""
    served = dispatcher("lossy")
    for token, (ttl, timeout_s) in enumerate(probes, 1):
        served.feed(f"{token} send-probe ip-4 {TARGET} ttl {ttl} timeout {timeout_s}\n".encode(), token * 1000)
    answers = finish(served, len(probes) * 1000)
    assert sorted(int(line.split()[0]) for line in answers) == list(range(1, len(probes) + 1))


TWICE = """
title = "Everybody answers twice"
hop = [
    { address = "192.0.2.1", rtt_ms = 1, duplicate_percent = 100 },
    { address = "203.0.113.80", rtt_ms = 2, duplicate_percent = 100, open_ports = [80] },
]
"""


def twice() -> Dispatcher:
    """A dispatcher over a path where every answer comes a second time, 50 us later."""
    return Dispatcher(LabNetwork(scenario.parse(TWICE)))


def test_a_second_answer_is_told_once_to_those_who_ask() -> None:
    """With ``detail 1`` a line of its own follows the answer; without it nothing does, and TCP never has one."""
    served = twice()
    texts = ("ttl 1 detail 1", "protocol udp detail 1", "ttl 1", "protocol tcp detail 1")
    for token, text in enumerate(texts):
        served.feed(f"{token} send-probe ip-4 {TARGET} {text}\n".encode(), 0)
    lines = [*finish(served, 0)]
    served.collect((), 10_000_000)
    lines += served.lines
    assert sorted(line.split()[0] for line in lines) == ["0", "0", "1", "1", "2", "3"]
    first, second = (line for line in lines if line.startswith("0 "))
    assert first.startswith("0 ttl-expired ip-4 192.0.2.1 round-trip-time 1000 ")
    assert second.startswith("0 duplicate ip-4 192.0.2.1 round-trip-time 1050 icmp-type 11 icmp-code 0 ")


def test_a_second_answer_is_not_told_of_a_later_probe_with_its_token() -> None:
    """Once a token names another probe, also one that is refused or not answered, nothing more is said of the first."""
    for text in ("ttl 1 detail 1", "ttl 1", "ttl 0"):
        served = twice()
        served.feed(f"7 send-probe ip-4 {TARGET} ttl 1 detail 1\n".encode(), 0)
        served.collect((), 1_000)
        assert [line.split()[1] for line in served.lines] == ["ttl-expired"]
        served.feed(f"7 send-probe ip-4 {TARGET} {text}\n".encode(), 1_010)
        served.lines.clear()
        served.collect((), 1_500)
        assert served.lines == []


def test_answered_probes_that_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the latest are remembered: a second answer to an older one is dropped."""
    monkeypatch.setattr(answered, "ANSWERED_MAX", 3)
    served = twice()
    for token in range(5):
        served.feed(f"{token} send-probe ip-4 {TARGET} ttl 1 detail 1\n".encode(), token)
    served.collect((), 1_010)
    served.lines.clear()
    served.collect((), 2_000)
    assert [line.split()[:2] for line in served.lines] == [[str(token), "duplicate"] for token in (2, 3, 4)]
