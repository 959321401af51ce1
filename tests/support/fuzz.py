"""Lines that no client would send, for the probe process; as a program, as many as are asked for.

``cd tests && ../.venv/bin/python -m support.fuzz 1000000 [SEED]``
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from hopscope.probe import commands, launch, wire
from hopscope.probe.protocols import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Sequence

TARGET = "203.0.113.80"
NUMBERS = (
    *("0", "1", "-1", "7", "64", "255", "256", "1023", "1024", "4096", "9000", "9001", "65535", "65536", "1048576"),
    *("1e3", "0x10", "+5", "-2147483649", "99999999999999999999"),
)
ADDRESSES = (
    *(TARGET, "192.0.2.1", "127.0.0.1", "127.1.2.3", "0.0.0.0", "255.255.255.255", "224.0.0.1", "1.2.3", "169.254.1.1"),
    *("::1", "::", "2001:db8::1", "fe80::1", "fe80::1%lo", "ff02::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::1"),
)
# What the parser's table says that a value is, to such values, and one that is none.
VALUES = {
    commands.INTEGER: (*NUMBERS, "x"),
    commands.ADDRESS: (*ADDRESSES, "x"),
    commands.PROTOCOL: (*PROTOCOLS, "x"),
    commands.PAYLOAD: (*filter(None, wire.PAYLOADS), "x"),
    commands.INTERFACE: ("lo", "eth0", "x", "nosuchinterface0123456789"),
}
ARGUMENTS = {name.decode(): VALUES[kind] for name, kind in commands.ARGUMENTS.items()}
WORDS = ("send-probe", "check-support", "feature", "version", "ok", *ARGUMENTS, *sum(VALUES.values(), ()))
ANSWER = re.compile(rb"-?\d+ [a-z-]+( [a-z0-9-]+ [0-9a-zA-Z.:,-]+)*")
PORTION_BYTES = 5000


def line(source: random.Random) -> bytes:
    """One line without its end."""
    kind = source.randrange(10)
    if kind < 3:  # a command, whole but for one thing
        ttl, timeout = source.randrange(-1, 20), source.randrange(2)
        good = f"{source.randrange(1 << 31)} send-probe ip-4 {TARGET} ttl {ttl} timeout {timeout}".encode()
        at = source.randrange(len(good))
        return good[:at] + bytes((source.randrange(256),)) * source.randrange(3) + good[at + source.randrange(2) :]
    if kind < 6:  # a probe with arguments that may not go together
        return _probe(source)
    if kind < 8:  # words
        words = [source.choice(WORDS).encode() for _ in range(source.randrange(40))]
        return (
            str(source.randrange(-(1 << 33), 1 << 33)).encode()
            + b" "
            + source.choice((b" ", b"\t", b"  \0")).join(words)
        )
    if kind < 9:  # bytes
        return source.randbytes(source.randrange(60))
    return source.randbytes(3) * source.randrange(3000)  # long


def _probe(source: random.Random) -> bytes:
    """A whole command with values of the right kinds as a rule, each argument as likely as any other."""
    version = source.choice((4, 6))
    names = [f"ip-{version}", "protocol", *source.sample(sorted(ARGUMENTS), source.randrange(8))]
    words = [f"{name} {source.choice(_likely(name, version))}" for name in names]
    # The last of a name counts: nothing is waited for long.
    words += [f"timeout {source.randrange(2)}"]
    return f"{source.randrange(1 << 31)} send-probe {' '.join(words)}".encode()


def _likely(name: str, version: int) -> Sequence[str]:
    """The values of an argument; of an address, mostly of the family that makes the command whole."""
    if commands.ARGUMENTS[name.encode()] != commands.ADDRESS:
        return ARGUMENTS[name]
    fitting = [one for one in ADDRESSES if (":" in one) == (version == 6)]
    return (*fitting * 4, *ADDRESSES)


def run(count: int, seed: int, command: Sequence[str] | None = None) -> None:
    """Send so many lines in portions that end anywhere; every line must be answered, and in the protocol's form.

    ``command`` is what runs the probe process; by default with a simulated network.
    """
    source = random.Random(seed)
    answers = [0]
    broken: list[bytes] = []
    last = b""

    def read(stream: subprocess.Popen[bytes]) -> None:
        nonlocal last
        assert stream.stdout is not None
        for text in stream.stdout:
            answers[0] += 1
            last = text
            if not text.endswith(b"\n") or not ANSWER.fullmatch(text[:-1]) or wire.parse_answer(text) is None:
                broken.append(text)

    with subprocess.Popen(
        command or [*launch.command(), "--lab", "steady"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        reader = threading.Thread(target=read, args=(process,))
        reader.start()
        expected = 1
        pending = b""
        for _ in range(count):
            made = line(source)
            lines = made.split(b"\n")
            expected += len(lines) + sum(len(part) // wire.LINE_MAX_BYTES for part in lines)
            pending += made + b"\n"
            while len(pending) > PORTION_BYTES:
                cut = source.randrange(1, PORTION_BYTES)
                process.stdin.write(pending[:cut])
                process.stdin.flush()
                pending = pending[cut:]
        process.stdin.write(pending + b"77777 check-support feature hopscope\n")
        process.stdin.close()
        errors = process.stderr.read()
        reader.join()
    assert process.returncode == 0, (seed, errors)
    assert not errors, (seed, errors)
    assert not broken, (seed, broken[:3])
    assert answers[0] == expected, (seed, answers[0], expected)
    assert last, seed


def main() -> None:
    """Run, and say that it went well."""
    count = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
    run(count, seed)
    print(f"{count} lines, seed {seed}: every one answered, in form")


if __name__ == "__main__":
    main()
