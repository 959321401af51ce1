"""What mtr calls the packets it sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ranges import SIZE

if TYPE_CHECKING:
    from ..path.snapshot import Snapshot
    from ..settings import TraceSettings


def packet_size(settings: TraceSettings) -> str:
    """The size of the packets."""
    return str(settings.size_bytes) if settings.size_bytes >= 0 else f"rand({SIZE.low}-{-settings.size_bytes})"


def tests(snapshot: Snapshot) -> int:
    """The number of rounds that were asked for; of an endless trace, those that were begun so far."""
    wanted = snapshot.settings.rounds
    return snapshot.rounds if wanted is None else wanted


def bit_pattern(settings: TraceSettings) -> str:
    """The byte that packets are filled with."""
    return f"0x{settings.bit_pattern:02X}" if settings.bit_pattern >= 0 else "rand(0x00-FF)"
