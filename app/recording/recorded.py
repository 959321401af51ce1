"""A session file that is looked at at any moment, without reading all that stands before it.

It is gone through once, when it is opened. A moment is then reached from the latest checkpoint before it: its state,
with the histories of the lines before, and the events that follow. A checkpoint that cannot be used (of another
version, spoiled) is passed over for an earlier one, at worst for the beginning. What is told is the same, later.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..path.path import Path
from ..path.stretch_watch import TIMES_MAX
from .added import Growth
from .blocks import CHECKPOINT, Blocks
from .checkpoint import PATH, check_reading, read_checkpoint, read_path
from .columns import Addresses, ColumnReader
from .event_lines import GONE, LANE, Known, LaneAdded
from .file_bytes import Unreadable, open_file
from .history import History
from .lines_of_events import read_gone, read_lane
from .path_state import first_round, unpack
from .reader import SessionFile, header_of
from .values import Unfit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..path.snapshot import LogEntry
    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..settings import Target, TraceSettings
    from .added import MinutesOfHop
    from .checkpoint import PathLine
    from .columns import Columns
    from .event_lines import Reading, Told
    from .header import Header

COLUMNS_MAX = 128  # blocks whose columns are kept
TRIES = 3  # so many checkpoints are tried before one begins at the beginning


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that the log of a path tells."""

    time_us: int
    """When it happened (monotonic)."""
    told_us: int
    """When it was logged: what began slowly is told later."""
    target: int
    """The index of the target."""
    entry: LogEntry
    """What it was."""


@dataclass(slots=True)
class Before:
    """A state of all targets, and what followed it."""

    paths: list[Path]
    """By the index of the target; they are the caller's."""
    gone: set[int]
    """Targets that were no longer traced."""
    targets: list[Target]
    """All until then."""
    events: Iterator[Told]
    """What followed, up to the end of the file, or to where it is damaged."""


@dataclass(slots=True)
class _Place:
    """A block, and what its checkpoint says."""

    block: int
    reading: Reading
    targets: int  # lines of lanes may come later
    gone: frozenset[int]
    paths: list[PathLine] = field(default_factory=list)  # states aside
    usable: bool = True


def _never(_share: float) -> bool:
    return False


class Recorded:
    """See the module.

    Args:
        path: of the file, as the user named it.
        progress: is called while it is gone through with how much has been, 0 to 1; True ends that, and what has been
            gone through counts.

    Raises:
        RecordingError: it cannot be opened, is no session file, or is of a form that this version does not know.
    """

    def __init__(self, path: str, progress: Callable[[float], bool] = _never) -> None:
        self._blocks = Blocks(open_file(path))
        try:
            header = header_of(path, self._blocks.lines(0))
        except BaseException:
            self._blocks.close()
            raise
        self._file = SessionFile(path, header)
        beginning = Known(header.started_us).reading
        self._places = [_Place(0, beginning, len(header.targets), frozenset())]
        self._lanes: list[LaneAdded] = []
        self._gone: frozenset[int] = frozenset()
        self._columns: OrderedDict[int, dict[int, Columns]] = OrderedDict()
        self._addresses = Addresses()
        self._broken = False  # checkpoints cannot be used any more
        self._blocks.scan(self._look, progress)
        self._drop_unfinished()
        self._ended_us: int | None = None

    def close(self) -> None:
        """Let the file go."""
        self._blocks.close()

    @property
    def header(self) -> Header:
        """The first line."""
        return self._file.header

    @property
    def names(self) -> dict[str, Text]:
        """Reverse names, by address."""
        return self._file.names

    @property
    def origins(self) -> dict[str, Origin]:
        """Networks, by address."""
        return self._file.origins

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that was traced, by index; some may have been only for a while."""
        return (*self.header.targets, *(lane.target for lane in self._lanes))

    @property
    def damage(self) -> str:
        """Where the file could not be read further and why, a sentence; empty: nothing of the kind is known yet."""
        return self._file.damage or (f"{self._file.path} {self._blocks.damage}" if self._blocks.damage else "")

    @property
    def was_cut(self) -> bool:
        """Whether the recording was not ended in order, or has not been ended yet."""
        return not self._file.is_whole and not self.damage

    @property
    def began_us(self) -> int:
        """When the session began (monotonic)."""
        return self.header.started_us

    @property
    def ended_us(self) -> int:
        """When the latest event happened (monotonic)."""
        if self._ended_us is None:
            place = self._places[-1]
            latest = place.reading.time_us
            for told in self._events(place):
                if isinstance(told, tuple):
                    latest = told[1].time_us
            self._ended_us = latest
        return self._ended_us

    def marks(self) -> list[Mark]:
        """What the logs of all targets tell, in the order in which it was told."""
        found = [
            Mark(entry.time_us, told_us, index, entry)
            for place in self._places
            for index, path in enumerate(place.paths)
            for entry, told_us in zip(path.added.entries, path.added.told_us, strict=True)
        ]
        last = self.before(self.ended_us)
        growth = [Growth(path) for path in last.paths]
        for told in last.events:
            if isinstance(told, LaneAdded):
                last.paths.append(self._new_path(told.target, told.settings, told.started_us))
                growth.append(Growth(last.paths[-1]))
            elif isinstance(told, tuple):
                last.paths[told[0]].record(told[1])
                growth[told[0]].follow(told[1].time_us)
        for index, one in enumerate(growth):
            added = one.added()
            found += [
                Mark(entry.time_us, told_us, index, entry)
                for entry, told_us in zip(added.entries, added.told_us, strict=True)
            ]
        return sorted(found, key=lambda mark: mark.told_us)

    def nearest_before(self, time_us: int) -> int:
        """The moment from which ``before`` would go on to reach another."""
        return self._places[self._latest(time_us)].reading.time_us

    def before(self, time_us: int) -> Before:
        """The state at the latest checkpoint that is not after a moment, and what followed."""
        tries = 0
        for at in range(self._latest(time_us), 0, -1):
            place = self._places[at]
            if not place.usable:
                continue
            try:
                return self._before(place, self._restored(at))
            except (Unreadable, ArithmeticError, LookupError, ValueError, TypeError, AttributeError):
                # A state that no path can have had, be it that one cannot look at it.
                place.usable = False
                tries += 1
                if tries == TRIES:
                    break
        header = self.header
        paths = [self._new_path(target, header.settings, header.started_us) for target in header.targets]
        return self._before(self._places[0], paths)

    # ---- inside -----------------------------------------------------------------------------------------------

    def _latest(self, time_us: int) -> int:
        return max(0, bisect_right(self._places, time_us, key=lambda place: place.reading.time_us) - 1)

    def _new_path(self, target: Target, settings: TraceSettings, started_us: int) -> Path:
        return Path(target, settings, clock_offset_us=self.header.clock_offset_us, started_us=started_us)

    def _before(self, place: _Place, paths: list[Path]) -> Before:
        return Before(paths, set(place.gone), list(self.targets[: place.targets]), self._events(place))

    def _events(self, place: _Place) -> Iterator[Told]:
        """The events from a place on."""
        read = SessionFile(
            self._file.path,
            self.header,
            begun=(Known.of(place.reading), place.targets),
            _lines=self._blocks.lines(place.block),
        )
        if not place.block:
            next(read._lines)
        yield from read.events()
        self._file.damage = self._file.damage or read.damage

    def _restored(self, at: int) -> list[Path]:
        """The paths at a checkpoint."""
        place = self._places[at]
        states = self._states(place)
        found = []
        for index, target in enumerate(self.targets[: place.targets]):
            path = unpack(
                target, self.header.clock_offset_us, states[index], self._history(at, index, first_round(states[index]))
            )
            added = [path_line.added for one in self._places[1 : at + 1] for path_line in one.paths[index : index + 1]]
            path._events.restore([entry for one in added for entry in one.entries], added[-1].logged)
            path.snapshot()
            found.append(path)
        return found

    def _states(self, place: _Place) -> list[object]:
        """The states of a checkpoint's paths, not checked yet."""
        lines = self._blocks.lines(place.block)
        next(lines, None)
        return [read_path(line).state for _, (_, line) in zip(range(place.targets), lines, strict=False)]

    def _history(self, at: int, index: int, first: int) -> History:
        """The history of a target at a checkpoint, from a round on or from before it."""
        latest = dict(self._places[at].reading.rounds).get(index, -1)
        columns: list[Columns] = []
        for before in range(at - 1, -1, -1):
            found = self._columns_of(before).get(index)
            if found is not None:
                columns.insert(0, found)
            if dict(self._places[before].reading.rounds).get(index, -1) < min(first, latest - TIMES_MAX):
                break
        minutes: list[MinutesOfHop] = []
        for one in self._places[1 : at + 1]:
            for path_line in one.paths[index : index + 1]:
                minutes += path_line.added.minutes
        return History(columns, self._addresses, latest, minutes)

    def _columns_of(self, at: int) -> dict[int, Columns]:
        """The columns of the lines from a place to the next one."""
        found = self._columns.get(at)
        if found is None:
            place, following = self._places[at : at + 2]
            begun = [(path.settings, path.carried) for path in place.paths]
            if not at:
                header = self.header
                begun = [(target.own(header.settings), None) for target in header.targets]
            pieces = self._blocks.pieces(place.block, following.block)
            found = ColumnReader(place.reading, begun, self._addresses).read(pieces)
            if len(self._columns) >= COLUMNS_MAX:
                self._columns.popitem(last=False)
        self._columns[at] = found
        self._columns.move_to_end(at)
        return found

    # ---- going through ----------------------------------------------------------------------------------------

    def _look(self, kind: bytes, number: int, line: bytes) -> None:
        if kind == CHECKPOINT:
            self._checkpoint(number, line)
            return
        if kind == PATH.encode():
            self._path(line)
            return
        try:
            value = json.loads(line)
            if self._file.take(value):
                return
            if value.get("e") == LANE:
                self._lanes.append(read_lane(value, len(self.targets)))
            elif value.get("e") == GONE:
                self._gone |= {read_gone(value, len(self.targets)).target}
        except Unfit as error:
            raise Unreadable(f"line {number}: {error}") from None
        except (ValueError, RecursionError):
            raise Unreadable(f"line {number}: not JSON") from None

    def _checkpoint(self, number: int, line: bytes) -> None:
        """A checkpoint; where it is of no use, no later one is: each adds to the one before."""
        self._drop_unfinished()
        if self._broken:
            return
        try:
            reading = read_checkpoint(line)
            check_reading(reading, len(self.targets), number, self._places[-1].reading.time_us)
        except Unfit:
            self._broken = True
            return
        self._places.append(_Place(len(self._blocks.found) - 1, reading, len(self.targets), self._gone))

    def _path(self, line: bytes) -> None:
        place = self._places[-1]
        if self._broken or len(place.paths) == place.targets or not place.block:
            return
        try:
            place.paths.append(read_path(line)._replace(state=None))
        except Unfit:
            self._broken = True

    def _drop_unfinished(self) -> None:
        place = self._places[-1]
        if place.block and len(place.paths) < place.targets:
            self._places.pop()
            self._broken = True
