"""All events of a trace in their order, in little memory; the oldest may be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .blocks import pack, unpack

if TYPE_CHECKING:
    from ..recording.event_lines import Told

BLOCK = 2048  # events; the latest ones are not packed yet


class _Block(NamedTuple):
    first: int  # how many events came before it
    data: bytes


class EventStore:
    """Takes events one by one, and gives them again from any number on."""

    def __init__(self) -> None:
        self.count = 0
        """How many have come."""
        self.bytes = 0
        """How much memory the packed ones take."""
        self._blocks: list[_Block] = []
        self._latest: list[Told] = []
        self._unpacked: tuple[int, list[Told]] = (-1, [])  # the block that was read last, by its first event

    def add(self, told: Told) -> None:
        """Take the next one."""
        self._latest.append(told)
        self.count += 1
        if len(self._latest) == BLOCK:
            block = _Block(self.count - BLOCK, pack(self._latest))
            self._blocks.append(block)
            self.bytes += len(block.data)
            self._latest = []

    def since(self, count: int) -> list[Told]:
        """Some of those that came after so many others, in their order; empty: there are none yet.

        Raises:
            IndexError: they are forgotten.
        """
        first = self.count - len(self._latest)
        if count >= first:
            return self._latest[count - first :]
        block = self._blocks[(count - self.first) // BLOCK] if count >= self.first else None
        if block is None:
            raise IndexError(count)
        if self._unpacked[0] != block.first:
            self._unpacked = block.first, unpack(block.data)
        return self._unpacked[1][count - block.first :]

    @property
    def first(self) -> int:
        """How many came before the oldest that is kept."""
        return self._blocks[0].first if self._blocks else self.count - len(self._latest)

    def forget_before(self, count: int) -> None:
        """Forget the blocks that hold none but the first so many."""
        while self._blocks and self._blocks[0].first + BLOCK <= count:
            self.bytes -= len(self._blocks.pop(0).data)
