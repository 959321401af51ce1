"""Tests limits on replies: how many replies leave, and what other people's probes take."""

from __future__ import annotations

from random import Random

import pytest

from bench.worlds.limits import Busy, Gate, Others, TokenBucket, Window


def test_a_bucket_gives_its_rate_after_its_burst() -> None:
    """Asked more often than tokens come, it answers the burst and then as often as tokens come."""
    bucket = TokenBucket(0.6, 6)
    allowed = [bucket.allows(second * 1e6) for second in range(1_000)]
    assert all(allowed[:6])
    assert sum(allowed) == pytest.approx(6 + 0.6 * 1_000, abs=2)


def test_others_draw_from_the_same_bucket() -> None:
    """With as many probes of others as tokens, most of ours find none; the total is what the bucket gives."""
    bucket = TokenBucket(4, 4, Others(Random(2), 7.0))
    ours = sum(bucket.allows(second * 1e6) for second in range(5_000)) / 5_000
    assert 0.4 < ours < 0.65  # 4 tokens for 8 probes, ours evenly spaced


def test_others_come_as_often_as_they_should() -> None:
    """Their number is that of a Poisson process."""
    others = Others(Random(1), 5.0)
    assert len(others.until(1e9)) == pytest.approx(5_000, abs=300)
    assert others.until(1e9) == []


def test_a_gate_closes_after_each_reply() -> None:
    """One reply each 1.5 s is every other probe of one a second."""
    gate = Gate(1.5)
    assert [gate.allows(second * 1e6) for second in range(6)] == [True, False, True, False, True, False]


def test_a_window_counts_anew() -> None:
    """Three replies in each five seconds."""
    window = Window(3, 5.0)
    allowed = [window.allows(second * 1e6) for second in range(50)]
    assert allowed == [True, True, True, False, False] * 10


def test_a_busy_control_plane_drops_its_share() -> None:
    """At random, the share that was asked for."""
    busy = Busy(Random(1), 0.3)
    assert sum(not busy.allows(0) for _ in range(20_000)) / 20_000 == pytest.approx(0.3, abs=0.01)
