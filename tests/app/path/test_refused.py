"""Probes that the local system did not send, by cause."""

from __future__ import annotations

from hopscope.app.path.refused import CAUSES_MAX, REASON_MAX, RefusedProbes
from hopscope.app.trace.events import ProbeFailed


def failed(time_us: int, word: str, reason: str | None = None) -> ProbeFailed:
    """A probe that was not sent."""
    return ProbeFailed(time_us, 0, 1, time_us, word, reason)


def test_refusals_are_counted_by_cause() -> None:
    """Word and reason make a cause; each tells how many there were, and when it was last met."""
    refused = RefusedProbes()
    for event in (failed(1, "no-route"), failed(2, "unexpected-error", "105"), failed(3, "no-route")):
        refused.add(event)
    assert refused.freeze() == (("unexpected-error", "105", 1, 2), ("no-route", "", 2, 3))
    refused.clear()
    assert refused.freeze() == ()


def test_what_is_no_refusal_does_not_count() -> None:
    """A probe that ended by another word was not refused by the system."""
    refused = RefusedProbes()
    refused.add(failed(1, "command-parse-error"))
    assert refused.freeze() == ()


def test_causes_are_bounded() -> None:
    """Of too many causes the one that was met longest ago goes; of a long reason the beginning is kept."""
    refused = RefusedProbes()
    for number in range(CAUSES_MAX + 1):
        refused.add(failed(number, "unexpected-error", f"{number} " + "x" * REASON_MAX))
    causes = refused.freeze()
    assert len(causes) == CAUSES_MAX
    assert causes[0][1].startswith("1 ")
    assert {len(reason) for _, reason, _, _ in causes} == {REASON_MAX}
