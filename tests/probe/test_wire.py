"""The answer lines of the protocol, written and read."""

from __future__ import annotations

import pytest
from hopscope.probe import wire
from hopscope.probe.interface import INTERFACES_MAX, ROLES, Interface
from hopscope.probe.wire import Answer, Label
from hypothesis import given
from hypothesis import strategies as st

BYTES = st.integers(0, 255)
LABELS = st.lists(
    st.builds(Label, st.integers(0, (1 << 20) - 1), st.integers(0, 7), st.integers(0, 1), BYTES), max_size=8
).map(tuple)
KNOWN = st.none() | BYTES
NUMBERS = st.none() | st.integers(0, 0xFFFFFFFF)
INTERFACES = st.lists(
    st.builds(
        Interface,
        st.sampled_from(ROLES),
        st.text(st.characters(codec="utf-8"), max_size=15),
        index=NUMBERS,
        address=st.sampled_from(["", "192.0.2.1", "2001:db8::1"]),
        mtu=NUMBERS,
    ),
    max_size=INTERFACES_MAX,
).map(tuple)
FROM_THE_NETWORK = st.builds(
    Answer,
    st.sampled_from([wire.REPLY, wire.TTL_EXPIRED, wire.NO_ROUTE]),
    st.just("2001:db8::1"),
    st.integers(0, 60_000_000),
    LABELS,
    icmp_type=KNOWN,
    icmp_code=KNOWN,
    reply_ttl=KNOWN,
    clock=st.sampled_from([None, "kernel", "user"]),
    quoted_ttl=KNOWN,
    quoted_tos=KNOWN,
    rewritten=st.sampled_from([None, *wire.REWRITTEN]),
    mtu=NUMBERS,
    interfaces=INTERFACES,
)
LOCAL = st.sampled_from(
    [wire.NO_REPLY, wire.NETWORK_DOWN, wire.HOST_DOWN, wire.PERMISSION_DENIED, wire.PROBES_EXHAUSTED]
).map(Answer)
REASONED = st.sampled_from(
    [
        Answer(wire.INVALID_ARGUMENT, reason="ip-version-not-supported"),
        Answer(wire.UNEXPECTED_ERROR, reason="105"),
        Answer(wire.UNEXPECTED_ERROR, reason="90", mtu=1500),
        Answer(wire.NO_ROUTE),
    ]
)


@given(st.integers(-(1 << 31), (1 << 31) - 1), FROM_THE_NETWORK | LOCAL | REASONED)
def test_round_trip(token: int, answer: Answer) -> None:
    """An answer with its details is read as it was written."""
    assert wire.parse_answer(wire.format_answer(token, 6, answer, detail=True).encode()) == (token, answer)


def test_an_interface_on_the_line() -> None:
    """A name takes no blank, no comma and no control character into the line, and comes back as it was."""
    told = (Interface("incoming", "Ethernet 0/1,\n\x1b[31mé", index=526, address="198.51.100.9", mtu=9100),)
    line = wire.format_answer(7, 4, Answer(wire.TTL_EXPIRED, "192.0.2.1", 5, interfaces=told), detail=True)
    assert line == (
        "7 ttl-expired ip-4 192.0.2.1 round-trip-time 5 "
        "interfaces incoming,526,9100,198.51.100.9,Ethernet%200/1%2C%0A%1B%5B31m%C3%A9\n"
    )
    parsed = wire.parse_answer(line.encode())
    assert parsed is not None
    assert parsed[1].interfaces == told


def test_standard_pairs_alone() -> None:
    """Without ``detail`` an answer is mtr-packet's, byte for byte."""
    answer = Answer(
        wire.TTL_EXPIRED,
        "192.0.2.1",
        1234,
        (Label(24015, 0, 1, 1), Label(3, 7, 0, 255)),
        icmp_type=11,
        clock="kernel",
        interfaces=(Interface("incoming", "ae3.100"),),
    )
    line = "7 ttl-expired ip-4 192.0.2.1 round-trip-time 1234 mpls 24015,0,1,1,3,7,0,255\n"
    assert wire.format_answer(7, 4, answer, detail=False) == line


@pytest.mark.parametrize("word", ["no-route", "no-route-host", "no-route-network"])
def test_dialects(word: str) -> None:
    """What 0.96 names more exactly is the same word to us."""
    assert wire.parse_answer(f"1 {word}".encode()) == (1, Answer(wire.NO_ROUTE))


@pytest.mark.parametrize(
    "line",
    [
        b"", b"1", b"x reply", b"1 reply ip-4", b"1 reply", b"1 reply ip-4 192.0.2.1",
        b"1 reply ip-4 192.0.2.1 round-trip-time soon", b"1 reply ip-4 192.0.2.1 round-trip-time -5",
        b"1 reply ip-4 192.0.2.1\x1b[2J round-trip-time 5", b"1 reply ip-4 gw round-trip-time 5",
        b"1 reply ip-4 " + b"1" * 46 + b" round-trip-time 5", b"1 reply ip-4 192.0.2.1 round-trip-time 2147483648",
        b"1 \x1b]0;x\x07 reason 1", b"1 no-route reason \x1b[2J",
        b"1 reply ip-4 192.0.2.1 round-trip-time 5 clock \x7f",
    ],
)  # fmt: skip
def test_lines_that_are_none(line: bytes) -> None:
    """A line that is not the protocol's is no answer."""
    assert wire.parse_answer(line) is None


@pytest.mark.parametrize(
    "line",
    [
        b"1 reply ip-4 192.0.2.1 round-trip-time 5 icmp-type 256",
        b"1 reply ip-4 192.0.2.1 round-trip-time 5 reply-ttl -1",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 mpls 1,2,3",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 mpls 1048576,0,0,1",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 icmp-type eleven",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces incoming,7,1500,",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces sideways,7,1500,,ae3",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces incoming,-7,1500,,ae3",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces incoming,4294967296,,,ae3",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces incoming,,,home,ae3",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces incoming,,,,%zz",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces incoming,,,,%4",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces incoming,,,,\xff",
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces incoming,,,," + b"a" * 64,
        b"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 interfaces " + b",".join([b"incoming,,,,a"] * 5),
    ],
)  # fmt: skip
def test_pairs_that_are_none(line: bytes) -> None:
    """What an answer tells besides is left out where it is out of its range or form; the answer counts."""
    word = line.split()[1].decode()
    assert wire.parse_answer(line) == (1, Answer(word, "192.0.2.1", 5))


@pytest.mark.parametrize(
    ("line", "token"),
    [(b"12 nonsense", 12), (b"7", 7), (b"x 7", None), (b"", None), (b"-3 reply", None), (b"9" * 20, None)],
)
def test_whose_answer_cannot_be_read(line: bytes, token: int | None) -> None:
    """The probe that a line is about is known by its token alone."""
    assert wire.parse_token(line) == token


@pytest.mark.parametrize("words", ["checksum,port", "port,port", "nothing,port", "port,", "ports"])
def test_what_is_rewritten_is_said_in_one_way(words: str) -> None:
    """Words in another order, twice, or unknown are not taken for what is known."""
    parsed = wire.parse_answer(f"1 ttl-expired ip-4 192.0.2.1 round-trip-time 5 rewritten {words}".encode())
    assert parsed is not None
    assert parsed[1].rewritten is None


@given(st.binary(max_size=200) | st.lists(st.sampled_from(
    ["1", "reply", "ip-4", "192.0.2.1", "round-trip-time", "mpls", "1,2,0,4", "interfaces", "incoming,1,,,a%20b",
     ",,,,", "icmp-type", "no-route", "-", "\x00"]
)).map(lambda words: " ".join(words).encode()))  # fmt: skip
def test_any_line(line: bytes) -> None:
    """Whatever another program writes, reading it raises nothing."""
    wire.parse_answer(line)
