"""Interruptions of this host's network, read from the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.path.interruptions import interruptions
from hopscope.app.path.snapshot import LogEntry

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import EntryKind

WORDS: dict[str, EntryKind] = {"d": "network-down", "r": "resumed", "p": "paused", "c": "path-changed"}


def log(text: str) -> list[LogEntry]:
    """Entries by letter and second: ``d10 r13``."""
    return [LogEntry(int(word[1:]) * 1_000_000, 0, WORDS[word[0]], "") for word in text.split()]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("d10", [(10, 1, None)]),
        ("d10 r13", [(10, 1, 13)]),
        ("d10 r13 d14 r17 d42", [(10, 3, None)]),
        ("d10 r13 d43", [(10, 1, 13), (43, 1, None)]),
        ("d10 c12 r13 p14 r15", [(10, 1, 13)]),
        ("d10 p12 r13", [(10, 1, None)]),
    ],
)
def test_short_returns_are_within_an_interruption(text: str, found: list[tuple[int, int, int | None]]) -> None:
    """One that is down again within half a minute goes on since its beginning; a pause's end is not the network's."""
    seen = interruptions(log(text))
    assert [
        (one.since_us // 1_000_000, one.times, None if one.ended is None else one.ended.time_us // 1_000_000)
        for one in seen
    ] == found
