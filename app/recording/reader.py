"""A session file while it is read: every line is checked, memory stays small, what was cut is read up to the cut."""

from __future__ import annotations

import json
import os
import zlib
from dataclasses import dataclass, field

from ..errors import RecordingError
from ..process.raised import NOT_THE_CALLERS, caller, open_for_caller
from ..process.small_file import open_regular
from ..resolve.origin import Origin
from ..sanitize import Text, sanitize_name
from .event_lines import LinesOfEvents
from .header import Header, read_header
from .values import Unfit, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .event_lines import Told

CHUNK_BYTES = 1 << 16
LINE_MAX_BYTES = 1 << 20
EXPANSION_MAX = 200  # how many times its size a compressed file may be: ours are below 20
EXPANSION_FREE_BYTES = 1 << 22
KNOWN_MAX = 100_000  # names and networks
GZIP_MAGIC = b"\x1f\x8b"
_GZIP_BITS = 31


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
    _lines: Iterator[tuple[int, bytes]] = field(default_factory=lambda: iter(()))

    def events(self) -> Iterator[Told]:
        """The events in their order, each with the index of its target, and who came and went. They are read once."""
        reader = LinesOfEvents(self.header.started_us, len(self.header.targets))
        try:
            for number, value in _values(self._lines):
                try:
                    found = reader.array(value) if isinstance(value, list) else self._item(reader, value)
                except Unfit as error:
                    self.damage = f"{self.path} line {number}: {error}"
                    return
                if found is not None:
                    yield found
        except _Unreadable as error:
            self.damage = f"{self.path} {error}"

    def _item(self, reader: LinesOfEvents, value: object) -> Told | None:
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
            return reader.item(value)
        return None


class _Unreadable(Exception):  # noqa: N818 - it is caught where the file is named, and becomes an error there
    """The file cannot be read beyond this; the text says where."""


def open_session(path: str) -> SessionFile:
    """A session file, opened and its header read.

    Raises:
        RecordingError: it cannot be opened, is none, or is of a form that this version does not know.
    """
    lines = _lines(_parts(_open(path)))
    try:
        _, first = next(lines)
        header = read_header(json.loads(first))
    except StopIteration:
        raise RecordingError(f"{path}: there is no whole line in it") from None
    except _Unreadable as error:
        raise RecordingError(f"{path} {error}") from None
    except (Unfit, ValueError, RecursionError) as error:
        what = error if isinstance(error, Unfit) else "this is not a session file of hopscope"
        raise RecordingError(f"{path} line 1: {what}") from None
    return SessionFile(path, header, _lines=lines)


def _open(path: str) -> int:
    try:
        return open_for_caller(path, os.environ, open_regular)
    except PermissionError as error:
        what = NOT_THE_CALLERS if caller(os.environ) is not None else error.strerror
        raise RecordingError(f"cannot read {path}: {what}") from None
    except (OSError, ValueError) as error:
        raise RecordingError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None


def _parts(file: int) -> Iterator[bytes]:
    """What the file holds, piece by piece, expanded where it is compressed."""
    try:
        part = os.read(file, CHUNK_BYTES)
        if not part.startswith(GZIP_MAGIC):
            while part:
                yield part
                part = os.read(file, CHUNK_BYTES)
            return
        expander = zlib.decompressobj(_GZIP_BITS)
        taken = given = 0
        while part:
            taken += len(part)
            while part:
                expanded = expander.decompress(part, CHUNK_BYTES)
                part = expander.unconsumed_tail
                given += len(expanded)
                if given > EXPANSION_FREE_BYTES + EXPANSION_MAX * taken:
                    raise _Unreadable("expands to too many times its size: no recording does")
                yield expanded
            if expander.eof:
                return
            part = os.read(file, CHUNK_BYTES)
    except zlib.error:
        raise _Unreadable("is damaged: its compressed data cannot be expanded further") from None
    except OSError as error:
        raise _Unreadable(f"cannot be read further: {error.strerror}") from None
    finally:
        os.close(file)


def _lines(parts: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers from 1, without their ends; a last one without an end was cut, and is left out."""
    number, rest = 0, b""
    for part in parts:
        *whole, rest = (rest + part).split(b"\n")
        for line in whole:
            number += 1
            yield number, line
        if len(rest) > LINE_MAX_BYTES:
            raise _Unreadable(f"line {number + 1}: longer than {LINE_MAX_BYTES:,} bytes")


def _values(lines: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, Any]]:
    """The value of each line, with its number."""
    for number, line in lines:
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            raise _Unreadable(f"line {number}: not JSON") from None
