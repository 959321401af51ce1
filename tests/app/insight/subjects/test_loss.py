"""What verdicts on loss rest on, over simulated paths of which the truth is known."""

from __future__ import annotations

import pytest
from hopscope.app.insight import rules
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.settings import TraceSettings
from support.engines import World, steady
from support.virtual import Lab, lab_world


def test_the_answer_has_the_share_that_the_table_has() -> None:
    """Where several hops together show a loss, the answer gives the target's share, and the evidence that of all."""
    snapshot = lab_world(Lab("lossy-return"), TraceSettings()).run(until_s=70.5)
    end, assessment = snapshot.hops[-1], verdicts(snapshot)
    [loss] = [one for one in assessment.verdicts if one.rule is rules.PATH_LOSS]
    assert dict(loss.numbers)["pooled_from"]
    assert f" {100 * end.dropped / end.completed:.1f} %, beginning between " in assessment.sentence
    assert f"; {end.dropped} of {end.completed} at the target" in assessment.sentence
    assert " over hops " in loss.figures


@pytest.mark.parametrize(("size_bytes", "told"), [(64, True), (-576, True), (1400, False)])
def test_a_path_without_loss_is_one_of_small_packets(size_bytes: int, *, told: bool) -> None:
    """That only small packets were sent is said as long as no larger ones were."""
    snapshot = World(steady(6), TraceSettings(rounds=100, size_bytes=size_bytes)).run()
    [fine] = [one for one in verdicts(snapshot).verdicts if one.rule is rules.NO_LOSS]
    said = (f"Small packets only ({abs(size_bytes)} B): the check of the path MTU tests large ones.",)
    assert fine.reasons == (said if told else ())
