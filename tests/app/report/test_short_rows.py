"""Rows with fewer probes than rounds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hopscope.app.report.short_rows import tell_short_rows
from hopscope.app.settings import TraceSettings


def traced(
    *hops: tuple[int, bool], rounds: int | None = 3, state: str = "finished", vantage: str = "", cut: bool = False
) -> Any:
    """A trace of three rounds; hops by how many probes they count, and whether others' are among them."""
    rows = [SimpleNamespace(sent=sent, shared=shared) for sent, shared in hops]
    target = SimpleNamespace(vantage=vantage)
    cut_us = 5 if cut else None
    settings = TraceSettings(rounds=rounds)
    return SimpleNamespace(settings=settings, state=state, rounds=3, hops=rows, target=target, restarted_us=cut_us)


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


def test_places_are_named_and_a_cut_is_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """Rows of a place that was cut off are short because of that; --serial helps the others."""
    plan: Any = SimpleNamespace(program="hopscope")
    tell_short_rows(plan, [traced((2, False), vantage="netns:a", cut=True), traced((1, False), vantage="netns:b")])
    first, second = capsys.readouterr().err.splitlines()
    short = "hopscope: 1 of 2 rows count fewer probes than rounds from netns:"
    assert first == f"{short}a (what was on its way when netns:a was cut off counts nowhere)"
    assert second == f"{short}b (--serial traces one target after the other)"
