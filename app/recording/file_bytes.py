"""The bytes of a session file, expanded where it is compressed: from its beginning or from a checkpoint on.

What is read may be anything, so it is bounded: pieces, lines, and how much a compressed file expands to.
"""

from __future__ import annotations

import os
import zlib
from typing import NamedTuple

from ..errors import RecordingError
from ..process.raised import NOT_THE_CALLERS, caller, open_for_caller
from ..process.small_file import open_regular

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_BYTES = 1 << 16
LINE_MAX_BYTES = 1 << 20
EXPANSION_MAX = 200  # how many times its size a compressed file may be: ours are below 20
EXPANSION_FREE_BYTES = 1 << 22
GZIP_MAGIC = b"\x1f\x8b"
_GZIP_BITS, _RAW_BITS = 31, -15  # zlib.h: with gzip's header (RFC 1952), and without any (RFC 1951)
# What a flush ends with: a stored block of no bytes (RFC 1951 section 3.2.4).
_FLUSHED = b"\x00\x00\xff\xff"


class Unreadable(Exception):  # noqa: N818 - it is caught where the file is named, and becomes an error there
    """The file cannot be read beyond this; the text says where."""


def open_file(path: str) -> int:
    """A descriptor of a regular file that may be read by whoever called us.

    Raises:
        RecordingError: there is none.
    """
    try:
        return open_for_caller(path, os.environ, open_regular)
    except PermissionError as error:
        what = NOT_THE_CALLERS if caller(os.environ) is not None else error.strerror
        raise RecordingError(f"cannot read {path}: {what}") from None
    except (OSError, ValueError) as error:
        raise RecordingError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from None


class Part(NamedTuple):
    """Some bytes of lines."""

    data: bytes
    """These, perhaps none."""
    entry: int
    """Where in the file those that follow begin, if they can be read from there; else -1."""


class FileBytes:
    """Reads a file piece by piece.

    Args:
        file: its descriptor; somebody else closes it.
        at: where to begin: 0, or an ``entry``.
    """

    def __init__(self, file: int, at: int = 0) -> None:
        self._file = file
        self._at = at  # of the next byte to read
        self._rest = b""
        self._taken = self._given = 0
        self.is_compressed = os.pread(file, 2, 0) == GZIP_MAGIC
        self._expander = zlib.decompressobj(_RAW_BITS if at else _GZIP_BITS) if self.is_compressed else None

    @property
    def position(self) -> int:
        """How far into the file it has been read."""
        return self._at

    def parts(self) -> Iterator[Part]:
        """What there is now; called again later, what has been added since.

        Raises:
            Unreadable: it is damaged, or no recording.
        """
        try:
            while True:
                chunk = os.pread(self._file, CHUNK_BYTES, self._at)
                if not chunk and not self._rest:
                    return
                self._at += len(chunk)
                if self._expander is None:
                    yield Part(chunk, self._at)
                elif self._expander.eof:
                    return
                else:
                    yield from self._expanded(self._expander, chunk)
        except zlib.error:
            raise Unreadable("is damaged: its compressed data cannot be expanded further") from None
        except OSError as error:
            raise Unreadable(f"cannot be read further: {error.strerror}") from None

    def _expanded(self, expander: zlib._Decompress, chunk: bytes) -> Iterator[Part]:
        data, self._rest = self._rest + chunk, b""
        begin = 0
        while begin < len(data):
            found = data.find(_FLUSHED, begin)
            stop = found + len(_FLUSHED) if found >= 0 else len(data)
            if found < 0 and chunk and stop - begin >= len(_FLUSHED):
                stop -= len(_FLUSHED) - 1  # which may be the beginning of one
                self._rest = data[stop:]
            piece = data[begin:stop]
            self._taken += len(piece)
            while piece and not expander.eof:  # what follows the end is no part of it, and would be tried for ever
                expanded = expander.decompress(piece, CHUNK_BYTES)
                piece = expander.unconsumed_tail
                self._given += len(expanded)
                if self._given > EXPANSION_FREE_BYTES + EXPANSION_MAX * self._taken:
                    raise Unreadable("expands to too many times its size: no recording does")
                ends = found >= 0 and not piece
                yield Part(expanded, self._at - len(data) + stop if ends else -1)
            begin = stop + len(self._rest)


class Lines:
    """Cuts bytes into lines; a last one without an end was cut, or is still being written."""

    def __init__(self, number: int = 0) -> None:
        self.number = number  # of lines that have been given, from the beginning of the file
        self._rest = b""

    def take(self, data: bytes) -> list[bytes]:
        """The lines that more bytes complete, without their ends.

        Raises:
            Unreadable: a line is too long.
        """
        *whole, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LINE_MAX_BYTES or any(len(line) > LINE_MAX_BYTES for line in whole):
            raise Unreadable(f"line {self.number + 1}: longer than {LINE_MAX_BYTES:,} bytes")
        self.number += len(whole)
        return whole
