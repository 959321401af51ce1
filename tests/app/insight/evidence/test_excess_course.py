"""Where packets wait: from distributions that hops share, on paths made by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest
from hopscope.app.insight.evidence.excess import FIRM, Excess
from hopscope.app.insight.evidence.excess_course import CHECKPOINTS, find_excess
from hopscope.app.insight.evidence.gather import gather
from hopscope.app.path.snapshot import RttShift
from hopscope.app.settings import TraceSettings
from support.engines import TARGET, World, steady
from support.snapshots import hop, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from hopscope.app.path.snapshot import ShiftStatus
    from hopscope.probe import wire

HOPS = 8


def path(waits_ms: Callable[[Random, int, int], float], rounds: int = 121, seed: int = 1) -> list[list[int]]:
    """Histories of eight hops, 2 ms apart, with a little noise."""
    chance = Random(seed)
    return [
        [
            ttl * 2_000 + int(chance.expovariate(1 / 150) + 1_000 * waits_ms(chance, ttl, number))
            for number in range(rounds)
        ]
        for ttl in range(1, HOPS + 1)
    ]


def found(
    histories: list[list[int]], by: dict[int, list[int]] | None = None, *, goes_on: bool = False
) -> Excess | None:
    """What is found in histories; ``by``: at some hops two routers answer, and which one did."""
    hops = []
    for ttl, values in enumerate(histories, 1):
        address = TARGET.address if ttl == len(histories) else f"10.0.0.{ttl}"
        if by is not None and ttl in by:
            hops.append(hop(ttl, values, address, f"10.0.1.{ttl}", by=by[ttl]))
        else:
            hops.append(hop(ttl, values, address))
    shot = snapshot(TARGET, hops)
    return find_excess(gather(replace(shot, state="running") if goes_on else shot))


def bursts(chance: Random, mean_ms: float = 40, share: float = 0.4) -> float:
    """A wait that has nothing to do with that of any other probe: the queue fills and drains within a second."""
    return chance.expovariate(1 / mean_ms) if chance.random() < share else 0


@pytest.mark.parametrize("at", [1, 2, 4, 7, 8])
@pytest.mark.parametrize("seed", range(5))
def test_a_queue_lies_where_all_later_hops_show_it(at: int, seed: int) -> None:
    """No correlation by rounds is asked for; the true hop is in the range, which is no wider than three hops."""
    excess = found(path(lambda chance, ttl, _: bursts(chance) if ttl >= at else 0, seed=seed))
    assert excess is not None
    assert excess.first_ttl <= at <= excess.last_ttl <= excess.first_ttl + 2
    assert excess.end_alone <= (at == HOPS)
    assert excess.calm_ttl == at - 1


def test_a_correlation_by_rounds_names_the_hop() -> None:
    """A queue that stays for seconds is seen by all probes of a round, and no slow router looks like that."""
    full = [bool(number // 7 % 3 == 0) for number in range(300)]
    excess = found(path(lambda chance, ttl, number: full[number] * chance.uniform(50, 60) * (ttl >= 4)))
    assert excess is not None
    assert (excess.first_ttl, excess.last_ttl) == (4, 4)
    assert excess.rho > 0.5


@pytest.mark.parametrize("seed", range(10))
def test_a_slow_router_just_before_leaves_both_open(seed: int) -> None:
    """Hop 3 is slow by itself, the queue begins at hop 4: the range holds both."""
    excess = found(path(lambda chance, ttl, _: bursts(chance) if ttl >= 3 else 0, seed=seed))
    assert excess is not None
    assert excess.first_ttl <= 4 <= excess.last_ttl


@pytest.mark.parametrize(
    ("what", "waits_ms"),
    [
        ("a few of a hundred packets on busy air", lambda chance, _ttl, _: bursts(chance, 60, 0.06)),
        ("some seconds of a minute", lambda _, _ttl, number: 40 * (number % 60 < 6)),
        ("a buffer that is always filled again", lambda chance, _ttl, _: chance.uniform(120, 150)),
    ],
)
def test_tails_episodes_and_sustained_load_are_found_alike(
    what: str, waits_ms: Callable[[Random, int, int], float]
) -> None:
    """On the first link all hops show it."""
    excess = found(path(waits_ms, rounds=241))
    assert excess is not None, what
    assert excess.first_ttl == 1
    assert excess.onset_ttl == 1


@pytest.mark.parametrize(
    ("what", "waits_ms"),
    [
        ("nothing", lambda _chance, _ttl, _: 0),
        ("a slow router", lambda chance, ttl, _: bursts(chance) if ttl == 4 else 0),
        ("all routers slow, the target quick", lambda chance, ttl, _: bursts(chance) if ttl < HOPS else 0),
        ("less than is felt", lambda chance, _ttl, _: chance.uniform(0, 8)),
        ("one packet in two hundred", lambda chance, _ttl, _: bursts(chance, 60, 0.005)),
    ],
)
def test_what_traffic_does_not_feel_is_nothing(what: str, waits_ms: Callable[[Random, int, int], float]) -> None:
    """Replies that are slow by themselves, and waits too short or too rare."""
    assert [found(path(waits_ms, rounds=241, seed=seed)) for seed in range(5)] == [None] * 5, what


def test_paths_of_unequal_length_are_no_queue() -> None:
    """By packet, 30 ms apart from hop 3 on: times lie in two groups, and two routers answer."""
    chance = Random(4)
    longer = [[chance.random() < 0.4 for _ in range(241)] for _ in range(HOPS)]
    histories = path(lambda _, ttl, number: 30 * longer[ttl - 1][number] * (ttl >= 3), rounds=241)
    assert found(histories, by={3: [int(one) for one in longer[2]]}) is None
    assert found(histories) is not None


def test_a_queue_beyond_balancing_is_found_all_the_same() -> None:
    """What waits above the path it took counts."""
    chance = Random(4)
    by = [int(chance.random() < 0.5) for _ in range(241)]
    excess = found(path(lambda chance, ttl, _: bursts(chance) if ttl >= 5 else 0, rounds=241), by={3: by})
    assert excess is not None
    assert excess.first_ttl == 5


def test_it_is_told_after_some_seconds() -> None:
    """After seven rounds with a wall of 100 ms; so early it may be taken back."""
    histories = path(lambda chance, ttl, number: chance.uniform(80, 120) * (ttl >= 2) * (number > 0), rounds=8)
    excess = found(histories)
    assert excess is not None
    assert not excess.firm
    longer = found(path(lambda chance, ttl, number: chance.uniform(80, 120) * (ttl >= 2) * (number > 0), rounds=30))
    assert longer is not None
    assert longer.firm == (longer.rounds >= FIRM)


@pytest.mark.parametrize("seed", range(5))
def test_the_place_is_kept_as_long_as_nothing_speaks_against_it(seed: int) -> None:
    """Once told it changes twice at most over 300 rounds, though it is looked at two dozen times."""
    histories = path(lambda chance, ttl, _: bursts(chance, 30, 0.2) if ttl >= 4 else 0, rounds=301, seed=seed)
    places: list[tuple[int, int] | None] = []
    for rounds in range(11, 302, 10):
        excess = found([values[:rounds] for values in histories], goes_on=True)
        if excess is not None or places:
            places.append((excess.first_ttl, excess.last_ttl) if excess is not None else None)
    changes = sum(before != after for before, after in pairwise(places))
    assert changes <= 2
    assert places[-1] is not None
    assert places[-1][0] <= 4 <= places[-1][1] <= places[-1][0] + 2


@pytest.mark.parametrize("seed", range(5))
def test_a_queue_that_comes_back_is_where_it_was(seed: int) -> None:
    """Ten seconds of every seventy: in the minute between it is forgotten by no look but its place by none."""
    histories = path(
        lambda chance, ttl, number: chance.uniform(20, 60) * (ttl >= 4 and number % 70 < 10), rounds=471, seed=seed
    )
    seen = [found([values[:rounds] for values in histories], goes_on=True) for rounds in range(11, 472, 10)]
    places = [(one.first_ttl, one.last_ttl) for one in seen if one is not None]
    assert sum(before != after for before, after in pairwise(places)) <= 2
    assert len(places) > 20
    assert all(first <= 4 <= last for first, last in places)


@pytest.mark.parametrize("status", ["seeming", "uneven", "back"])
def test_what_waits_where_the_level_seemed_to_rise_is_told_there(status: ShiftStatus) -> None:
    """The waits alone leave hop 3 or 4 open; that the level seemed to rise at hop 4 was told already."""
    histories = path(lambda chance, ttl, _: bursts(chance) if ttl >= 4 else 0)
    hops = [
        hop(ttl, values, TARGET.address if ttl == HOPS else f"10.0.0.{ttl}") for ttl, values in enumerate(histories, 1)
    ]
    levels = (60_000, 16_000) if status == "back" else (16_000, 60_000)
    shift = RttShift(200, 0, *levels, 4, 4, status, 0)
    plain = find_excess(gather(replace(snapshot(TARGET, hops), started_us=4)))
    assert plain is not None
    assert (plain.first_ttl, plain.last_ttl) != (4, 4)
    told = find_excess(gather(replace(snapshot(TARGET, hops), rtt_shift=shift, started_us=5)))
    assert told is not None
    assert (told.first_ttl, told.last_ttl) == (4, 4)
    elsewhere = replace(shift, first_ttl=7, last_ttl=7)
    other = find_excess(gather(replace(snapshot(TARGET, hops), rtt_shift=elsewhere, started_us=6)))
    assert other is not None
    assert (other.first_ttl, other.last_ttl) == (plain.first_ttl, plain.last_ttl)


def test_the_base_is_that_of_the_level_not_of_the_stretch() -> None:
    """A load that has lasted longer than what is kept is held against the best before it."""
    histories = path(lambda chance, ttl, _: chance.uniform(38, 42) * (ttl >= 4))
    hops = [
        hop(ttl, values, TARGET.address if ttl == HOPS else f"10.0.0.{ttl}") for ttl, values in enumerate(histories, 1)
    ]
    shot = snapshot(TARGET, hops)
    assert find_excess(gather(shot)) is None
    known = replace(shot, hops=tuple(replace(one, base_us=one.ttl * 2_000) for one in hops))
    excess = find_excess(gather(known))
    assert excess is not None
    assert excess.first_ttl == 4
    assert 38_000 <= excess.excess_us <= 43_000


def test_checkpoints_reach_as_far_as_stretches() -> None:
    """Twice the longest stretch: from there on multiples of the round number take over."""
    assert list(CHECKPOINTS) == sorted(set(CHECKPOINTS))
    assert CHECKPOINTS[-1] == 460


def test_looks_go_on_over_a_long_trace() -> None:
    """Where stretches begin anew with every so many rounds, what was told and its place are kept."""
    histories = path(lambda chance, ttl, _: bursts(chance, 40, 0.15) if ttl >= 4 else 0, rounds=1000)
    seen = [found([values[:rounds] for values in histories]) for rounds in range(461, 1001, 3)]
    assert all(one is not None for one in seen)
    places = {(one.first_ttl, one.last_ttl) for one in seen if one is not None}
    assert all(first <= 4 <= last for first, last in places)
    assert len(places) <= 2


@pytest.mark.parametrize("rounds", [7, 13, 19, 45, 239])
def test_a_finished_trace_is_told_of_all_its_rounds(rounds: int) -> None:
    """The last look is the end of the trace: the table beside it is no newer."""
    histories = path(lambda chance, ttl, number: (ttl >= 4) * (number % 2) * chance.uniform(50, 60 + number), rounds)
    excess = found(histories)
    assert excess is not None
    assert excess.end.answers == excess.rounds == rounds


@pytest.mark.parametrize("rounds", [*range(8, 24), 59, 118, 139])
def test_no_figure_is_older_than_a_few_rounds(rounds: int) -> None:
    """The probes of the newest round are in flight, and figures are of at most two rounds before those."""
    histories = path(lambda chance, ttl, number: (ttl >= 4) * (number % 2) * chance.uniform(50, 60 + number), rounds)
    excess = found(histories, goes_on=True)
    assert excess is not None
    assert rounds - 3 <= excess.end.answers <= rounds - 1


def test_a_better_base_is_looked_at_anew() -> None:
    """A queue that was always full and drains for a moment was one: its waits count once it is no path that fell."""
    histories = path(lambda chance, ttl, number: chance.uniform(50, 55) * (ttl >= 3) * (number < 100), rounds=110)

    def seen(rounds: int) -> Excess | None:
        hops = [
            replace(hop(ttl, values[:rounds], f"10.0.0.{ttl}"), base_us=min(values[:rounds]))
            for ttl, values in enumerate(histories, 1)
        ]
        return find_excess(gather(replace(snapshot(TARGET, hops), state="running")))

    assert seen(100) is None
    assert seen(105) is None
    excess = seen(107)
    assert excess is not None
    assert excess.first_ttl == 3


def test_a_path_that_has_just_become_shorter_had_no_queue_before() -> None:
    """A first answer far below all that came before is another level, not the first one without a wait."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        shorter = now_us >= 88_000_000
        rtt_us = 1_000 * request.ttl + (65_000 if request.ttl > 7 and not shorter else 0) + now_us % 700
        return steady(10 if shorter else 12, rtt_us)(now_us, request)

    trace = World(network, TraceSettings(rounds=100))
    for rounds in range(80, 98):
        shot = trace.run(until_s=rounds + 0.3)
        assert find_excess(gather(shot)) is None


def test_a_queue_that_was_there_from_the_start_shows_its_base_when_it_empties() -> None:
    """After some more rounds of which some wait, it is told."""
    histories = path(lambda chance, ttl, number: 65.0 if ttl >= 5 and (number < 90 or chance.random() < 0.5) else 0.0)
    queue = found(histories)
    assert queue is not None
    assert queue.onset_ttl == 5
