"""Whether names slow the screen: 30 hops with a name server that answers after 2 s, with a dead one, and without names.

    PYTHONPATH=tests python tests/bench/slow_names.py [SECONDS]

For each case: rounds measured (the sent count of the last row), the longest pause between two paintings once the
table stands, when the first and the last name came, questions asked, and processor time of screen and look-ups.
"""

from __future__ import annotations

import itertools
import os
import re
import select
import shlex
import sys
import time

import pyte
from hopscope.probe.lab.scenario import load
from hopscope.probe.launch import command as packet_command
from support.dns_server import DnsServer, running
from support.program import ENVIRONMENT, command
from support.pty import PtyProgram

COLUMNS, ROWS = 120, 45
SETTLED_S = 3.0


def case(title: str, server: DnsServer | None, seconds: float) -> None:
    """Watch the screen for a while, and print a line."""
    scenario = load("long")
    names = [f"h{number}.slow.example" for number, _ in enumerate(scenario.names())]
    options = ["-n"]
    if server is not None:
        for address, name in zip(scenario.names(), names, strict=True):
            server.ptr(address, name + ".")
        options = ["--dns-server", f"127.0.0.1:{server.port}"]
    packet = shlex.join([*packet_command(), "--lab", "long"])
    environment = {**ENVIRONMENT, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    line = command("--packet", packet, *options, scenario.target())
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    data, came, painted = b"", {}, [0.0]
    with PtyProgram(line, columns=COLUMNS, rows=ROWS, environment=environment) as program:
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if select.select([program.master], [], [], 0.05)[0]:
                chunk = os.read(program.master, 65536)
                stream.feed(chunk)
                data += chunk
                painted.append(time.monotonic() - start)
                shown = "\n".join(screen.display)
                for name in names:
                    if name not in came and name in shown:
                        came[name] = painted[-1]
        ticks = _cpu_ticks(program.pid)
        program.write(b"q")
        program.read_until(b"\x1b[?1049l")
    rows = [row for row in screen.display if re.match(r" *\d+ ", row)]
    rounds = re.findall(r"\s\d+\.\d\s+(\d+)\s", rows[-1])
    gaps = [later - earlier for earlier, later in itertools.pairwise(painted) if earlier > SETTLED_S]
    names_came = f"{min(came.values()):5.1f} s {max(came.values()):5.1f} s" if came else "      -       -"
    asked = len(server.queries) if server is not None else 0
    print(
        f"{title:<34}{len(rows):4} rows {rounds[0] if rounds else '?':>4} rounds  longest pause {max(gaps):5.2f} s"
        f"  names {len(came):2}: {names_came}  asked {asked:3}  cpu {ticks * 10:5} ms"
    )


def _cpu_ticks(pid: int) -> int:
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def main() -> None:
    """All cases, one after the other."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    case("without names", None, seconds)
    with running(DnsServer(delay_s=2.0)) as server:
        case("name server that answers after 2 s", server, seconds)
    with running(DnsServer(drop=1_000_000)) as server:
        case("name server that never answers", server, seconds)


if __name__ == "__main__":
    main()
