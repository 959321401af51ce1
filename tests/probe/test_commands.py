"""What a command line asks for."""

from __future__ import annotations

import pytest
from hopscope.probe import commands, wire
from hopscope.probe.wire import Answer, ProbeRequest


def parse(text: str) -> ProbeRequest | Answer:
    arguments = commands.split_arguments(text.encode())
    assert arguments is not None
    try:
        return commands.parse_request(arguments)
    except commands.Refused as refused:
        return refused.answer


def test_defaults_are_those_of_mtr_packet() -> None:
    """An address alone asks for an ICMP probe of 64 bytes with TTL 255 and ten seconds' patience."""
    assert parse("ip-4 192.0.2.1") == ProbeRequest(
        4, "192.0.2.1", "icmp", port=0, ttl=255, size=64, bit_pattern=0, tos=0, timeout_s=10
    )


def test_client_and_server_agree() -> None:
    """What the client side formats is parsed to the same request, extensions included."""
    request = ProbeRequest(
        6, "2001:db8::1", "udp", port=53, local_address="::1", local_port=4000, ttl=3, size=100, bit_pattern=7,
        tos=16, timeout_s=2, mark=9, detail=True, icmp_checksum=77, dont_fragment=True, zone="lo",
        local_device="eth0",
    )  # fmt: skip
    words = wire.format_send_probe(5, wire.format_request(request)).decode().rstrip("\n").split(" ", 2)
    assert words[:2] == ["5", "send-probe"]
    assert parse(words[2]) == request


def test_lenient_where_clients_may_depend_on_it() -> None:
    """Unknown names are ignored, the last of a repeated name wins, and any white space separates."""
    assert parse("ip-4 192.0.2.1 colour red ttl 3 ttl 4") == ProbeRequest(4, "192.0.2.1", ttl=4)
    assert parse("ip-6 ::1 ip-4 192.0.2.1") == ProbeRequest(4, "192.0.2.1")
    assert parse("ip-4 192.0.2.1 ip-6 0:0::1") == ProbeRequest(6, "::1")
    assert parse("ip-4 192.0.2.1 ip-6 ::1 ip-4 192.0.2.2") == ProbeRequest(4, "192.0.2.2")
    # The last local address is taken for one of the target's version, by whichever name.
    for local in ("local-ip-6 ::1 local-ip-4 192.0.2.2", "local-ip-6 192.0.2.2"):
        assert parse(f"ip-4 192.0.2.1 {local}") == ProbeRequest(4, "192.0.2.1", local_address="192.0.2.2")
    assert parse("ip-4\t1.2.3.4 \v ttl  5\r") == ProbeRequest(4, "1.2.3.4", ttl=5)


def test_numbers_beyond_a_byte_are_cut() -> None:
    """Fields that are bytes in the packet take their value modulo 256, ports modulo 65536."""
    assert parse("ip-4 192.0.2.1 bit-pattern -256 tos 257 port 65537") == ProbeRequest(
        4, "192.0.2.1", bit_pattern=0, tos=1, port=1
    )


@pytest.mark.parametrize(
    "text",
    [
        "ip-4 192.0.2", "ip-4 ::1", "ip-6 192.0.2.1", "ip-4 192.0.2.1 protocol ipx", "ip-4 192.0.2.1 size 9001",
        "ip-4 192.0.2.1 ttl 0", "ip-4 192.0.2.1 ttl 256", "ip-4 192.0.2.1 local-port 1023",
        "ip-4 192.0.2.1 local-port 65536", "ip-4 192.0.2.1 size many", "ip-4 192.0.2.1 size 1_0",
        "ip-4 192.0.2.1 local-ip-6 ::1", "ip-4 192.0.2.1 local-ip-4 here", "ip-4 192.0.2.1 icmp-checksum 65535",
        "ip-4 192.0.2.1 ttl 99999999999999999999999", "ip-4 \x00", "ip-4 \u00e9", "ip-4 192.0.2.1 local-port 0",
        "ip-4 192.0.2.1 ttl x ttl 1", "ip-4 192.0.2.1 local-port 5 local-port 5000", "port x",
        "ip-4 192.0.2.1 local-ip-4 192.0.2.2 local-ip-6 ::1",
    ],
)  # fmt: skip
def test_refusals(text: str) -> None:
    """What cannot be is an invalid argument."""
    assert parse(text) == Answer(wire.INVALID_ARGUMENT)


def test_an_ipv4_address_in_disguise() -> None:
    """What would leave as IPv4 is no target of an IPv6 probe."""
    assert parse("ip-6 ::ffff:192.0.2.1") == Answer(wire.ADDRESS_NOT_AVAILABLE)


def test_refusal_without_a_target() -> None:
    """A probe to nowhere is refused in mtr-packet's words."""
    assert parse("protocol udp") == Answer(wire.INVALID_ARGUMENT, reason="ip-version-not-supported")


@pytest.mark.parametrize(
    ("word", "token"),
    [
        (b"12", 12), (b"abc", 0), (b"12abc", 12), (b"-5", -5), (b"+5", 5), (b"-", 0), (b"2147483648", -2147483648),
        (b"4294967301", 5), (b"9223372036854775808", None), (b"9" * 5000, None), (b"\0", 0),
    ],
)  # fmt: skip
def test_tokens(word: bytes, token: int | None) -> None:
    """A token is the number that begins it, in 32 bits; beyond 64 bits it is none."""
    assert commands.parse_token(word) == token


def test_pairs() -> None:
    """Arguments come in pairs, sixteen at most."""
    assert commands.split_arguments(b"ip-4") is None
    assert commands.split_arguments(b"a 1 " * 16) == [(b"a", b"1")] * 16
    assert commands.split_arguments(b"a 1 " * 17) is None


def test_lines_come_whole_however_they_are_cut() -> None:
    """Bytes come in any portions; a line is handed on when its end is there."""
    for size in (1, 2, 3, 100):
        buffer = commands.LineBuffer()
        data = b"one\ntwo\r\n\nthree"
        lines = [line for at in range(0, len(data), size) for line in buffer.feed(data[at : at + size])]
        assert lines == [b"one", b"two\r", b""]


def test_overflow_drops_what_was_kept() -> None:
    """4095 bytes without a line end overflow, and what follows begins a new line."""
    buffer = commands.LineBuffer()
    assert list(buffer.feed(b"x" * 5002 + b"\n")) == [commands.OVERFLOW, b"x" * 907]
    assert list(buffer.feed(b"x" * 4095)) == [commands.OVERFLOW]
    assert list(buffer.feed(b"rest\n")) == [b"rest"]
    assert list(buffer.feed(b"x" * 4094 + b"\n")) == [b"x" * 4094]
