"""A bounds-checked reader of network bytes; every parser here reads through it."""


class PacketError(ValueError):
    """A packet is truncated, or a field of it contradicts the rest."""


class Cursor:
    """Reads big-endian fields from ``data[position:end]`` and never past the end."""

    __slots__ = ("data", "end", "position")

    def __init__(self, data: bytes, position: int = 0, end: "int | None" = None) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else min(end, len(data))

    @property
    def remaining(self) -> int:
        """Bytes left to read."""
        return max(self.end - self.position, 0)

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes.

        Raises:
            PacketError: fewer are left.
        """
        start = self.position
        stop = start + count
        if count < 0 or stop > self.end:
            raise PacketError(f"{count} bytes needed at {start}, {self.remaining} left")
        self.position = stop
        return self.data[start:stop]

    def number(self, count: int) -> int:
        """The next ``count`` bytes as an unsigned number.

        Raises:
            PacketError: fewer are left.
        """
        return int.from_bytes(self.take(count), "big")

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.remaining)
