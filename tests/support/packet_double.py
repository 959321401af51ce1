"""A small probe process with chosen faults, run as a program by tests of the runner.

``--hops N``: routers 10.0.0.TTL, then the target. ``--no FEATURE``: not supported. ``--die-after N``: end after so
many probes. ``--mute``: never answer. ``--words 0.96``: that version's words. ``--log FILE``: note every line.
``--say TEXT``: write to stderr when it ends. ``--ignore-eof``: stay when the input ends. ``--rtt US``: round trip.
``--refuse WORD``: send no probe, and say so.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--hops", type=int, default=3)
    parser.add_argument("--no", action="append", default=[])
    parser.add_argument("--die-after", type=int, default=-1)
    parser.add_argument("--mute", action="store_true")
    parser.add_argument("--words", default="0.95")
    parser.add_argument("--log")
    parser.add_argument("--say", default="")
    parser.add_argument("--ignore-eof", action="store_true")
    parser.add_argument("--rtt", type=int, default=1000)
    parser.add_argument("--refuse")
    options = parser.parse_args()
    log = Path(options.log).open("a", encoding="ascii", buffering=1) if options.log else None  # noqa: SIM115
    if log:
        log.write(f"pid {os.getpid()}\n")
    probes = 0
    for line in sys.stdin:
        if log:
            log.write(line)
        token, command, *pairs = line.split()
        values = dict(zip(pairs[::2], pairs[1::2], strict=True))
        if options.mute:
            continue
        if command == "check-support":
            known = values["feature"] not in options.no
            print(token, "feature-support support", "ok" if known else "no", flush=True)
            continue
        if options.refuse:
            print(token, options.refuse, flush=True)
            continue
        probes += 1
        if 0 <= options.die_after < probes:
            print(options.say, file=sys.stderr)
            return 3
        version = "ip-6" if "ip-6" in values else "ip-4"
        ttl = int(values["ttl"])
        if ttl >= 2 and options.words != "0.95":  # hop 2 refuses all that would go on
            print(token, "no-route-host", version, "10.0.0.2", "round-trip-time", options.rtt, flush=True)
        elif ttl < options.hops:
            print(token, "ttl-expired", version, f"10.0.0.{ttl}", "round-trip-time", options.rtt, flush=True)
        else:
            print(token, "reply", version, values[version], "round-trip-time", options.rtt, flush=True)
    if options.ignore_eof:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
