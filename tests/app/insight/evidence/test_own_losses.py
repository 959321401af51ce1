"""Which losses are drawn as a hop's own before any verdict is sure."""

from __future__ import annotations

import pytest
from hopscope.app.insight.evidence.counts import Row
from hopscope.app.insight.evidence.own_losses import own_losses


@pytest.mark.parametrize(
    ("lost", "own"),
    [
        ([0, 0, 3, 0, 0], {3}),
        ([0, 0, 1, 0, 0], set()),  # as likely the path's
        ([0, 0, 8, 7, 9], set()),  # all later ones lose alike
        ([0, 20, 8, 40, 9], {2}),  # 40 is silent: it tells nothing
        ([0, 20, 20, 0, 0], {2, 3}),
        ([0, 0, 0, 0, 12], set()),  # beyond the last nothing tells
    ],
)
def test_a_loss_that_later_hops_do_not_share_is_a_hops_own(lost: list[int], own: set[int]) -> None:
    """Of forty probes each; hops whose losses are their own say nothing of nearer ones."""
    assert own_losses([Row(ttl, count, 40) for ttl, count in enumerate(lost, 1)]) == own
