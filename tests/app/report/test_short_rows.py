"""Rows with fewer probes than rounds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hopscope.app.report.short_rows import tell_short_rows
from hopscope.app.settings import TraceSettings


def traced(*hops: tuple[int, bool], rounds: int | None = 3, state: str = "finished") -> Any:
    """A trace of three rounds; hops by how many probes they count, and whether others' are among them."""
    rows = [SimpleNamespace(sent=sent, shared=shared) for sent, shared in hops]
    return SimpleNamespace(settings=TraceSettings(rounds=rounds), state=state, rounds=3, hops=rows)


@pytest.mark.parametrize(
    ("traces", "short"),
    [
        ([traced((3, True), (2, True)), traced((3, False), (0, False))], "2 of 4 rows"),
        ([traced((3, True), (1, False)), traced((3, True))], "1 of 3 rows"),
        ([traced((2, True), state="failed"), traced((2, True), rounds=None)], ""),
        ([traced((2, True))], ""),
    ],
)
def test_short_rows_of_several_targets_are_told(
    traces: list[Any], short: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of reports that came to their end, whoever was to be probed for them."""
    plan: Any = SimpleNamespace(program="hopscope")
    tell_short_rows(plan, traces)
    said = capsys.readouterr().err
    assert said.startswith(f"hopscope: {short} count fewer probes") if short else not said
