"""Session files of long traces: bytes a probe, what writing costs, how long opening and seeking takes, and memory.

    cd tests && python -m bench.recording [--probes 1000000] [--hops 12] [--loss 0.002] [--gzip]

The events are made up: rounds of a second, RTTs of a path with some jitter, a bit of loss, readings of an interface.
Reading is measured in a process of its own, whose memory is told.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hopscope.app.recording.encoder import Encoder
from hopscope.app.recording.header import Header
from hopscope.app.recording.recorded import Recorded
from hopscope.app.recording.replayed import ReplayedSession
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace import events as happened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hopscope.app.recording.recorded import Before

START_US = 5_000_000_000
TARGET = Target(sanitize("far.example"), "192.0.2.99", 4)


def events(probes: int, hops: int, loss: float, source: random.Random) -> Iterator[happened.Event]:
    """The events of a trace of so many probes."""
    base_us = [int(800 * ttl * source.uniform(1, 1.6)) for ttl in range(hops + 1)]
    seq, carried = 0, 1 << 33
    yield happened.StateChanged(START_US, "running")
    for number in range(probes // hops):
        began_us = START_US + number * 1_000_000 + source.randrange(400)
        made: list[happened.Event] = [happened.RoundStarted(began_us, number)]
        carried += source.randrange(200_000)
        made.append(happened.TrafficRead(began_us, number, "eth0", carried))
        for ttl in range(1, hops + 1):
            at_us = began_us + (ttl - 1) * 1_000_000 // hops + source.randrange(90)
            made.append(happened.ProbeSent(at_us, number, ttl, seq))
            if source.random() < loss:
                made.append(happened.ProbeLost(at_us + 5_000_000, number, ttl, seq))
            else:
                rtt_us = base_us[ttl] + int(source.expovariate(1 / 300))
                ends = ttl == hops
                word, address = ("reply", TARGET.address) if ends else ("ttl-expired", f"10.0.{ttl}.1")
                kinds = (0, 0) if ends else (11, 0)
                answer_us = at_us + rtt_us + 60 + source.randrange(150)
                made.append(
                    happened.ProbeAnswered(
                        answer_us,
                        number,
                        ttl,
                        seq,
                        word,
                        address,
                        rtt_us,
                        (),
                        False,
                        *kinds,
                        64 - ttl,
                        1,
                        0,
                        None,
                        "kernel",
                    )
                )
            seq += 1
        made.sort(key=lambda one: one.time_us)
        yield from made


def write(path: Path, told: Iterable[happened.Event]) -> float:
    """Write a session file; how many seconds of processor that took, with the making of the events."""
    header = Header(sanitize("here"), (TARGET,), TraceSettings(), START_US, 0, sanitize("0"))
    encoder = Encoder(header, compressed=path.suffix == ".gz")
    synced_us = START_US
    began = time.process_time()
    with path.open("wb") as file:
        for event in told:
            encoder.take((0, event))
            if event.time_us - synced_us > 5_000_000:
                synced_us = event.time_us
                file.write(encoder.data())
        file.write(encoder.end())
    return time.process_time() - began


def fold(place: Before, time_us: int) -> None:
    """Fold the events up to a moment, and look at it."""
    for told in place.events:
        if isinstance(told, tuple):
            if told[1].time_us > time_us:
                break
            place.paths[told[0]].record(told[1])
    place.paths[0].snapshot()


def read(path: str) -> None:
    """What reading costs, as a line of JSON."""
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter(), time.process_time()
    recorded = Recorded(path)
    last = recorded.before(recorded.ended_us)
    fold(last, recorded.ended_us)
    opened = time.perf_counter() - began[0], time.process_time() - began[1]
    source = random.Random(2)
    seeks, ends = [], []
    for number in range(20):
        time_us = source.randrange(recorded.began_us, recorded.ended_us)
        at = time.process_time()
        fold(recorded.before(time_us), time_us)
        seeks.append(time.process_time() - at)
        if number > 10:  # a step back from there
            at = time.process_time()
            fold(recorded.before(time_us - 10_000_000), time_us - 10_000_000)
            ends.append(time.process_time() - at)
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "open_s": round(opened[0], 2),
                "open_cpu_s": round(opened[1], 2),
                "seek_median_s": round(sorted(seeks)[10], 3),
                "seek_worst_s": round(max(seeks), 3),
                "back_10s_median_s": round(sorted(ends)[len(ends) // 2], 3),
                "peak_mb": peak_kb // 1024,
                "at_start_mb": before_kb // 1024,
            }
        )
    )


def main() -> None:
    """Write, and read in another process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--probes", type=int, default=1_000_000)
    parser.add_argument("--hops", type=int, default=12)
    parser.add_argument("--loss", type=float, default=0.002)
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--fold", action="store_true", help="measure a whole replay, too")
    parser.add_argument("--read")
    found = parser.parse_args()
    if found.read:
        read(found.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x.hops{'.gz' * found.gzip}"
        wanted = found.probes, found.hops, found.loss
        began = time.process_time()
        for _ in events(*wanted, random.Random(1)):
            pass
        made = time.process_time() - began
        taken = write(path, events(*wanted, random.Random(1))) - made
        size = path.stat().st_size / found.probes
        print(f"{size:.2f} bytes a probe, written in {taken / found.probes * 1e6:.1f} us each")
        command = [sys.executable, "-m", "bench.recording", "--read", str(path)]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
        if found.fold:
            at = time.process_time()
            ReplayedSession(str(path)).start()
            print(f"folded in {(time.process_time() - at) / found.probes * 1e6:.1f} us a probe")


if __name__ == "__main__":
    main()
