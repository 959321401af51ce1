"""Fates of probes, read from a history at the speed of bytes: whoever asks every round looks at thousands of them."""

from __future__ import annotations

from sys import byteorder

from .snapshot import FAILED, NOT_SENT, PENDING, UNANSWERED, UNREACHABLE

# Where in the four bytes of a value the lowest one is, and the one with the sign.
_LOW_AT, _SIGN_AT = (0, 3) if byteorder == "little" else (3, 0)


def fates(rtts_us: bytes) -> bytes:
    """A byte a round of a history (32-bit integers): of a negative value its lowest byte, of an RTT one below 0x80."""
    low, sign = rtts_us[_LOW_AT::4], rtts_us[_SIGN_AT::4]
    # The sign's byte is 0xFF where there is no RTT, and has no 0x80 where there is one: it lets through or it does not.
    both = int.from_bytes(low, "little") & int.from_bytes(sign, "little")
    return both.to_bytes(len(low), "little")


def fate(value: int) -> bytes:
    """The byte of a value below 0."""
    return bytes((value & 0xFF,))


LOST = fate(UNANSWERED), fate(UNREACHABLE)
UNKNOWN = fate(NOT_SENT), fate(PENDING), fate(FAILED)


def lost_and_completed(seen: bytes | bytearray) -> tuple[int, int]:
    """Of fates: how many probes were lost, and how many were answered or lost."""
    return sum(map(seen.count, LOST)), len(seen) - sum(map(seen.count, UNKNOWN))
