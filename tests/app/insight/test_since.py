"""Since when a trouble is there: of a change at a time, of what goes on since a time, or since the start."""

from __future__ import annotations

from hopscope.app.insight import rules
from hopscope.app.insight.since import clock, since
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.report.context import Context
from hopscope.app.report.writers.explain import explanation
from hopscope.app.settings import TraceSettings
from support.virtual import Lab, lab_world


def told(name: str, seconds: float, rule: rules.Rule) -> tuple[str, str, list[str]]:
    """Of a demo the verdict of a rule: since when, its clock time where it has one, and the report's explanation."""
    snapshot = lab_world(Lab(name), TraceSettings()).run(until_s=seconds)
    [found] = [one for one in verdicts(snapshot).verdicts if one.rule is rule]
    at = "" if found.since_us is None else clock(found.since_us, snapshot.clock_offset_us)
    return since(snapshot, found), at, list(explanation(snapshot, Context()))


def test_trouble_that_was_there_from_the_start_says_so() -> None:
    """No change, and no other settings, began what is counted."""
    said, at, report = told("lossy", 150, rules.PATH_LOSS)
    assert (said, at) == ("since the start", "")
    assert "  Since the start." in report


def test_a_change_has_its_clock_time_in_reports_too() -> None:
    """As the Verdict tab has it."""
    said, at, report = told("path-change", 40, rules.PATH_CHANGE)
    assert said == f"at {at}"
    assert f"  At {at}." in report


def test_what_goes_on_has_its_beginning() -> None:
    """A flap is dated by its first change."""
    said, at, report = told("flap", 40, rules.PATH_FLAP)
    assert said == f"since {at}"
    assert f"  Since {at}." in report


def test_what_is_no_trouble_has_no_time() -> None:
    """A note is not dated."""
    snapshot = lab_world(Lab("silent-hop"), TraceSettings()).run(until_s=70)
    assert {since(snapshot, one) for one in verdicts(snapshot).verdicts} == {""}


LATE = """
title = "Loss of 20 % before hop 4 from 25 s to 55 s"
hop = [
    { address = "192.168.1.1", rtt_ms = 1 },
    { address = "198.51.100.1", rtt_ms = 6 },
    { address = "198.51.100.5", rtt_ms = 8 },
    { address = "203.0.113.1", rtt_ms = 12 },
    { address = "203.0.113.5", rtt_ms = 14 },
    { address = "203.0.113.80", rtt_ms = 15 },
]
[[change]]
at_s = 25
until_s = 55
[change.hop.4]
loss_percent = 20
"""


def late(seconds: float) -> tuple[str, str]:
    """What is said of loss that began late, and the answer."""
    snapshot = lab_world(Lab(LATE, seed=2), TraceSettings()).run(until_s=seconds)
    judged = verdicts(snapshot)
    [found] = [one for one in judged.verdicts if one.rule is rules.PATH_LOSS]
    return since(snapshot, found), judged.sentence


def test_loss_that_began_later_is_not_said_to_be_there_from_the_start() -> None:
    """The rounds before its first are too many for chance: it says when that was."""
    said, _ = late(60)
    assert said.startswith("since ")
    assert said != "since the start"


def test_loss_of_which_nothing_was_seen_lately_says_when_it_was_seen_last() -> None:
    """It is still judged as there, and the rounds since are too many for chance."""
    said, sentence = late(100)
    assert sentence.startswith("Loss on the path")
    assert said.startswith("last seen at ")
