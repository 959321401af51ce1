"""A program between a transport and its other end: it delays what goes through, each direction by its own time.

``slow_pipe.py --there-ms 40 --back-ms 40 --connect HOST PORT`` is a ProxyCommand for ssh, and
``slow_pipe.py --there-ms 5 -- COMMAND`` stands before a command. Bytes keep their order, whatever the jitter.
``--ahead-us N`` sets the clock ahead that answers to ``clock`` tell of. ``--count FILE`` writes how many bytes went
there and back, once it ends.
"""

from __future__ import annotations

import argparse
import heapq
import os
import random
import re
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

READ_BYTES = 1 << 16
CLOCK = re.compile(rb"(?m)^(\d+ clock monotonic \d+ real )(\d+)$")


class Direction:
    """Bytes from one descriptor to another, later."""

    def __init__(self, source: int, sink: int, delay_s: float, jitter_s: float, luck: random.Random) -> None:
        self.source, self.sink = source, sink
        self._delay_s, self._jitter_s, self._luck = delay_s, jitter_s, luck
        self._due: list[tuple[float, int, bytes]] = []
        self._number = 0
        self._last_s = 0.0
        self.open = True
        self.ended = False
        self.carried = 0

    def read(self, ahead_us: int = 0) -> None:
        """Take what has come."""
        data = os.read(self.source, READ_BYTES)
        if ahead_us:
            data = CLOCK.sub(lambda found: found[1] + b"%d" % (int(found[2]) + ahead_us), data)
        self.open = bool(data)
        self.carried += len(data)
        self._last_s = max(self._last_s, time.monotonic() + self._delay_s + self._luck.random() * self._jitter_s)
        self._number += 1
        heapq.heappush(self._due, (self._last_s, self._number, data))

    def wait_s(self) -> float | None:
        """Until something is due; None: nothing is."""
        return max(self._due[0][0] - time.monotonic(), 0.0) if self._due else None

    def write(self) -> None:
        """Hand on what is due; the end of input is handed on too."""
        while self._due and self._due[0][0] <= time.monotonic():
            _, _, data = heapq.heappop(self._due)
            if not data:
                self.ended = True
                return
            while data:
                data = data[os.write(self.sink, data) :]


def main() -> int:
    """Carry until the far end has ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--there-ms", type=float, default=0)
    parser.add_argument("--back-ms", type=float, default=0)
    parser.add_argument("--jitter-ms", type=float, default=0)
    parser.add_argument("--ahead-us", type=int, default=0)
    parser.add_argument("--count", type=Path)
    parser.add_argument("--connect", nargs=2)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    luck = random.Random(1)
    process = None
    if given.connect:
        link = socket.create_connection((given.connect[0], int(given.connect[1])))
        near, far = link.fileno(), link.fileno()
    else:
        words = given.command[1:] if given.command[:1] == ["--"] else given.command
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin
        assert process.stdout
        near, far = process.stdin.fileno(), process.stdout.fileno()
    there = Direction(0, near, given.there_ms / 1e3, given.jitter_ms / 1e3, luck)
    back = Direction(far, 1, given.back_ms / 1e3, given.jitter_ms / 1e3, luck)
    try:
        while not back.ended:
            waits = [wait for wait in (there.wait_s(), back.wait_s()) if wait is not None]
            sources = [one.source for one in (there, back) if one.open]
            ready, _, _ = select.select(sources, [], [], min(waits, default=None))
            if there.source in ready:
                there.read()
            if back.source in ready:
                back.read(given.ahead_us)
            there.write()
            back.write()
            if there.ended and near >= 0:
                if given.connect:
                    link.shutdown(socket.SHUT_WR)
                elif process is not None and process.stdin:
                    process.stdin.close()
                near, there.ended = -1, False
    except OSError:
        pass
    finally:
        if given.count is not None:
            given.count.write_text(f"{there.carried} {back.carried}")
    return process.wait() if process is not None else 0


if __name__ == "__main__":
    sys.exit(main())
