"""Whose rights this process has."""

from __future__ import annotations

import os
from pathlib import Path

from ..process.raised import is_raised
from .finding import Finding, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Those that matter to probes (capabilities(7)), by their bits.
CAPABILITIES = {12: "CAP_NET_ADMIN", 13: "CAP_NET_RAW"}
STATUS = Path("/proc/self/status")


def rights(environ: Mapping[str, str]) -> Finding:
    """User, capabilities, and whether they are another user's than the one who started the program."""
    who = "root" if os.geteuid() == 0 else f"user {os.geteuid()}"
    text = f"{who}, {_capabilities()}"
    if not is_raised(environ):
        return Finding("rights", "rights", Status.OK, text)
    return Finding("rights", "rights", Status.NOTE, f"{text}, raised", "MTR_PACKET and files of the caller are ignored")


def _capabilities() -> str:
    try:
        lines = STATUS.read_text(encoding="ascii", errors="replace").splitlines()
        mask = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    except (OSError, ValueError, StopIteration):
        return "capabilities unknown"
    held = [name for bit, name in CAPABILITIES.items() if mask >> bit & 1]
    return f"with {' and '.join(held)}" if held else f"without {' and '.join(CAPABILITIES.values())}"
