"""Lines that no client would send, for the probe process; as a program, as many as are asked for.

``cd tests && ../.venv/bin/python -m support.fuzz 1000000 [SEED]``
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading

from hopscope.probe import launch, wire

TARGET = "203.0.113.80"
WORDS = [
    "send-probe",
    "check-support",
    "feature",
    "ip-4",
    "ip-6",
    "protocol",
    "icmp",
    "udp",
    "tcp",
    "sctp",
    "port",
    "local-port",
    "local-ip-4",
    "local-ip-6",
    "ttl",
    "size",
    "version",
    "bit-pattern",
    "tos",
    "timeout",
    "mark",
    "detail",
    "icmp-checksum",
    "payload",
    "dns-query",
    "quic-initial",
    "ok",
    "0",
    "1",
    "-1",
    "7",
    "64",
    "255",
    "256",
    "1023",
    "1024",
    "4096",
    "9000",
    "9001",
    "65535",
    "65536",
    "1e3",
    "0x10",
    "+5",
    "203.0.113.80",
    "192.0.2.1",
    "::1",
    "::",
    "0.0.0.0",
    "1.2.3",
    "2001:db8::1",
    "fe80::1%eth0",
    "99999999999999999999",
]
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


def run(count: int, seed: int) -> None:
    """Send so many lines in portions that end anywhere; every line must be answered, and in the protocol's form."""
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
        [*launch.command(), "--lab", "steady"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
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
