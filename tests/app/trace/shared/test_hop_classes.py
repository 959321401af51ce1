"""Classes of targets that share a hop, and the errors that its router has left for them."""

from __future__ import annotations

from hopscope.app.trace.shared.hop_classes import BURST, REFILL_US, Bucket, HopClass, HopClasses

R, S = ("10.0.0.1", "ttl-expired"), ("10.0.0.2", "ttl-expired")


def test_errors_grow_again_up_to_the_burst() -> None:
    """A router has one error more each second, and never more than its burst."""
    bucket = Bucket()
    bucket.take(0)
    bucket.take(0)
    assert bucket.level(1_500_000) == BURST - 0.5
    assert bucket.level(60_000_000) == BURST


def test_who_meets_one_router_shares_all_nearer_hops() -> None:
    """What is known of a nearer hop of one target is known of the other's too, once their paths meet behind it."""
    classes = HopClasses()
    classes.settle(1, 1, R)
    classes.of(1, 2)
    classes.settle(3, 1, S)
    assert classes.of(1, 2).router is None
    assert classes.settle(3, 2, S)
    assert classes.of(3, 2) is classes.of(3, 1)
    assert classes.of(1, 2) is classes.of(1, 1)
    assert classes.of(1, 2).router == R
    assert not classes.settle(3, 2, S)


def test_paths_known_apart_stay_apart() -> None:
    """Where two targets are known to meet different routers, a farther one that both meet does not join them there."""
    classes = HopClasses()
    classes.settle(2, 1, R)
    classes.settle(2, 2, S)
    for target in (1, 2):
        classes.settle(3, target, R)
    assert classes.of(2, 1).router == R
    assert classes.of(2, 2).router == S


def test_a_router_behind_another_path_is_no_rival() -> None:
    """A target may meet only the routers behind the one that it is known to meet before."""
    classes = HopClasses()
    for target, first, second in ((1, R, R), (2, S, S)):
        classes.settle(1, target, first)
        classes.settle(2, target, second)
    assert {one.router for one in classes.rivals(2, 3)} == {R, S}
    classes.settle(1, 3, S)
    assert [one.router for one in classes.rivals(2, 3)] == [S]


def test_a_target_that_moves_leaves_its_class() -> None:
    """Another router's answer, or the target's own, takes a target out of the class, and nobody else."""
    classes = HopClasses()
    for target in (1, 2, 3):
        classes.settle(4, target, R)
    assert classes.settle(4, 2, S)
    assert classes.finish(4, 3)
    assert classes.of(4, 1).members == {1}
    assert classes.of(4, 2).members == {2}
    assert classes.of(4, 3).end
    assert not classes.finish(4, 3)


def test_one_address_that_answers_differently_is_not_shared() -> None:
    """A router that has no route to one target stands for that one's path only."""
    classes = HopClasses()
    classes.settle(2, 1, R)
    classes.settle(2, 2, (R[0], "no-route"))
    assert classes.of(2, 1) is not classes.of(2, 2)


def test_a_router_that_answers_more_than_the_limit_allows_is_not_so_limited() -> None:
    """Nine answers within a second are more than Linux's limit lets through; at one a second nothing is learned."""
    slow, fast = HopClass({1}), HopClass({2})
    for number in range(40):
        slow.answer(number * 1_000_000)
    for number in range(9):
        fast.answer(number * 100_000)
    assert slow.errors.refill_us == REFILL_US
    assert fast.errors.refill_us < REFILL_US
