"""Classes of targets that share a hop, and the errors that its router has left for them."""

from __future__ import annotations

from hopscope.app.trace.hop_classes import BURST, CONVINCING, HopClasses


def routed(classes: HopClasses, ttl: int, *targets: int) -> None:
    """Let a router be known to all of these targets."""
    for target in targets:
        classes.of(ttl, target).known = classes.of(ttl, target).router = True
        classes.merge(ttl, targets[0], target)


def test_merged_classes_have_spent_from_one_bucket() -> None:
    """What two targets spent before it was known that they share a router is missing to both."""
    classes = HopClasses()
    routed(classes, 3, 1)
    routed(classes, 3, 2)
    for target, errors in ((1, 2), (2, 3)):
        for _ in range(errors):
            classes.of(3, target).charge(0)
    classes.merge(3, 1, 2)
    assert classes.known(3, 1) is classes.known(3, 2)
    assert classes.of(3, 1).tokens == BURST - 5


def test_errors_grow_again_up_to_the_burst() -> None:
    """A router has one error more each second, and never more than its burst."""
    classes = HopClasses()
    shared = classes.of(3, 1)
    shared.charge(0)
    shared.charge(0)
    shared.refill(1_500_000)
    assert shared.tokens == BURST - 0.5
    shared.refill(60_000_000)
    assert shared.tokens == BURST


def test_paths_part_where_routers_or_silence_differ() -> None:
    """Two routers at a TTL part the paths, and so does one router beside a hop that is known to be silent."""
    classes = HopClasses()
    routed(classes, 3, 1, 2)
    classes.of(3, 4)  # of this one nothing is known yet
    assert not classes.parts(3)
    classes.of(3, 4).known = classes.of(3, 4).silent = True
    assert classes.parts(3)
    assert classes.known(3, 5) is None


def test_a_hop_is_crowded_when_so_many_share_it() -> None:
    """It takes a few targets to say that a router is shared by all."""
    classes = HopClasses()
    routed(classes, 2, *range(CONVINCING - 1))
    assert not classes.crowded(2)
    routed(classes, 2, 0, CONVINCING)
    assert classes.crowded(2)
