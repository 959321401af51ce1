"""The answer in words at the widths of terminals: nothing that the table shows is left out for want of room."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules, wording
from hopscope.app.insight.answer import Answer, Status, figures
from hopscope.app.insight.place import Place
from hopscope.app.insight.sentences import LENGTHS, fitting, sentences
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment

WIDTHS = (56, 76, 116)


def told(assessment: Assessment, length: int) -> str:
    """The sentence that a line of so many cells shows; empty: none fits."""
    wordings = (" ".join(part for part in one if part) for one in assessment.sentences)
    return next((text for text in wordings if len(text) <= length), "")


def demo(name: str, *seconds: float) -> list[Assessment]:
    """What is judged of a demo after so many seconds."""
    world = lab_world(Lab(name), TraceSettings(), detail=True)
    return [verdicts(world.run(until_s=at)) for at in seconds]


@pytest.mark.parametrize("length", WIDTHS)
def test_silent_hops_are_in_the_sentence_as_soon_as_the_table_calls_them_silent(length: int) -> None:
    """Two rows of 100 % loss are the first thing that a reader sees."""
    for assessment in demo("silent-hop", 12, 30, 70):
        assert "ops 3 and 5 never answer" in told(assessment, length)


def test_a_router_that_seems_slow_is_told_after_some_rounds() -> None:
    """Its mean is the largest figure of the table, long before a test of many answers carries it."""
    early, late = demo("slow-router", 6, 60)
    for assessment, status in ((early, Status.PROVISIONAL), (late, Status.CONFIRMED)):
        [slow] = [one for one in assessment.verdicts if one.rule is rules.SLOW_REPLIES]
        assert (slow.last_ttl, slow.status) == (3, status)
        assert "op 3 answers slowly, traffic is not slowed" in told(assessment, 76)
    assert early.hop(3).loss != "harmless"  # a loss of its own is not explained by what only seems so


@pytest.mark.parametrize("name", ["lossy-return", "lossy", "slow-router", "rate-limited"])
def test_nobody_says_that_all_is_fine_above_rows_that_lose(name: str) -> None:
    """In the first half minute either the hops are named, or it is said of the target alone."""
    world = lab_world(Lab(name), TraceSettings(), detail=True)
    for second in range(2, 31):
        snapshot = world.run(until_s=second)
        assessment = verdicts(snapshot)
        lossy = [hop for hop in snapshot.hops[:-1] if hop.received and hop.dropped * 20 > hop.completed]
        if lossy and assessment.answer.rules[0] in {rules.LOSS_NOT_EXCLUDED, rules.NO_LOSS}:
            for length in WIDTHS:
                sentence = told(assessment, length)
                assert sentence.startswith("Target fine so far") or "op" in sentence, (second, length, sentence)


@pytest.mark.parametrize("name", ["limited-target", "loop", "path-change", "flap", "bufferbloat", "lossy"])
def test_every_answer_has_a_wording_for_each_width(name: str) -> None:
    """Nothing is cut, and no line is empty."""
    world = lab_world(Lab(name), TraceSettings(), detail=True)
    for second in range(2, 45):
        assessment = verdicts(world.run(until_s=second))
        assert all(told(assessment, length) for length in WIDTHS), (second, assessment.sentences)


def test_one_digit_more_changes_no_wording() -> None:
    """With the tenth second, and the tenth probe, the same is told."""
    wordings = {
        seconds: fitting(((f"Path changed {seconds} s ago:", "x" * 80), ("Path changed:", "y")))
        for seconds in range(8, 13)
    }
    assert len({tuple(re.sub(r"\d+", "N", " ".join(one)) for one in each) for each in wordings.values()}) == 1
    edge = LENGTHS[1] - len("Lost: 9 of 9 ")
    assert fitting((("Lost: 9 of 9", "z" * edge), ("Lost.", "")))[-1] == ("Lost.", "")


def test_an_interval_that_begins_at_nothing_has_one_end() -> None:
    """As few losses can be of a path that loses hardly any."""
    assert wording.interval(0.0005, 0.099) == "95 %: below 9.9 %"
    assert wording.interval(0.016, 0.113) == "95 %: 1.6-11.3 %"


def test_a_loop_names_all_of_its_routers_or_none() -> None:
    """Two of three would be another loop."""
    names = ("a.example", "b.example", "c.example", "d.example")

    def loop(members: int) -> str:
        numbers = figures((("members", members), ("duration_us", 9_000_000)))
        answer = Answer(
            (rules.ROUTING_LOOP,), "fault", Place(4, 30), status=Status.CONFIRMED, figures=numbers,
            addresses=names[:members],
        )  # fmt: skip
        return " ".join(sentences(answer)[0])

    assert loop(2).endswith("packets circle between a.example and b.example.")
    assert loop(3).endswith("packets circle between a.example, b.example and c.example.")
    assert loop(4) == "Routing loop for 9 s: hops 4-7 repeat up to hop 30."


def test_a_firewall_that_prohibits_has_a_next_step() -> None:
    """Other protocols often pass."""
    [assessment] = demo("prohibited", 12)
    [found] = [one for one in assessment.verdicts if one.rule is rules.PROHIBITED]
    assert found.settle == "A firewall often passes other protocols: try TCP, as to a web server (-T -P 443)."
