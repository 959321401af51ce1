"""What is said while there is nothing to judge is said in one way, whoever says it."""

from __future__ import annotations

from hopscope.app.insight import state_words
from hopscope.app.insight.assessment import Assessment
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present import verdict
from hopscope.app.settings import TraceSettings
from support.engines import World


def test_a_reason_is_told_whole_or_not_at_all() -> None:
    """The words of a failure begin with a capital and end with one full stop; a shorter line says that it stopped."""
    assert state_words.failed("no way on.") == (("No way on.", ""), ("Probing has stopped.", ""))
    assert state_words.failed("")[0] == ("The probe process is gone.", "")


def test_the_screen_and_the_verdict_say_the_same_of_silence() -> None:
    """Before and after five seconds without an answer the empty table says what the answer says."""
    world = World(lambda _now, _request: None, TraceSettings(interval_us=2_000_000))
    for until_s, begin in ((2, "Waiting for the first answer from "), (6, "No hop has answered for 6 s. ")):
        snapshot = world.run(until_s=until_s)
        sentence = verdicts(snapshot).sentence
        assert sentence.startswith(begin)
        assert verdict.waiting(snapshot, snapshot.started_us + until_s * 1_000_000, ()) == sentence
    assert verdict.answer(snapshot, Assessment()).sentences == state_words.STARTING
