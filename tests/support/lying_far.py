"""A far side that speaks the handshake and then lies: ``exec:python lying_far.py LIE`` runs it in the place of a shell.

It finds the marker in the script that it is to run, answers the first questions as our own probe process would, and
from then on tells what the lie says.
"""

from __future__ import annotations

import os
import re
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOME = "192.0.2.1"


def say(text: str | bytes) -> None:
    """Write all of it."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
    while data:
        data = data[os.write(1, data) :]


def lines() -> Iterator[list[str]]:
    """What we are asked, in words."""
    rest = b""
    while True:
        data = os.read(0, 65536)
        if not data:
            return
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            words = line.decode("ascii", "replace").split()
            if words:
                yield words


def usual(words: list[str]) -> str:
    """What an honest far side on a path of one hop would say."""
    token, word = words[:2]
    pairs = dict(zip(words[2::2], words[3::2], strict=False))
    if word == "check-support":
        return f"{token} feature-support support ok\n"
    if word == "send-probe":
        family = "ip-6" if "ip-6" in pairs else "ip-4"
        return f"{token} reply {family} {pairs[family]} round-trip-time 1000\n"
    if word == "clock":
        return f"{token} clock monotonic {time.monotonic_ns() // 1000} real {time.time_ns() // 1000}\n"
    if word == "resolve":
        return f"{token} resolved ip-4 {HOME}\n" if "name" in pairs else f"{token} resolved name r.example\n"
    if word == "host":
        return f"{token} host name far discards-sizes 0 source {HOME} interface lo carried 1\n"
    return f"{token} unknown-command\n"


def probes(answer: Callable[[str, str], str | bytes]) -> Callable[[list[str]], None]:
    """A lie about probes: what is said by token and address."""

    def lie(words: list[str]) -> None:
        if words[1] == "send-probe":
            pairs = dict(zip(words[2::2], words[3::2], strict=False))
            say(answer(words[0], pairs.get("ip-4") or pairs.get("ip-6", "")))
        else:
            say(usual(words))

    return lie


def instead(word: str, answer: Callable[[str], str | bytes]) -> Callable[[list[str]], None]:
    """A lie about one command."""

    def lie(words: list[str]) -> None:
        say(answer(words[0]) if words[1] == word else usual(words))

    return lie


def reply(token: object, address: str, further: str = "", rtt: object = 1000) -> str:
    """An answer of a target."""
    return f"{token} reply ip-4 {address} round-trip-time {rtt}{further}\n"


def dies(words: list[str]) -> None:
    """At the first probe."""
    if words[1] == "send-probe":
        sys.exit(0)
    say(usual(words))


def drips(words: list[str]) -> None:
    """A byte at a time."""
    for letter in usual(words):
        say(letter)
        time.sleep(0.002)


def reads_no_more(words: list[str]) -> None:
    """From the first probe on."""
    if words[1] == "send-probe":
        while True:
            time.sleep(60)
    say(usual(words))


def floods(words: list[str]) -> None:
    """Lines without end, from the first probe on."""
    if words[1] == "send-probe":
        while True:
            say(b"".join(reply(token, HOME).encode() for token in range(2000)))
    say(usual(words))


def one_line(words: list[str]) -> None:
    """A line without end, from the first probe on."""
    if words[1] == "send-probe":
        while True:
            say(b"x" * 65536)
    say(usual(words))


def is_silent(words: list[str]) -> None:
    """From the first probe on."""
    if words[1] != "send-probe":
        say(usual(words))


ESCAPES = "\x1b]0;owned\x07\x1b[2J"
LIES: dict[str, Callable[[list[str]], None]] = {
    "huge": probes(lambda token, address: reply(token, address, rtt=10**30)),
    "largest": probes(lambda token, address: reply(token, address, rtt=2**31 - 1)),
    "negative": probes(lambda token, address: reply(token, address, rtt=-5)),
    "not-a-number": probes(lambda token, address: reply(token, address, rtt="nan")),
    "digits": probes(lambda token, address: reply(token, address, rtt="9" * 3000)),
    "token-of-another": probes(lambda token, address: reply(int(token) + 1, address)),
    "token-never-sent": probes(lambda token, address: reply(1_000_000, address) + reply(token, address)),
    "token-negative": probes(lambda token, address: reply(-7, address) + reply(token, address)),
    "token-long": probes(lambda token, address: reply("9" * 4000, address) + reply(token, address)),
    "token-of-a-question": probes(lambda token, address: reply(2**30 + 1, address) + reply(token, address)),
    "twice": probes(lambda token, address: reply(token, address) * 3),
    "duplicates": probes(
        lambda token, address: reply(token, address) + reply(token, address).replace("reply", "duplicate") * 50
    ),
    "ambiguous": probes(lambda token, _: f"{token} ambiguous\n"),
    "address-none": probes(lambda token, _: reply(token, "nonsense")),
    "address-zone": probes(lambda token, _: reply(token, f"fe80::1%{ESCAPES}")),
    "address-family": probes(lambda token, _: f"{token} ttl-expired ip-6 192.0.2.1 round-trip-time 5\n"),
    "address-unspecified": probes(lambda token, _: f"{token} ttl-expired ip-4 0.0.0.0 round-trip-time 5\n"),
    "word": probes(lambda token, address: f"{token} {ESCAPES} ip-4 {address} round-trip-time 1\n"),
    "labels": probes(lambda token, address: reply(token, address, " mpls " + ",".join(["1048576,9,9,999"] * 900))),
    "labels-many": probes(lambda token, address: reply(token, address, " mpls " + ",".join(["16,0,1,1"] * 400))),
    "interfaces": probes(
        lambda token, address: reply(token, address, " interfaces incoming,1,1500,198.51.100.1,%1B%5B2J%00%0A")
    ),
    "mtu": probes(lambda token, address: reply(token, address, " mtu -1")),
    "reason": probes(lambda token, _: f"{token} unexpected-error reason {ESCAPES}\n"),
    "not-allowed": probes(lambda token, _: f"{token} permission-denied\n"),
    "exhausted": probes(lambda token, _: f"{token} probes-exhausted\n"),
    "nul": probes(lambda token, address: b"\0\0\0" + reply(token, address).encode().replace(b" ", b"\0")),
    "nul-between": probes(lambda token, address: b"\0\n\0\n" + reply(token, address).encode()),
    "bytes": probes(lambda token, address: bytes(range(256)) * 20 + b"\n" + reply(token, address).encode()),
    "carriage": probes(lambda token, address: reply(token, address).replace("\n", "\r\n")),
    "support-maybe": instead("check-support", lambda token: f"{token} feature-support support maybe\n"),
    "support-no": instead("check-support", lambda token: f"{token} feature-support support no\n"),
    "support-twice": instead("check-support", lambda token: f"{token} feature-support support ok\n" * 9),
    "host-escapes": instead(
        "host", lambda token: f"{token} host name {ESCAPES} source {ESCAPES} interface {ESCAPES}\n"
    ),
    "host-numbers": instead(
        "host", lambda token: f"{token} host discards-sizes {'9' * 900} carried {'9' * 900} source 192.0.2.1\n"
    ),
    "host-source": instead("host", lambda token: f"{token} host source 999.1.1.1 interface {'i' * 3000}\n"),
    "host-nothing": instead("host", lambda token: f"{token} host\n"),
    "host-odd": instead("host", lambda token: f"{token} host source\n"),
    "clock-huge": instead("clock", lambda token: f"{token} clock monotonic 1 real {10**40}\n"),
    "clock-largest": instead("clock", lambda token: f"{token} clock monotonic 1 real {'9' * 17}\n"),
    "clock-negative": instead("clock", lambda token: f"{token} clock monotonic 1 real -1\n"),
    "clock-zero": instead("clock", lambda token: f"{token} clock real 0\n"),
    "clock-jumps": instead("clock", lambda token: f"{token} clock real {int(token) % 7 * 10**15}\n"),
    "clock-superscript": instead("clock", lambda token: f"{token} clock real \u00b2\u00b3\n"),
    "resolve-escapes": instead("resolve", lambda token: f"{token} resolved name {ESCAPES}\n"),
    "resolve-address": instead("resolve", lambda token: f"{token} resolved name 198.51.100.66\n"),
    "resolve-long": instead("resolve", lambda token: f"{token} resolved name {'n' * 4000}\n"),
    "resolve-silent": instead("resolve", lambda _: ""),
    "dies": dies,
    "drips": drips,
    "reads-no-more": reads_no_more,
    "floods": floods,
    "one-line": one_line,
    "silent": is_silent,
}


def main() -> None:
    """Speak the handshake, then lie until the input ends."""
    marker = re.findall(r"echo ([0-9a-f]{24}) nothing", sys.argv[-1])[0]
    lie = LIES[sys.argv[1]]
    begun = False
    ours = lines()
    for words in ours:
        if not begun and words[0] == marker:  # the end of what was shipped
            begun = True
            say(f"\n{marker} ready 3.11\n")
        elif begun and len(words) >= 2:
            lie(words)


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(0)
