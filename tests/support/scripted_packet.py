"""A probe process that answers as it is told, for tests of what stands on the other side of the pipe.

    scripted_packet.py FIFO AFTER PATH...

Hop N of the path is the N-th address, the last one the target; ``-`` is a hop that does not answer. After AFTER
answers it opens and closes FIFO for writing, so that whoever reads it knows that something has been measured.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def command(fifo: Path, after: int, *path: str) -> str:
    """The value of ``--packet`` that runs this file."""
    return shlex.join([sys.executable, "-S", __file__, str(fifo), str(after), *path])


def main() -> None:
    """Answer every probe at once, one millisecond a hop."""
    fifo, after, path = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    answers = 0
    for line in sys.stdin:
        token, word, *rest = line.split()
        if word == "check-support":
            print(token, "feature-support support ok", flush=True)
            continue
        pairs = dict(zip(rest[::2], rest[1::2], strict=True))
        ttl = min(int(pairs["ttl"]), len(path))
        address = path[ttl - 1]
        if address == "-":
            continue
        version = 6 if ":" in address else 4
        what = "reply" if ttl == len(path) else "ttl-expired"
        print(token, what, f"ip-{version}", address, "round-trip-time", 1000 * ttl, flush=True)
        answers += 1
        if answers == after:
            Path(fifo).open("w").close()


if __name__ == "__main__":
    main()
