"""Checkpoints in a session file: places from which it can be read on without all that stands before.

A checkpoint is one line, ``{"e":"checkpoint",...}``, and after it a ``{"e":"path",...}`` for each target, in their
order: the state that folding all lines before it gives. Answers are numbered anew after it. Whoever folds events from
the beginning skips these lines: checkpoints serve seeking alone. States of another layout than this version's are of
no use, and an earlier place serves then.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from ..path.path import Path
from ..settings import TraceSettings
from ..trace import events
from .added import Added, Growth
from .checks import TTL_MAX
from .codec import Maybe, codec
from .event_lines import PROBES_KNOWN, LaneAdded, LaneGone, Reading
from .lines_of_events import NUMBERS_MAX
from .path_state import pack
from .path_table import layout
from .values import Unfit

if TYPE_CHECKING:
    from .event_lines import Known, Told
    from .header import Header

CHECKPOINT, PATH = "checkpoint", "path"
# A checkpoint comes after so many probes, where the lines since the last one are so many times as long as that was.
PROBES, TIMES = 4096, 6
# Of more targets none are made: their states are as long as what they sent meanwhile.
TARGETS_MAX = 64
LINE_MAX_BYTES = 1 << 19  # where a state is longer, there is no checkpoint
_READING, _ADDED, _SETTINGS = codec(Reading), codec(Added), codec(TraceSettings)
_CARRIED = codec(Maybe(events.TrafficRead))


class Checkpoints:
    """Folds what is written, and makes the lines of checkpoints.

    Args:
        header: of the file.
        known: what is known of its lines; it must have been told of an event before this is.
    """

    def __init__(self, header: Header, known: Known) -> None:
        self._known = known
        self._offset_us = header.clock_offset_us
        self._probes = 0
        self._size = 0  # of the latest checkpoint
        self._since = 0  # bytes written since then
        self._paths: list[Path] | None = []
        self._growth: list[Growth] = []
        for target in header.targets:
            self._add(Path(target, header.settings, clock_offset_us=self._offset_us, started_us=header.started_us))

    def take(self, told: Told, size_bytes: int) -> None:
        """Something was written, in so many bytes."""
        if self._paths is None:
            return
        self._since += size_bytes
        if isinstance(told, LaneAdded):
            self._add(Path(told.target, told.settings, clock_offset_us=self._offset_us, started_us=told.started_us))
        elif not isinstance(told, LaneGone):
            index, event = told
            self._probes += isinstance(event, events.ProbeSent)
            self._paths[index].record(event)
            self._growth[index].follow(event.time_us)

    @property
    def due(self) -> bool:
        """Whether a checkpoint is to be written now."""
        return self._paths is not None and self._probes >= PROBES and self._since >= TIMES * self._size

    def lines(self) -> list[str]:
        """Its lines; none where a state is too long to be kept."""
        assert self._paths is not None
        made = [_json({"e": CHECKPOINT, "layout": layout(), "reading": _READING.pack(self._known.reading)})]
        for path, growth in zip(self._paths, self._growth, strict=True):
            line = {
                "e": PATH,
                "settings": _SETTINGS.pack(path.settings),
                "carried": _CARRIED.pack(path._traffic._before),
                "added": _ADDED.pack(growth.added()),
                "state": pack(path),
            }
            made.append(_json(line))
        self._probes = self._since = 0
        self._size = sum(map(len, made))
        if max(map(len, made)) > LINE_MAX_BYTES:
            self._paths = None
            return []
        return made

    def _add(self, path: Path) -> None:
        if self._paths is None:
            return
        self._paths.append(path)
        self._growth.append(Growth(path))
        if len(self._paths) > TARGETS_MAX:
            self._paths = None


class PathLine(NamedTuple):
    """What a checkpoint says of a path."""

    settings: TraceSettings
    """Its settings then."""
    carried: events.TrafficRead | None
    """The latest reading of counters that the next one may go on from."""
    added: Added
    """What came since the checkpoint before."""
    state: object
    """Its state, not checked yet."""


def read_checkpoint(line: bytes) -> Reading:
    """What was known before a checkpoint, from its line.

    Raises:
        Unfit: it is none, or its states are of another layout.
    """
    value = _object(line)
    if value.get("layout") != layout():
        raise Unfit("of another layout")
    reading: Reading = _READING.unpack(value.get("reading"))
    return reading


def check_reading(reading: Reading, targets: int, lines: int, before_us: int) -> None:
    """Raise ``Unfit`` where so many lines, of so many targets, cannot have come to this after a time."""
    if reading.time_us < before_us:
        raise Unfit("out of its order")
    rounds = dict(reading.rounds)
    if not 0 <= reading.target < targets or any(not 0 <= index < targets for index in rounds):
        raise Unfit("there is no such target")
    if any(not 0 <= number <= lines for number in rounds.values()) or len(reading.probes) > min(lines, PROBES_KNOWN):
        raise Unfit("more rounds or probes than lines")
    for index, seq, number, ttl in reading.probes:
        if not 0 <= number <= rounds.get(index, -1) or not 1 <= ttl <= TTL_MAX or abs(seq) > NUMBERS_MAX:
            raise Unfit("there is no such probe")
    if any(not 0 <= index < targets for index, *_ in reading.carried):
        raise Unfit("there is no such target")


def read_path(line: bytes) -> PathLine:
    """What a path's line says.

    Raises:
        Unfit: it is none.
    """
    value = _object(line)
    if value.get("e") != PATH:
        raise Unfit("not the line of a path")
    return PathLine(
        _SETTINGS.unpack(value.get("settings")),
        _CARRIED.unpack(value.get("carried")),
        _ADDED.unpack(value.get("added")),
        value.get("state"),
    )


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise Unfit("not JSON") from None
    if not isinstance(value, dict):
        raise Unfit("not an object")
    return value


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
