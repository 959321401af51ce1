"""A session file as blocks: what stands before its first checkpoint, and after each one up to the next.

All of it is gone through once, as bytes: lines of arrays are not parsed, only objects are looked at. After that any
block can be read by itself, a compressed one too, since a checkpoint stands behind a full flush.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .event_lines import ANSWER, KINDS
from .file_bytes import LINE_MAX_BYTES, FileBytes, Lines, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Look = Callable[[bytes, int, bytes], None]

CHECKPOINT = b"checkpoint"
BLOCKS_MAX = 1 << 16
ENTRIES_MAX = 4
# Kinds that nobody looks at before their turn.
_SKIPPED = frozenset(kind.encode() for kind in (*KINDS, ANSWER))
_KIND = re.compile(rb'\{"e": ?"([a-z -]{1,20})"')


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the file that can be read by itself."""

    line: int
    """The number of its first line, from 1."""
    begin: int
    """Where that begins, among the bytes of lines."""
    entry: int
    """Where it begins in the file."""


class Blocks:
    """The blocks of a file: one, until ``scan`` has found the others.

    Args:
        file: its descriptor, which ``close`` closes.
    """

    def __init__(self, file: int) -> None:
        self._file = file
        self.found = [Block(1, 0, 0)]
        self.damage = ""
        """Why the file could not be gone through to its end, a clause; empty: it could."""

    def close(self) -> None:
        """No block can be read any more."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def lines(self, first: int) -> Iterator[tuple[int, bytes]]:
        """The lines, with their numbers, from the block with an index to the end.

        Raises:
            Unreadable: the file cannot be read further.
        """
        block = self.found[first]
        lines = Lines(block.line - 1)
        number = block.line
        for part in FileBytes(self._file, block.entry).parts():
            for line in lines.take(part.data):
                yield number, line
                number += 1

    def pieces(self, first: int, last: int) -> Iterator[bytes]:
        """Whole lines, many at once, from the block with one index to before that with another.

        Raises:
            Unreadable: the file cannot be read further.
        """
        block = self.found[first]
        left = self.found[last].begin - block.begin
        rest = b""
        for part in FileBytes(self._file, block.entry).parts():
            data = rest + part.data[:left]
            left -= len(part.data)
            whole = data.rfind(b"\n") + 1
            if whole:
                yield data[:whole]
            rest = data[whole:]
            if left <= 0:
                return
            if len(rest) > LINE_MAX_BYTES:
                raise Unreadable("has a line that is too long")

    def scan(self, look: Look, progress: Callable[[float], bool]) -> None:
        """Go through the file.

        Args:
            look: is called with the kind of each object line, its number and its bytes, but for those of probes; a kind
                that stands elsewhere than first in its line is empty. Where it raises ``Unreadable``, that is the end.
            progress: is called now and then with how much has been gone through, 0 to 1; where it gives True, that is
                the end.
        """
        try:
            self._scan(look, progress)
        except Unreadable as error:
            self.damage = str(error)

    def _scan(self, look: Look, progress: Callable[[float], bool]) -> None:
        size = max(1, os.fstat(self._file).st_size)
        read = FileBytes(self._file)
        rest, begin, number = b"", 0, 1  # the bytes from the last line's beginning on, where that is, its number
        entries: dict[int, int] = {}  # where in the file a line can be read from, by where it begins
        for part in read.parts():
            data = rest + part.data
            whole = data.rfind(b"\n") + 1
            if whole:
                self._objects(data[:whole], begin, number, None if not read.is_compressed else entries, look)
                number += data.count(b"\n", 0, whole)
            if part.entry >= 0:
                entries[begin + len(data)] = part.entry
                if len(entries) > ENTRIES_MAX:
                    del entries[next(iter(entries))]
            rest, begin = data[whole:], begin + whole
            if len(rest) > LINE_MAX_BYTES:
                raise Unreadable(f"line {number}: longer than {LINE_MAX_BYTES:,} bytes")
            if progress(min(1.0, read.position / size)):
                return

    def _objects(self, data: bytes, begin: int, number: int, entries: dict[int, int] | None, look: Look) -> None:
        """Look at the object lines in some whole lines, which begin at a byte and with a number.

        ``entries``: where in the file lines can be read from; None: each where it stands.
        """
        counted = 0
        at = 0 if data.startswith(b"{") else data.find(b"\n{") + 1
        while data.startswith(b"{", at):
            end = data.index(b"\n", at)
            number += data.count(b"\n", counted, at)
            line, counted = data[at:end], end
            kind = _KIND.match(line)
            word = kind[1] if kind is not None else b""
            if word == CHECKPOINT:
                entry = begin + at if entries is None else entries.get(begin + at, -1)
                if entry > 0 and len(self.found) < BLOCKS_MAX:
                    self.found.append(Block(number, begin + at, entry))
                    look(word, number, line)
            elif word not in _SKIPPED:
                look(word, number, line)
            at = data.find(b"\n{", end) + 1
            if not at:
                return
