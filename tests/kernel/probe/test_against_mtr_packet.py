"""The line protocol beside mtr-packet 0.95's: the same words for the same commands, save for what is named here."""

from __future__ import annotations

import re
import subprocess

import pytest
from hopscope.probe import launch
from support.need import need_tool
from support.netns import Chain, chain
from support.packet import converse

pytestmark = pytest.mark.kernel

# T stands for a token of the command's own.
SAME = """\
T check-support feature ip-4
T check-support feature ip-6
T check-support feature send-probe
T check-support feature icmp
T check-support feature udp
T check-support feature tcp
T check-support feature local-device
T check-support feature Version
T check-support feature
T check-support
T check-support bogus x
T check-support feature bogus feature udp
T
T bogus
T bogus a b
T bogus a
T Check-support feature udp

   \t
9223372036854775808 check-support feature udp
T send-probe
T send-probe ip-4
T send-probe ip-4 127.0.0.1 ttl
T send-probe protocol udp
T send-probe ip-4 bogus
T send-probe ip-4 127.1
T send-probe ip-4 127.0.0.1 protocol bogus
T send-probe ip-4 127.0.0.1 protocol ICMP
T send-probe ip-4 127.0.0.1 protocol udp local-port 1
T send-probe ip-4 127.0.0.1 protocol udp port 70000
T send-probe ip-4 127.0.0.1 size 9000
T send-probe ip-4 127.0.0.1 size 9001
T send-probe ip-4 127.0.0.1 size abc
T send-probe ip-4 127.0.0.1 size 64x
T send-probe ip-4 127.0.0.1 size -1
T send-probe ip-4 127.0.0.1 size 0
T send-probe ip-4 127.0.0.1 ttl -1
T send-probe ip-4 127.0.0.1 ttl 3 ttl x
T send-probe ip-4 127.0.0.1 timeout x timeout 1
T send-probe ip-4 127.0.0.1 timeout 99999999999999999999
T send-probe ip-4 127.0.0.1 tos 99999999999999999999
T send-probe ip-4 127.0.0.1 bit-pattern -99999999999999999999
T send-probe ip-4 127.0.0.1 local-port 0
T send-probe ip-4 127.0.0.1 local-port 0 local-port 2000
T send-probe port x
T send-probe protocol bogus
T send-probe size 9001
T send-probe ip-4 127.0.0.1 protocol bogus protocol udp
T send-probe ip-4 bogus ip-4 127.0.0.1
T send-probe ip-4 127.0.0.1 timeout abc
T send-probe ip-4 127.0.0.1 tos 256
T send-probe ip-4 127.0.0.1 bit-pattern -300
T send-probe ip-4 127.0.0.1 bit-pattern x
T send-probe ip-4 127.0.0.1 mark 0x10
T send-probe ip-4 127.0.0.1 mark 0
T send-probe ip-4 127.0.0.1 local-ip-4 bogus
T send-probe ip-4 127.0.0.1 local-ip-6 ::1
T send-probe ip-4 127.0.0.1 protocol tcp port 9 local-ip-4 192.0.2.55
T send-probe ip-4 127.0.0.1 local-ip-6 127.0.0.1
T send-probe ip-4 127.0.0.1 local-ip-4 127.0.0.1 local-ip-6 ::1
T send-probe ip-4 127.0.0.1 local-ip-6 ::1 local-ip-4 127.0.0.1
T send-probe ip-4 127.0.0.1 ip-6 ::1 ip-4 127.0.0.2
T send-probe ip-6 ::ffff:127.0.0.1 protocol udp
T send-probe ip-6 fe80::1
T send-probe ip-6 fe80::1 protocol udp
T send-probe ip-6 fe80::1 protocol udp port 9
T send-probe ip-6 fe80::1 protocol tcp
T send-probe ip-4 192.0.2.2 protocol tcp port 9 timeout 0
T send-probe ip-4 ::1
T send-probe ip-6 127.0.0.1
T send-probe ip-6 ::1 ip-4 127.0.0.1
T send-probe ip-4 127.0.0.1 ip-6 ::1
T send-probe ip-4 127.0.0.1 colour red
T send-probe ip-4 127.0.0.1 a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j 10 k 11 l 12 m 13 n 14 o 15
T send-probe ip-4 127.0.0.1 a 1 b 2 c 3 d 4 e 5 f 6 g 7 h 8 i 9 j 10 k 11 l 12 m 13 n 14 o 15 p 16
T send-probe ip-4 127.0.0.1 protocol icmp protocol udp
T\tsend-probe  ip-4\v127.0.0.1 timeout\f5\r
T send-probe ip-4 0.0.0.0
T send-probe ip-6 ::
T send-probe ip-4 127.0.0.1
T send-probe ip-6 ::1
T send-probe ip-6 ::1 size 9000
T send-probe ip-4 127.0.0.1 protocol tcp port 9
T send-probe ip-6 ::1 protocol tcp port 9
T send-probe ip-4 127.0.0.1 protocol udp
T send-probe ip-6 ::1 protocol udp
T send-probe ip-4 127.0.0.1 protocol udp port 9
T send-probe ip-4 127.0.0.1 protocol udp port 9 local-port 5000
T send-probe ip-4 127.0.0.1 protocol udp local-port 5001
"""

SILENT = "203.0.113.7"

# What mtr-packet 0.95 says and what we say: a value that does not fit a packet is refused, not cut; an address that is
# not ours is named; a target without a route is no invalid argument; SCTP needs no kernel support.
DIFFERENT = {
    "T check-support feature sctp": ("feature-support support no", "feature-support support ok"),
    "T check-support feature mark": ("feature-support support ok", "feature-support support no"),
    "T send-probe ip-4 127.0.0.1 protocol udp local-port 70000": ("reply ip-4 127.0.0.1", "invalid-argument"),
    "T send-probe ip-6 ::1 tos 256": ("invalid-argument", "reply ip-6 ::1"),
    "T send-probe ip-4 127.0.0.1 size 2147483648": ("reply ip-4 127.0.0.1", "invalid-argument"),
    "T send-probe ip-4 127.0.0.1 ttl 0": ("reply ip-4 127.0.0.1", "invalid-argument"),
    "T send-probe ip-4 127.0.0.1 ttl 256": ("reply ip-4 127.0.0.1", "invalid-argument"),
    "T send-probe ip-4 127.0.0.1 local-ip-4 192.0.2.55 timeout 1": ("no-reply", "address-not-available"),
    "T send-probe ip-4 203.0.113.1": ("invalid-argument", "no-route"),
    "T send-probe ip-6 2001:db8:ffff::1 protocol udp": ("invalid-argument", "no-route"),
    "T send-probe ip-4 203.0.113.1 protocol tcp": ("invalid-argument", "no-route"),
}


def answers(made: Chain, argv: list[str], commands: list[str]) -> tuple[dict[int, str], list[str]]:
    """Answers by token, without their times, and those to no token."""
    numbered = [re.sub(r"^T", str(number), command) for number, command in enumerate(commands, 1)]
    by_token: dict[int, str] = {}
    without = []
    for line in converse(made.command(argv), numbered):
        token, _, rest = re.sub(r" round-trip-time \d+", "", line).partition(" ")
        if token == "0":
            without.append(rest)
        else:
            assert int(token) not in by_token
            by_token[int(token)] = rest
    return by_token, without


@pytest.mark.parametrize("size", [4093, 4094, 4095, 4096, 4097, 8189, 8190, 8191, 12285])
@pytest.mark.parametrize("end", ["", "\n"])
def test_long_lines(size: int, end: str) -> None:
    """Lines around the length of mtr-packet's buffer, with an end and without, are answered with the same bytes."""
    need_tool("mtr-packet")
    after = f"{end}2 check-support feature udp{end}"
    text = "1 check-support feature udp".ljust(size) + after
    ours, stock = (
        subprocess.run(argv, input=text, capture_output=True, text=True, timeout=60, check=True).stdout
        for argv in (launch.command(), ["mtr-packet"])
    )
    assert ours == stock


@pytest.mark.parametrize("ping_open", [True, False])
def test_word_for_word(ping_open: bool) -> None:
    """Every command is answered with mtr-packet's words, by ping sockets and by raw ones."""
    need_tool("mtr-packet")
    with chain(2, ping_open=ping_open) as made:
        # No way to anywhere, so that a target without a route is one.
        for version in ("-4", "-6"):
            made.run(["ip", version, "route", "delete", "default"])
        same = SAME.split("\n")[:-1]
        (ours, errors), (stock, stock_errors) = (
            answers(made, launch.command(), same),
            answers(made, ["mtr-packet"], same),
        )
        assert {same[number - 1]: ours.get(number) for number in sorted(ours | stock)} == {
            same[number - 1]: stock.get(number) for number in sorted(ours | stock)
        }
        assert errors == stock_errors
        ours, _ = answers(made, launch.command(), list(DIFFERENT))
        stock, _ = answers(made, ["mtr-packet"], list(DIFFERENT))
        assert [(stock[number], ours[number]) for number in sorted(ours)] == list(DIFFERENT.values())


def test_as_many_in_flight() -> None:
    """1024 probes may be in flight, and the next one is refused, as in mtr-packet 0.95."""
    need_tool("mtr-packet")
    with chain(2) as made:
        made.run(["ip", "route", "add", SILENT, "dev", "near"])
        made.run(["ip", "neigh", "add", SILENT, "lladdr", "02:00:00:00:00:03", "dev", "near", "nud", "permanent"])
        commands = [f"T send-probe ip-4 {SILENT} timeout 1"] * 1026
        counts = []
        for argv in (launch.command(), ["mtr-packet"]):
            found, _ = answers(made, argv, commands)
            counts.append({word: list(found.values()).count(word) for word in ("no-reply", "probes-exhausted")})
        assert counts == [{"no-reply": 1024, "probes-exhausted": 2}] * 2
