"""What a session file is about, without folding it: for lists."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from .blocks import Blocks
from .event_lines import JUDGED, Judged
from .file_bytes import Unreadable, open_file
from .reader import header_of
from .values import Unfit, record

if TYPE_CHECKING:
    from .header import Header

SEVERITIES = ("fine", "note", "changed", "warning", "fault")  # from the least to the worst


class Summary(NamedTuple):
    """What is told of a session file."""

    header: Header
    """Its first line."""
    worst: Judged | None
    """The worst that was thought, of the worst the latest; None: nothing was."""
    is_whole: bool
    """Whether it was ended in order."""


def summary(path: str) -> Summary:
    """What a session file is about.

    Raises:
        RecordingError: it is none.
    """
    blocks = Blocks(open_file(path))
    try:
        header = header_of(path, blocks.lines(0))
        judged: list[Judged] = []
        ends: list[int] = []

        def look(kind: bytes, number: int, line: bytes) -> None:
            if kind == b"end":
                ends.append(number)
            elif kind == JUDGED.encode():
                try:
                    judged.append(record(Judged, json.loads(line)))
                except (Unfit, ValueError, RecursionError) as error:
                    raise Unreadable(f"line {number}: {error}") from None

        blocks.scan(look, lambda _share: False)
    finally:
        blocks.close()
    worst = max(judged, key=lambda one: (_rank(one.severity), one.time_us), default=None)
    return Summary(header, worst, bool(ends))


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1
