"""The words below a text report."""

from __future__ import annotations

from hopscope.app.report.context import Context
from hopscope.app.report.writers.text import text_report
from hopscope.app.settings import ReportSettings, TraceSettings
from support.virtual import Lab, lab_world


def test_answer_and_reasons_below_the_table() -> None:
    """The answer comes first, then every verdict with its reasons, in lines that fit a terminal."""
    snapshot = lab_world(Lab("lossy"), TraceSettings(rounds=300)).run()
    plain = text_report(snapshot, Context(ReportSettings()))
    explained = text_report(snapshot, Context(ReportSettings(explain=True)))
    assert explained.startswith(plain)
    words = explained.removeprefix(plain)
    assert words.startswith("\nLoss on the path: ")
    assert "\n- Hops 5-6: loss on the path (" in words
    assert "\n- Hop 3: rate-limits its replies" in words
    assert max(map(len, words.splitlines())) <= 79
    assert words.endswith("\n")
