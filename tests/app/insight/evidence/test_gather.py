"""What verdicts look at."""

from __future__ import annotations

import random

import pytest
from bench.verdicts import HOPS, World, snapshot
from hopscope.app.insight.evidence.gather import earlier, gather
from hopscope.app.path.snapshot import UNANSWERED


@pytest.mark.parametrize("outage", [None, (20, 28), (95, 103)], ids=["no outage", "before the looks", "between two"])
def test_what_was_counted_earlier_is_what_was_counted_then(outage: tuple[int, int] | None) -> None:
    """The rows of earlier looks are those of the snapshots that were made then."""
    histories = World({4: 0.1}, random_limit={2: 0.4}).rounds(130, random.Random(4))
    if outage is not None:
        for history in histories[5:]:
            for at in range(*outage):
                history[at] = UNANSWERED
    evidence = gather(snapshot(histories, 130))
    assert len(evidence.outages) == (outage is not None)
    ends = [120, 90, 60]
    for end, then in zip(ends, earlier(evidence, ends), strict=True):
        assert then.rows == gather(snapshot(histories, end)).rows
        assert then.end_row is not None
        assert then.end_row.ttl == HOPS
        left_out = sum(one.rounds for one in evidence.outages if one.first + one.rounds <= end)
        assert then.rows[1].completed == end - left_out
