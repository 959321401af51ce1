"""What verdicts on loss rest on, over simulated paths of which the truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.engines import World, steady
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.probe import wire


def test_the_answer_has_the_share_that_the_table_has() -> None:
    """Where several hops together show a loss, the answer gives the target's share, and the evidence that of all."""
    snapshot = lab_world(Lab("lossy"), TraceSettings()).run(until_s=36.5)
    end, assessment = snapshot.hops[-1], verdicts(snapshot)
    [loss] = [one for one in assessment.verdicts if one.rule is rules.PATH_LOSS]
    assert dict(loss.numbers)["pooled_from"]
    assert f" {100 * end.dropped / end.completed:.1f} %, beginning between " in assessment.sentence
    assert f"; {end.dropped} of {end.completed} at the target" in assessment.sentence
    assert " over hops " in loss.figures


def test_a_share_of_the_target_that_is_no_measure_is_not_given() -> None:
    """Where the target has lost far less than the hops together show, the answer gives theirs, and says over which."""
    snapshot = lab_world(Lab("lossy-return"), TraceSettings()).run(until_s=70.5)
    end, sentence = snapshot.hops[-1], verdicts(snapshot).sentence
    assert 100 * end.dropped / end.completed < 3
    assert "Loss on the path: 5.2 %, beginning between hops 3 and 5; 11 of 211 over hops 5-7" in sentence


@pytest.mark.parametrize(
    ("first_lost", "where", "last_before"),
    [(5, "beginning between this host and hop 2", 0), (0, "from hop 2 on", 1)],
    ids=["hop 1 loses, too", "hop 1 loses nothing"],
)
def test_a_first_link_that_may_lose_is_not_left_out(first_lost: int, where: str, last_before: int) -> None:
    """Where hop 1 is not known to be before the loss, this host's own link is among what may lose."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        number = now_us // 1_000_000 - 7 * request.ttl  # each hop loses other rounds
        lost = number % 10 == 0 if request.ttl > 1 else number % 100 in range(first_lost)
        return None if lost else steady(6)(now_us, request)

    assessment = verdicts(World(network, TraceSettings(rounds=100)).run())
    [loss] = [one for one in assessment.verdicts if one.rule in {rules.PATH_LOSS, rules.LOCAL_LOSS}]
    assert where in assessment.sentence
    assert dict(loss.numbers)["after_ttl"] == last_before
    assert any("this host, its LAN or Wi-Fi" in one for one in loss.reasons) is (last_before == 0)


@pytest.mark.parametrize(("size_bytes", "told"), [(64, True), (-576, True), (1400, False)])
def test_a_path_without_loss_is_one_of_small_packets(size_bytes: int, *, told: bool) -> None:
    """That only small packets were sent is said as long as no larger ones were."""
    snapshot = World(steady(6), TraceSettings(rounds=100, size_bytes=size_bytes)).run()
    [fine] = [one for one in verdicts(snapshot).verdicts if one.rule is rules.NO_LOSS]
    said = (f"Small packets only ({abs(size_bytes)} B): the check of the path MTU tests larger ones.",)
    assert fine.reasons == (said if told else ())
