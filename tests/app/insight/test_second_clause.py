"""Two troubles at once are both in the answer, and what goes on leads."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.answer import Answer, Status, figures
from hopscope.app.insight.assessment import Verdict
from hopscope.app.insight.place import Place
from hopscope.app.insight.second_clause import second_of
from hopscope.app.insight.sentences import LENGTHS, sentences
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import World

if TYPE_CHECKING:
    from hopscope.app.insight.assessment import Assessment
    from hopscope.app.path.snapshot import Snapshot

HOPS = 8
LOSS = figures(
    (
        ("after_ttl", 3), ("from_ttl", 4), ("share", 0.12), ("low", 0.08), ("high", 0.16), ("lost", 36),
        ("completed", 300), ("at_target", "yes"), ("end_ttl", 8), ("pooled_from", 0), ("alone", "no"),
        ("early", "no"), ("silent_beyond", 0), ("ago_us", 30_000_000), ("duration_us", 20_000_000),
    )
)  # fmt: skip
CLAUSES = {
    rules.PATH_LOSS: (LOSS, "12.0 % lost from hop 4 on"),
    rules.QUEUEING: (
        (("excess_us", 80_000), ("excess_share", 0.95), ("end_alone", "no")),
        "queueing from hop 4 on (mostly up to +80.0 ms)",
    ),
    rules.BUFFERBLOAT: (
        (("excess_us", 80_000), ("excess_share", 0.95), ("end_alone", "no")),
        "bufferbloat from hop 4 on (mostly up to +80.0 ms)",
    ),
    rules.JITTER: ((("jitter_us", 30_000),), "jitter of 30.0 ms end to end"),
    rules.LATENCY_SHIFT: ((("shift_us", 20_000), ("ago_us", 30_000_000)), "RTT rose by 20.0 ms 30 s ago"),
    rules.PATH_CHANGE: ((("ago_us", 30_000_000),), "the path changed 30 s ago at hops 3-4"),
    rules.PATH_FLAP: ((), "the path flaps at hops 3-4"),
    rules.OUTAGE: ((("ago_us", 30_000_000), ("duration_us", 6_000_000)), "an outage of 6 s ended 30 s ago"),
    rules.LOSS_ENDED: (LOSS, "loss ended 30 s ago (12.0 % for 20 s)"),
}


@pytest.mark.parametrize("rule", CLAUSES, ids=lambda rule: rule.id)
def test_each_clause_fits_behind_the_answer_in_all_lengths(rule: rules.Rule) -> None:
    """The longest says the most, and the shortest still names both troubles."""
    numbers, told = CLAUSES[rule]
    made = numbers if rule in {rules.PATH_LOSS, rules.LOSS_ENDED} else figures(numbers)  # type: ignore[arg-type]
    second = Answer((rule,), "warning", Place(3, 4), figures=made)  # type: ignore[arg-type]
    wordings = sentences(Answer((rules.PATH_LOSS,), "fault", Place(3, 4), figures=LOSS, second=second))
    texts = [f"{lead} {rest}" for lead, rest in wordings]
    assert f"; also {told}" in texts[0]
    assert all("; also " in text and text.endswith(".") for text in texts)
    assert len(texts[-1]) <= LENGTHS[-1]


def verdict(rule: rules.Rule, **values: object) -> Verdict:
    """A verdict that may be told."""
    given: dict[str, object] = {"severity": "warning", "headline": True, "numbers": (("ago_us", 1_000_000),), **values}
    return Verdict(rule, place=Place(3, 4), phrase="", **given)  # type: ignore[arg-type]


def test_what_is_told_second_is_sure_and_of_another_kind() -> None:
    """Nothing provisional, nothing of the same group, no old news, and nothing beside a path without fault."""
    first = verdict(rules.PATH_LOSS, severity="fault")
    queue = verdict(rules.QUEUEING)
    others = [
        verdict(rules.LAST_LINK_LOSS),
        verdict(rules.QUEUEING, status=Status.PROVISIONAL),
        verdict(rules.QUEUEING, status=Status.ENDED),
        verdict(rules.OUTAGE, status=Status.ENDED, numbers=(("ago_us", 900_000_000),)),
        verdict(rules.PATH_CHANGE, headline=False),
        verdict(rules.REPLY_LIMIT),
    ]
    assert second_of(first, [first, *others], queue_told=False) is None
    assert second_of(first, [first, *others, queue], queue_told=False) is queue
    assert second_of(first, [first, queue], queue_told=True) is None
    fine = verdict(rules.NO_LOSS, severity="fine")
    assert second_of(fine, [fine, queue], queue_told=False) is None


def test_beside_a_target_that_is_not_reached_only_the_path_counts() -> None:
    """A change of the path may be why; a queue is not."""
    first = verdict(rules.TARGET_STOPPED, severity="fault")
    change = verdict(rules.PATH_CHANGE, severity="changed")
    assert second_of(first, [first, verdict(rules.QUEUEING)], queue_told=False) is None
    assert second_of(first, [first, change], queue_told=False) is change


def traced(share: float, first_ttl: int, *, out_s: tuple[int, int] = (0, 0), queue_ttl: int = 0) -> Snapshot:
    """A trace that loses from a hop on, and nothing comes back for a while, or packets wait from another hop on."""
    chance = Random(5)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl >= first_ttl and chance.random() < share:
            return None
        if request.ttl >= first_ttl and out_s[0] <= now_us / 1e6 < out_s[1]:
            return None
        rtt_us = 1_000 * request.ttl
        if 0 < queue_ttl <= request.ttl and chance.random() < 0.4:
            rtt_us += chance.randrange(30_000, 90_000)
        kind, address = ("reply", request.address) if request.ttl >= HOPS else ("ttl-expired", f"10.0.0.{request.ttl}")
        return rtt_us, wire.Answer(kind, address, rtt_us)

    return World(network, TraceSettings(rounds=150)).run()


def told(snapshot: Snapshot) -> Assessment:
    """The judgement, of which the answer tells two rules at least."""
    judged = verdicts(snapshot)
    assert judged.answer.second is not None, judged.sentence
    assert judged.answer.second.rules[0] in judged.answer.rules[1:]
    return judged


def test_an_outage_that_is_over_is_told_after_loss_that_goes_on() -> None:
    """The loss leads, however short ago the outage was."""
    judged = told(traced(0.15, 4, out_s=(110, 122)))
    assert judged.answer.rules[0] is rules.PATH_LOSS
    assert judged.sentence.startswith("Loss on the path: ")
    assert "; also an outage of 12 s ended " in judged.sentence


def test_loss_and_a_queue_at_another_place_are_both_told() -> None:
    """Each with its own place."""
    judged = told(traced(0.15, 3, queue_ttl=6))
    assert (judged.answer.rules[0], judged.answer.rules[-1]) == (rules.PATH_LOSS, rules.QUEUEING)
    assert "from hop 3 on" in judged.sentence
    assert "; also queueing from hop 6 or 7 on" in judged.sentence
