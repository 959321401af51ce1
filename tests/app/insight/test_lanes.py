"""What traces of one target from several places say together, in worlds whose lossy link is known."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight.lanes import LanesAnswer, about_lanes
from hopscope.app.insight.verdicts import verdicts
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import TARGET, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hopscope.app.insight.assessment import Assessment
    from hopscope.app.path.snapshot import Snapshot

OWN = 3  # routers that a place has to itself; behind them come three that all share, and the target
SHARED = ("198.51.100.1", "198.51.100.2", "198.51.100.3", TARGET.address)


def routers(place: int, own: int = OWN) -> list[str]:
    """The path from a place, to the target."""
    return [*(f"10.{place}.0.{ttl}" for ttl in range(1, own + 1)), *SHARED]


def trace(
    place: int, lossy: str = "", *, share: float = 0.1, rounds: int = 120, own: int = OWN, seed: int = 1
) -> tuple[Snapshot, Assessment]:
    """A trace from a place; probes that cross the link before the router ``lossy`` are lost with this probability."""
    path = routers(place, own)
    chance = Random(seed * 1000 + place)

    def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        at = min(request.ttl, len(path))
        if lossy in path[:at] and chance.random() < share:
            return None
        word = "reply" if at == len(path) else "ttl-expired"
        return 10_000, wire.Answer(word, path[at - 1], 10_000)

    target = replace(TARGET, vantage=sanitize(f"place{place}"))
    snapshot = World(network, TraceSettings(rounds=rounds), (target,), seed=place).run()
    return snapshot, verdicts(snapshot)


def told(*traces: tuple[Snapshot, Assessment]) -> LanesAnswer | None:
    """What they say together."""
    return about_lanes(traces, lambda address: "AS64501" if address.startswith("198.51.100.") else None)


@pytest.mark.parametrize("seed", range(4))
def test_all_lose_from_the_first_router_in_common(seed: int) -> None:
    """The range that holds the lossy link in each is narrowed to what they share, with its network."""
    answer = told(*(trace(place, SHARED[1], seed=seed) for place in (1, 2, 3)))
    assert answer is not None
    assert answer.lead == "All 3 places lose."
    assert answer.rest in {
        f"What they have in common begins at {router} (AS64501)." for router in (SHARED[0], SHARED[1])
    }


@pytest.mark.parametrize("seed", range(4))
def test_only_one_loses_before_its_path_meets_the_others(seed: int) -> None:
    """Its range ends where the routers begin that others cross without loss."""
    answer = told(trace(1, seed=seed), trace(2, "10.2.0.2", seed=seed), trace(3, seed=seed))
    assert answer is not None
    assert answer.lead.startswith("Only place2 loses (")
    assert answer.rest.startswith(("At hop 2, before", "At hops 1-2, before", "At hops 2-3, before"))
    assert answer.rest.endswith(
        f"before its path meets that of place1 and place3 at {SHARED[0]}, or on its return path."
    )


def test_each_loses_on_its_own_part() -> None:
    """Two lose before their paths meet that of the third; all lose at routers that nobody shares."""
    some = told(trace(1, "10.1.0.2"), trace(2, "10.2.0.2"), trace(3))
    assert some is not None
    assert (some.lead, some.rest) == (
        "Only place1 and place2 lose.",
        "Each before its path meets that of place3, or on its return path.",
    )
    both = told(trace(1, "10.1.0.2"), trace(2, "10.2.0.2"))
    assert both is not None
    assert (both.lead, both.rest) == (
        "Both places lose.",
        "Their ranges have no router in common: separate faults.",
    )


def test_loss_behind_routers_that_another_crosses_without_it_is_on_the_return_path() -> None:
    """The same routers lose for one and not for the other: the way back is what differs."""
    answer = told(trace(1, SHARED[1]), trace(2))
    assert answer is not None
    assert answer.rest == "place2 crosses the same routers without loss: look at its return path."


@pytest.mark.parametrize("seed", range(3))
def test_what_one_trace_cannot_tell_from_a_limit_stays_open(seed: int) -> None:
    """Loss at the target alone: said of the one that loses, with what it may be; nothing where all do."""
    one = told(trace(1, TARGET.address, own=2, seed=seed), trace(2, own=2, seed=seed))
    assert one is None or "return path" in one.rest
    lone = routers(1, 1)[0]
    answer = told(near(lone, seed), trace(2, own=1, seed=seed))
    assert answer is not None
    assert answer.lead.startswith("Only place1 loses (")
    assert answer.rest == (
        f"At hop 2, before its path meets that of place2 at {TARGET.address}, or on its return path,"
        " or its replies are rate-limited."
    )
    assert told(trace(1, TARGET.address, seed=seed), trace(2, TARGET.address, seed=seed)) is None


def near(router: str, seed: int) -> tuple[Snapshot, Assessment]:
    """A trace over one router, behind which a tenth is lost."""
    chance = Random(seed)

    def network(_now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if request.ttl == 1:
            return 10_000, wire.Answer("ttl-expired", router, 10_000)
        return None if chance.random() < 0.1 else (10_000, wire.Answer("reply", request.address, 10_000))

    target = replace(TARGET, vantage=sanitize("place1"))
    snapshot = World(network, TraceSettings(rounds=120), (target,)).run()
    return snapshot, verdicts(snapshot)


def test_what_may_be_chance_is_not_claimed() -> None:
    """One lost 10 % and the other none of so few probes that it may lose as well: nothing is said of the two."""
    assert told(trace(1, "10.1.0.2"), trace(2, rounds=8)) is None


def test_what_is_not_side_by_side_says_nothing_together() -> None:
    """One trace, traces without named places, or to other targets, or none that loses."""
    lossy, fine = trace(1, "10.1.0.2"), trace(2)
    nameless = replace(lossy[0], target=replace(lossy[0].target, vantage=sanitize("")))
    other = replace(lossy[0], target=replace(lossy[0].target, address="192.0.2.7"))
    cases: Sequence[Sequence[tuple[Snapshot, Assessment]]] = (
        [lossy],
        [(nameless, lossy[1]), (nameless, lossy[1])],
        [(other, lossy[1]), fine],
        [fine, trace(3)],
    )
    for case in cases:
        assert told(*case) is None
