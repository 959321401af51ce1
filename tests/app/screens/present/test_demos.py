"""The demos in virtual time: what a reader sees in the strips and reads in the sentence after some seconds."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present.strips import history
from hopscope.app.screens.present.table import lan
from hopscope.app.settings import TraceSettings
from hopscope.widgets.glyphs import UNICODE
from hopscope.widgets.strip import draw
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment
    from hopscope.widgets.line import Line

CELLS = 38  # of a strip on a terminal of 120 columns
SECONDS = (10, 20, 40, 70)
LOST = "×"  # noqa: RUF001 - the sign for a lost probe


@lru_cache
def shown(demo: str) -> dict[int, tuple[list[Line], Assessment]]:
    """The strips and the judgement after so many seconds."""
    world = lab_world(Lab(demo), TraceSettings(), detail=True)
    made = {}
    for second in SECONDS:
        snapshot = world.run(until_s=second + 0.3)
        assessment = verdicts(snapshot)
        made[second] = draw(history(snapshot, assessment), CELLS, UNICODE, lan=lan(snapshot)), assessment
    return made


def inks(line: Line) -> set[tuple[str, str]]:
    """The cells of a strip with their colours."""
    return {(char, ink.fg) for run, ink in line.runs for char in run}


@pytest.mark.parametrize("second", SECONDS)
def test_bufferbloat(second: int) -> None:
    """A wall that rises to 200 ms and drains, in the colour of what is felt, from hop 2 on; the first hop is flat."""
    strips, assessment = shown("bufferbloat")[second]
    assert set(strips[0].text().strip()) <= {"▁", "."}
    for line in strips[1:]:
        assert {("▆", "bad"), ("▇", "bad"), ("▄", "warn")} <= inks(line)
    assert assessment.answer.rules[0] is rules.BUFFERBLOAT
    assert "ufferbloat" in assessment.sentence
    place = assessment.answer.place
    assert place is not None
    assert place.first_ttl < 2 <= place.last_ttl
    assert assessment.severity == ("note" if second < 20 else "warning")


@pytest.mark.parametrize("second", SECONDS)
def test_flap(second: int) -> None:
    """A battlement of 4.3 ms from hop 3 on; the sentence names it once it has come back twice."""
    strips, assessment = shown("flap")[second]
    assert set(strips[1].text().strip()) <= {"▁", ".", "│"}
    for line in strips[2:]:
        assert "▁▁▁▁▁▂▂▂▂▂" in line.text().replace("│", "")
    if second >= 40:
        assert assessment.answer.rules[0] is rules.PATH_FLAP


@pytest.mark.parametrize("second", SECONDS)
def test_path_change(second: int) -> None:
    """After 30 s a column through all strips, and the step of each hop beside it; after 60 s it goes back."""
    strips, assessment = shown("path-change")[second]
    texts = [line.text() for line in strips]
    if second < 30:
        assert all(set(text.strip()) <= {"▁", "."} for text in texts)
        return
    columns = {text.index("│") for text in texts}
    assert len(columns) == 1
    step = "▁│▄" if second < 60 else "▄│▁"
    assert step in texts[6]
    assert "▁│▁" in texts[0]
    assert ("│", "change") in inks(strips[6])
    assert ("│", "rule") in inks(strips[0])
    assert assessment.answer.rules[0] is rules.PATH_CHANGE


@pytest.mark.parametrize("second", SECONDS)
def test_lossy(second: int) -> None:
    """Crosses of a fault from hop 6 on, and loss in the sentence; what hop 3 leaves out is none once it is known."""
    strips, assessment = shown("lossy")[second]
    beyond = set().union(*(inks(line) for line in strips[5:]))
    assert (LOST, "bad") in beyond or (LOST, "warn") in beyond
    assert assessment.answer.rules[0].group == "Loss"
    if second >= 40:
        assert ("-", "faint") in inks(strips[2])
        assert LOST not in strips[2].text()


@pytest.mark.parametrize("second", [20, 40, 70])
def test_what_a_slow_router_leaves_unanswered_is_drawn_as_harmless(second: int) -> None:
    """Its replies come late and sometimes not at all: a faint dash, and no sign of a loss in any strip."""
    strips, assessment = shown("slow-router")[second]
    assert ("-", "faint") in inks(strips[2]) or second == 70  # the dash has left the strip by then
    assert not [line for line in strips if LOST in line.text()]
    assert assessment.hop(3).loss == "harmless"
