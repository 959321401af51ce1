"""Session files that were spoiled, and a look at them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hopscope.app.errors import RecordingError
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.recording.recorded import Recorded

if TYPE_CHECKING:
    import random

_NUMBER = re.compile(rb"-?\d+")
NUMBERS = [0, -1, 1, 2, 3, 7, 255, 256, 1 << 15, 1 << 31, 1 << 40, (1 << 62) - 1, -(1 << 62), 10**30]
EVENTS = 3000  # that are folded of one moment at most


def spoiled(whole: bytes, source: random.Random) -> bytes:
    """A file with a few bytes, lines, numbers or values changed; most of them in checkpoints."""
    lines = whole.splitlines(keepends=True)
    states = [at for at, line in enumerate(lines) if line.startswith((b'{"e":"path"', b'{"e":"checkpoint"'))]
    for _ in range(source.randint(1, 3)):
        at = source.choice(states) if states and source.random() < 0.7 else source.randrange(len(lines))
        at = min(at, len(lines) - 1)
        line = lines[at]
        kind = source.randrange(6)
        if kind == 0:
            lines[at] = b""
        elif kind == 1:
            lines.insert(at, source.choice(lines))
        elif kind == 2 and line:
            byte = source.randrange(len(line))
            lines[at] = line[:byte] + bytes([source.randrange(256)]) + line[byte + 1 :]
        elif kind == 3 and (found := list(_NUMBER.finditer(line))):
            one = source.choice(found)
            lines[at] = line[: one.start()] + str(source.choice(NUMBERS)).encode() + line[one.end() :]
        elif kind == 4 and (found := list(_NUMBER.finditer(line))):
            one = source.choice(found)
            value = source.choice([b"null", b"[]", b"{}", b'"x"', b"1.5", b"true", b"[[1,2]]", b"NaN", b"-0"])
            lines[at] = line[: one.start()] + value + line[one.end() :]
        elif kind == 5 and (found := list(_NUMBER.finditer(line))):
            one = source.choice(found)
            lines[at] = (
                line[: one.start()] + str(int(one[0]) + source.choice([-2, -1, 1, 2])).encode() + line[one.end() :]
            )
    return b"".join(lines)


def look(path: str, source: random.Random) -> bool:
    """Open a file, go to some moments and judge them; whether it could be opened. Other errors are let through."""
    try:
        recorded = Recorded(path)
    except RecordingError:
        return False
    try:
        span_us = max(1, recorded.ended_us - recorded.began_us)
        for _ in range(2):
            time_us = recorded.began_us + source.randrange(min(span_us, 1 << 60))
            before = recorded.before(time_us)
            for count, told in enumerate(before.events):
                if isinstance(told, tuple):
                    if told[1].time_us > time_us or count > EVENTS or told[0] >= len(before.paths):
                        break
                    before.paths[told[0]].record(told[1])
            for path_of in before.paths:
                verdicts(path_of.snapshot())
        recorded.marks()
    finally:
        recorded.close()
    return True
