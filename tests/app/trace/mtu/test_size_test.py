"""One size at one hop: when it counts as passed, lost, or neither."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from hopscope.app.statistics.exact_tests import fisher_greater
from hopscope.app.trace.mtu.size_test import LARGE_MAX, SMALL_BYTES, Outcome, SizeTest, SmallProbes

if TYPE_CHECKING:
    from collections.abc import Callable

GAP_US, PATIENCE_US, RTT_US = 500_000, 1_000_000, 20_000


def run(
    answers: Callable[[int, int], bool], *, small: SmallProbes | None = None, quick: bool = False, tries: int = 5
) -> tuple[Outcome, list[tuple[int, int]]]:
    """Run a test of 1500 bytes; ``answers`` says for the n-th probe of a size whether it is answered."""
    test = SizeTest(3, 1500, small or SmallProbes(), quick=quick, tries=tries)
    sent: list[tuple[int, int]] = []
    due: list[tuple[int, int]] = []
    now_us = 0
    while test.outcome is None:
        for at_us, seq in [one for one in due if one[0] <= now_us]:
            due.remove((at_us, seq))
            test.answered(seq)
        size_bytes = test.step(now_us)
        if size_bytes:
            seq = len(sent)
            number = sum(size == size_bytes for _, size in sent)
            sent.append((now_us, size_bytes))
            test.sent(seq, now_us, GAP_US, PATIENCE_US)
            if answers(size_bytes, number):
                due.append((now_us + RTT_US, seq))
        if test.outcome is None:  # it may have ended above
            now_us = max(now_us, min([test.due_us(), *(at_us for at_us, _ in due)]))
    return test.outcome, sent


def test_one_answer_is_enough() -> None:
    """The first answer to a large probe decides, though it be the fourth that is answered."""
    assert run(lambda _size, _number: True) == (Outcome("passed"), [(0, 1500)])
    outcome, sent = run(lambda size, number: size == SMALL_BYTES or number == 3)
    assert outcome == Outcome("passed")
    assert [size for _, size in sent] == [1500, 64] * 3 + [1500]


def test_five_of_five_lost_and_small_ones_answered() -> None:
    """Five large probes lost, no fewer, with small ones answered in between, and the chance of it below 1 %."""
    outcome, sent = run(lambda size, _number: size == SMALL_BYTES)
    assert (outcome.kind, outcome.lost, outcome.small) == ("lost", 5, (5, 0))
    assert outcome.chance == fisher_greater(5, 5, 0, 5)
    large = [at_us for at_us, size in sent if size == 1500]
    assert len(large) == 5
    assert min(later - sooner for sooner, later in itertools.pairwise(large)) >= GAP_US


def test_more_is_asked_where_small_probes_are_lost_too() -> None:
    """On a lossy hop five are not enough: more are sent, until the chance is small or it stays unclear."""
    outcome, _ = run(lambda size, number: size == SMALL_BYTES and number % 2 == 0)
    assert (outcome.kind, outcome.lost > 5, outcome.chance < 0.01) == ("lost", True, True)
    outcome, sent = run(lambda size, number: size == SMALL_BYTES and number == 0)
    assert (outcome.kind, outcome.lost) == ("unclear", LARGE_MAX)
    assert len([size for _, size in sent if size == 1500]) == LARGE_MAX


def test_hop_that_has_fallen_silent_is_no_black_hole() -> None:
    """However many small probes were answered before: when none is now, nothing is known of the size."""
    outcome, _ = run(lambda _size, _number: False, small=SmallProbes(answered=50))
    assert outcome.kind == "unclear"


def test_small_probes_are_few_where_enough_is_known() -> None:
    """A hop that has answered often is asked just once more in between, which its rate limit does not mind."""
    outcome, sent = run(lambda size, _number: size == SMALL_BYTES, small=SmallProbes(answered=8))
    assert outcome.kind == "lost"
    assert [size for _, size in sent].count(SMALL_BYTES) == 1


def test_late_answers_count() -> None:
    """An answer that comes after the probe was taken for lost decides all the same; a late small one is no loss."""
    small = SmallProbes()
    test = SizeTest(3, 1500, small, quick=False)
    for seq, now_us in enumerate((0, 250_000)):
        assert test.step(now_us)
        test.sent(seq, now_us, GAP_US, PATIENCE_US)
    test.step(2_000_000)
    assert (small.answered, small.lost) == (0, 1)
    test.answered(1)
    assert (small.answered, small.lost) == (1, 0)
    test.answered(0)
    assert test.outcome == Outcome("passed")


def test_nobody_calls_a_small_probe_too_big() -> None:
    """Who says that 64 bytes are too big has said nothing about the size under test."""
    test = SizeTest(3, 1500, SmallProbes(), quick=False)
    for seq, now_us in enumerate((0, 250_000)):
        assert test.step(now_us)
        test.sent(seq, now_us, GAP_US, PATIENCE_US)
    test.too_big(1, Outcome("too-big", 48, "192.0.2.66"))
    assert test.outcome is None
    test.too_big(0, Outcome("too-big", 1400, "192.0.2.1"))
    assert test.outcome == Outcome("too-big", 1400, "192.0.2.1")


def test_short_cut_is_given_up_soon() -> None:
    """A question about a short cut costs two probes, and asks nothing small."""
    outcome, sent = run(lambda _size, _number: False, quick=True)
    assert (outcome.kind, [size for _, size in sent]) == ("lost", [1500, 1500])


def test_more_tries_are_made_when_asked_for() -> None:
    """The number of tries can be raised, to fifteen at most."""
    assert run(lambda size, _number: size == SMALL_BYTES, tries=12)[0].lost == 12
    assert run(lambda size, _number: size == SMALL_BYTES, tries=100)[0].lost == LARGE_MAX
