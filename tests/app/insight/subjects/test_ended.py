"""Loss that began and ended: told as present while it is, and as ended after."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hopscope.app.insight import rules
from hopscope.app.insight.answer import Status
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.probe import wire

SECOND_US = 1_000_000


def world(share: float, begin_s: float, end_s: float, seed: int = 2) -> World:
    """Ten hops; a share is lost from hop 5 on for some time."""
    chance = random.Random(seed)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lossy = request.ttl >= 5 and begin_s * SECOND_US <= now_us < end_s * SECOND_US
        return None if lossy and chance.random() < share else steady(10)(now_us, request)

    return World(network, TraceSettings(rounds=2000))


def test_loss_after_a_clean_while_is_told_as_the_loss_of_now() -> None:
    """5 % after 20 minutes: a minute later it is told as about that, since when, and that there was none before."""
    trace = world(0.05, 1200, 2000)
    answer = verdicts(trace.run(until_s=1270)).answer
    assert answer.rules[0] is rules.PATH_LOSS
    assert answer.since_us is not None
    assert abs((answer.since_us - trace.start_us) / 1e6 - 1200) < 15
    assert 0.05 / 2.5 < answer.number("share") < 0.05 * 2.5
    assert (answer.number("before_lost"), int(answer.number("before_completed") / 100)) == (0, 12)
    assert answer.place is not None
    assert answer.place.first_ttl < 5 <= answer.place.last_ttl
    assert "in the last " in verdicts(trace.run(until_s=1271)).sentence


def test_loss_that_has_ended_is_told_as_ended() -> None:
    """Within a minute of its end, with its length and share; never as too early to tell; ten minutes later no more."""
    trace = world(0.1, 300, 420)
    for until_s in (480, 500, 530, 700):
        assessment = verdicts(trace.run(until_s=until_s))
        assert assessment.answer.rules[0] is rules.LOSS_ENDED
        assert assessment.answer.status is Status.ENDED
        assert assessment.severity == "note"
        assert 0.05 < assessment.answer.number("share") < 0.2
        assert 90_000_000 <= assessment.answer.number("duration_us") <= 125_000_000
        assert assessment.sentence.startswith("Loss ended ")
    later = verdicts(trace.run(until_s=1100))
    assert later.severity == "fine"
    assert rules.LOSS_ENDED in {one.rule for one in later.verdicts}
    assert {later.hop(ttl).loss for ttl in range(1, 11)} <= {"none"}


def test_a_burst_alone_is_told_as_ended() -> None:
    """Three seconds in which most probes to hop 4 and beyond are lost, once: neither an outage nor no fault."""
    chance = random.Random(3)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        lossy = request.ttl >= 4 and 60 * SECOND_US <= now_us < 63 * SECOND_US
        return None if lossy and chance.random() < 0.7 else steady(10)(now_us, request)

    trace = World(network, TraceSettings(rounds=2000))
    assert verdicts(trace.run(until_s=59)).severity in {"note", "fine"}
    answer = verdicts(trace.run(until_s=120)).answer
    assert answer.rules[0] is rules.LOSS_ENDED
    assert answer.place is not None
    assert answer.place.first_ttl < 4 <= answer.place.last_ttl
    assert 0.4 < answer.number("share") < 0.95
    assert answer.number("duration_us") <= 4 * SECOND_US
    assert verdicts(trace.run(until_s=700)).severity == "fine"
