"""Plain records for the probe process.

Dataclasses and typing would cost it a fifth of its start-up, so a record is a class with ``__slots__`` that it fills
in its own ``__init__``; this base adds equality and a readable form.
"""


class Record:
    """Base of the slotted records; two are equal when they are of one class and all their slots are."""

    __slots__: "tuple[str, ...]" = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.__slots__))

    def __repr__(self) -> str:
        pairs = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({pairs})"
