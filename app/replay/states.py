"""What paths had folded at some moments, so that a later one need not be folded from the beginning.

Histories are most of such a state, and two states that follow each other have almost the same ones: they are cut into
pieces, and each piece is kept once. Like blocks of events, states are read by the program that made them.
"""

from __future__ import annotations

import copyreg
import io
import pickle
import zlib
from array import array
from bisect import bisect_right
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..path.path import Path

PIECE = 128  # numbers
STATES_MAX = 512
_LEVEL = 1


class Folded(NamedTuple):
    """What has been folded."""

    paths: list[Path]  # of all targets that there have been, by index
    gone: frozenset[int]  # the indices of those that are no longer traced


class _State(NamedTuple):
    events: int  # how many are in it
    until_us: int  # the latest time of any of them
    data: bytes
    pieces: tuple[bytes, ...]  # the digests of those it is made of


class _Piece:
    __slots__ = ("data", "users")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.users = 0


class States:
    """Keeps states in the order in which they came; the more have come, the farther apart are those that are kept."""

    def __init__(self, limit: int = STATES_MAX) -> None:
        self.bytes = 0
        """How much memory they take, about."""
        self._limit = limit
        self._states: list[_State] = []
        self._pieces: dict[bytes, _Piece] = {}

    def keep(self, count: int, until_us: int, folded: Folded) -> None:
        """Keep what ``count`` events have come to; the latest of them was at ``until_us``."""
        used: list[bytes] = []
        stream = io.BytesIO()
        _Pickler(stream, self._pieces, used).dump(tuple(folded))
        state = _State(count, until_us, zlib.compress(stream.getvalue(), _LEVEL), tuple(used))
        for digest in used:
            piece = self._pieces[digest]
            self.bytes += 0 if piece.users else len(piece.data)
            piece.users += 1
        self.bytes += len(state.data)
        self._states.append(state)
        if len(self._states) > self._limit:
            self._forget(self._states.pop(self._nearest()))

    def _nearest(self) -> int:
        """The state without which there is the smallest gap; neither the oldest nor the latest."""
        states = self._states
        return min(range(1, len(states) - 1), key=lambda at: states[at + 1].events - states[at - 1].events)

    def before(self, time_us: int) -> tuple[int, int, Folded]:
        """The latest state that nothing later than a moment is in, or else the oldest.

        How many events are in it, when the latest of them was, and what they have come to.
        """
        at = bisect_right(self._states, time_us, key=lambda one: one.until_us) - 1
        state = self._states[max(at, 0)]
        stream = io.BytesIO(zlib.decompress(state.data))
        return state.events, state.until_us, Folded(*_Unpickler(stream, self._pieces).load())

    def until_us(self, time_us: int) -> int:
        """When the latest event was of the state that ``before`` gives."""
        at = bisect_right(self._states, time_us, key=lambda one: one.until_us) - 1
        return self._states[max(at, 0)].until_us

    @property
    def oldest_us(self) -> int:
        """When the latest event of the oldest one was."""
        return self._states[0].until_us

    @property
    def counts(self) -> Sequence[int]:
        """How many events are in each of them, the oldest first."""
        return [one.events for one in self._states]

    def forget_before(self, count: int) -> None:
        """Forget those with fewer events than these."""
        while self._states and self._states[0].events < count:
            self._forget(self._states.pop(0))

    def _forget(self, state: _State) -> None:
        self.bytes -= len(state.data)
        for digest in state.pieces:
            piece = self._pieces[digest]
            piece.users -= 1
            if not piece.users:
                self.bytes -= len(piece.data)
                del self._pieces[digest]


def _joined(*_: object) -> array[Any]:
    """Stands in a state for what its reader does."""
    raise NotImplementedError


class _Pickler(pickle.Pickler):
    """Cuts long arrays into pieces."""

    def __init__(self, stream: io.BytesIO, pieces: dict[bytes, _Piece], used: list[bytes]) -> None:
        super().__init__(stream, 5)
        self._pieces = pieces
        self._used = used
        self.dispatch_table = {**copyreg.dispatch_table, array: self._cut}

    def _cut(self, numbers: array[Any]) -> tuple[Any, ...]:
        data, size = numbers.tobytes(), PIECE * numbers.itemsize
        whole = len(data) // size * size
        digests = []
        for at in range(0, whole, size):
            piece = data[at : at + size]
            digest = blake2b(piece, digest_size=16).digest()
            if digest not in self._pieces:
                self._pieces[digest] = _Piece(zlib.compress(piece, _LEVEL))
            digests.append(digest)
        self._used += digests
        return _joined, (numbers.typecode, tuple(digests), data[whole:])


class _Unpickler(pickle.Unpickler):
    """Joins them again."""

    def __init__(self, stream: io.BytesIO, pieces: dict[bytes, _Piece]) -> None:
        super().__init__(stream)
        self._pieces = pieces

    def find_class(self, module: str, name: str) -> Any:
        """What a state names."""
        return self._join if name == _joined.__name__ else super().find_class(module, name)

    def _join(self, typecode: str, digests: tuple[bytes, ...], rest: bytes) -> array[Any]:
        joined = array(typecode)
        joined.frombytes(b"".join([zlib.decompress(self._pieces[digest].data) for digest in digests]) + rest)
        return joined
