"""A session file while it is read: every line is checked, memory stays small, what was cut is read up to the cut."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import RecordingError
from ..resolve.origin import Origin
from ..sanitize import Text, sanitize_name
from .event_lines import Known
from .file_bytes import FileBytes, Lines, Unreadable, open_file
from .header import Header, read_header
from .lines_of_events import LinesOfEvents
from .values import Unfit, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from .event_lines import Told

_NUMBERS = b"0123456789-,"
KNOWN_MAX = 100_000  # names and networks


@dataclass(slots=True)
class SessionFile:
    """What a session file holds; what comes after the header is there once ``events`` has been read to its end."""

    path: str
    """As the user named it."""
    header: Header
    """Its first line."""
    names: dict[str, Text] = field(default_factory=dict)
    """Reverse names, by address."""
    origins: dict[str, Origin] = field(default_factory=dict)
    """Networks, by address."""
    is_whole: bool = False
    """Whether the recording was ended in order; else the file was cut, or is still being written."""
    damage: str = ""
    """Where it could not be read further and why, a sentence; empty: all of it was read."""
    begun: tuple[Known, int] | None = None
    """What is known where its lines begin, and how many targets there are then; None: they are those of the header."""
    _lines: Iterator[tuple[int, bytes]] = field(default_factory=lambda: iter(()))
    _read: FileBytes | None = None
    _size: int = 1

    def events(self) -> Iterator[Told]:
        """The events in their order, each with the index of its target, and who came and went. They are read once."""
        known, targets = self.begun or (Known(self.header.started_us), len(self.header.targets))
        reader = LinesOfEvents(known, targets)
        try:
            for number, value in _values(self._lines):
                try:
                    if isinstance(value, list):
                        found = reader.array(value)
                    else:
                        found = None if self.take(value) else reader.item(value)
                except Unfit as error:
                    self.damage = f"{self.path} line {number}: {error}"
                    return
                if found is not None:
                    yield found
        except Unreadable as error:
            self.damage = f"{self.path} {error}"

    @property
    def share(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return min(1.0, self._read.position / self._size) if self._read is not None else 0.0

    def take(self, value: object) -> bool:
        """Take what a line says of the file itself or of addresses; whether that is what it says.

        Raises:
            Unfit: the line is none.
        """
        if not isinstance(value, dict):
            raise Unfit("neither a list nor an object")
        word = value.get("e")
        if word == "end":
            self.is_whole = True
        elif word in ("name", "origin"):
            address = value.get("address")
            if not isinstance(address, str) or len(self.names) + len(self.origins) >= KNOWN_MAX:
                raise Unfit("address: missing, or too many names")
            if word == "origin":
                self.origins[address] = record(Origin, value)
            else:
                name = value.get("name")
                if not isinstance(name, str):
                    raise Unfit("name: not a text")
                self.names[address] = sanitize_name(name)
        else:
            return False
        return True


def open_session(path: str, more: Callable[[], bool] | None = None) -> SessionFile:
    """A session file, opened and its header read.

    ``more`` is asked at the end of what there is: whether to look again; it may wait. None: that is the end.

    Raises:
        RecordingError: it cannot be opened, is none, or is of a form that this version does not know.
    """
    file = open_file(path)
    read, size = FileBytes(file), max(1, os.fstat(file).st_size)
    lines = _lines(file, read, more)
    return SessionFile(path, header_of(path, lines), _lines=lines, _read=read, _size=size)


def header_of(path: str, lines: Iterator[tuple[int, bytes]]) -> Header:
    """The header of a file's lines, of which it takes the first.

    Raises:
        RecordingError: there is none, or it is of a form that this version does not know.
    """
    try:
        _, first = next(lines)
        return read_header(json.loads(first))
    except StopIteration:
        raise RecordingError(f"{path}: there is no whole line in it") from None
    except Unreadable as error:
        raise RecordingError(f"{path} {error}") from None
    except (Unfit, ValueError, RecursionError) as error:
        what = error if isinstance(error, Unfit) else "this is not a session file of hopscope"
        raise RecordingError(f"{path} line 1: {what}") from None


def _lines(file: int, read: FileBytes, more: Callable[[], bool] | None) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers from 1; it is closed at its end."""
    try:
        lines, number = Lines(), 0
        while True:
            for part in read.parts():
                for line in lines.take(part.data):
                    number += 1
                    yield number, line
            if more is None or not more():
                return
    finally:
        os.close(file)


def _values(lines: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, Any]]:
    """The value of each line, with its number; lists are of whole numbers."""
    for number, line in lines:
        if line.translate(None, _NUMBERS) == b"[]" and line[:1] == b"[" and line[-1:] == b"]":
            try:  # nothing but numbers: a third of the time that JSON takes
                yield number, [*map(int, line[1:-1].split(b","))] if len(line) > len(b"[]") else []
            except ValueError:
                raise Unreadable(f"line {number}: not JSON") from None
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise Unreadable(f"line {number}: not JSON") from None
        if isinstance(value, list) and any(type(one) is not int for one in value):
            raise Unreadable(f"line {number}: not a list of whole numbers")
        yield number, value
