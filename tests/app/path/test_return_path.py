"""The length of the return path."""

from __future__ import annotations

import pytest
from hopscope.app.path.return_path import hops_back


@pytest.mark.parametrize(
    ("reply_ttl", "hops"),
    [(255, 1), (250, 6), (129, 127), (128, 1), (120, 9), (64, 1), (60, 5), (33, 32), (32, 1), (1, 32), (0, 33)],
)
def test_hops_back(reply_ttl: int, hops: int) -> None:
    """The nearest usual initial TTL that is not less is taken for the one that the answer set out with."""
    assert hops_back(reply_ttl) == hops
