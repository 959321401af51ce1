"""The demos of trouble at 80 columns: a reader sees it in the strips, and reads it in the sentence."""

from __future__ import annotations

import re

import pytest
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present.strips import history
from hopscope.app.settings import TraceSettings
from hopscope.widgets.glyphs import UNICODE
from hopscope.widgets.strip import draw
from support.virtual import Lab, lab_world

CELLS = 16  # of a strip at 80 columns


@pytest.mark.parametrize(
    ("name", "seen", "said"),
    [
        # By second: what the strip of the target holds, and how the sentence begins or what it has.
        (
            "bufferbloat",
            {10: "[▄▅▆▇█]{5}", 20: "[▆▇█]{6}", 40: "[▁▂▃].*[▄▅▆▇]", 70: "[▁▂▃].*[▄▅▆▇]"},
            {10: "Looks like bufferbloat", 20: "ufferbloat", 40: "ufferbloat", 70: "Bufferbloat"},
        ),
        (
            "flap",
            {10: "▁▁▁│▂▂▂", 20: "│▁▁▁▁▁│▂▂▂▂▂│", 40: "│▁▁▁▁▁│▂▂▂▂", 70: "│▁▁▁▁▁│▂▂▂▂"},
            {10: "hanged", 20: "The path flaps", 40: "The path flaps", 70: "The path flaps"},
        ),
        (
            "path-change",
            {10: "^▁{9,}$", 22: "│.?▄▄", 40: "▄{15}", 70: "▄│▁▁▁▁▁"},
            {10: "Fine so far", 22: "Path changed", 40: "Path changed", 70: "Path changed"},
        ),
        (
            "lossy",
            {10: "×", 20: "×", 40: ".", 70: "."},  # noqa: RUF001
            {10: "lost at the target", 20: "lost at the target", 40: "Loss on the path", 70: "Loss on the path"},
        ),
    ],
)
def test_a_reader_sees_the_trouble_and_reads_it(name: str, seen: dict[int, str], said: dict[int, str]) -> None:
    """After 10, 20, 40 and 70 seconds; of a change also two seconds after it."""
    world = lab_world(Lab(name), TraceSettings())
    for second, wanted in seen.items():
        snapshot = world.run(until_s=second + 0.9)
        assessment = verdicts(snapshot)
        strips = [line.text() for line in draw(history(snapshot, assessment), CELLS, UNICODE, lan=False)]
        assert re.search(wanted, strips[-1]), (second, strips)
        assert said[second] in assessment.sentence, (second, assessment.sentence)
        if name == "lossy":  # the far end need not lose one within a quarter of a minute: some hop of the path does
            assert any("×" in strip for strip in strips), (second, strips)  # noqa: RUF001
