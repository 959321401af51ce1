"""Alerts over whole traces in virtual time: raised when they should be, never by a sound network, cleared once."""

from __future__ import annotations

from random import Random

import pytest
from hopscope.app.alerts.expression import parse_expression
from hopscope.app.alerts.watch import AlertWatch, Turn, check
from hopscope.app.errors import UsageError
from hopscope.app.path.event_log import CHANGES
from hopscope.app.path.path import Path
from hopscope.app.settings import TraceSettings
from hopscope.probe import wire
from support.engines import TARGET, Network, World, steady

SECOND = 1_000_000


def turns(network: Network, rounds: int, *texts: str) -> list[Turn]:
    """What alerts do over a trace through a network, one probe a second."""
    world = World(network, TraceSettings(rounds=rounds))
    world.run()
    path = Path(TARGET, TraceSettings(rounds=rounds))
    told: list[Turn] = []
    seen = 0

    def changes() -> list[int]:
        nonlocal seen
        entries = [entry.time_us for entry in path.snapshot().log_entries if entry.kind in CHANGES]
        new, seen = entries[seen:], len(entries)
        return new

    watch = AlertWatch([parse_expression(text) for text in texts], TARGET.address, SECOND, changes)
    for event in world.events:
        path.record(event)
        told.extend(watch.take(event))
    return told


def network_with(
    hops: int, share: float = 0.0, begin_s: int = 0, end_s: int = 10**9, *, rtt_us: int = 10_000
) -> Network:
    """A steady network whose last link loses a share between two times, or takes another time."""
    chance, inner, other = Random(5), steady(hops), steady(hops, rtt_us)

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        if not begin_s * SECOND <= now_us < end_s * SECOND:
            return inner(now_us, request)
        return None if request.ttl >= hops and chance.random() < share else other(now_us, request)

    return network


def test_loss_is_raised_and_cleared_once() -> None:
    """Loss of 20 % for ten minutes raises an alert once, within its window, and half an hour later it is cleared."""
    raised, cleared = turns(network_with(4, 0.2, 600, 1_200), 3_600, "loss > 2% over 100")
    assert (raised.raised, cleared.raised) == (True, False)
    assert 600 < raised.time_us / SECOND < 720
    assert raised.share.lower > 0.02
    assert 1_200 < cleared.time_us / SECOND < 1_700


def test_rtt_is_raised_and_cleared() -> None:
    """RTTs above the level raise it, and it is cleared when they are back."""
    raised, cleared = turns(network_with(4, 0, 300, 600, rtt_us=120_000), 1_800, "rtt p95 > 80ms for 1m")
    assert (raised.raised, cleared.raised) == (True, False)
    assert 300 < raised.time_us / SECOND < 330
    assert 600 < cleared.time_us / SECOND < 760


def test_an_outage_is_told_after_its_time() -> None:
    """A target that does not answer for 10 s raises it then, since the first round that was not answered."""
    raised, cleared = turns(network_with(4, 1.0, 100, 160), 300, "unreachable for 10s")
    assert (raised.raised, cleared.raised) == (True, False)
    assert 110 <= (raised.time_us - SECOND) / SECOND <= 113
    assert 99 <= (raised.since_us - SECOND) / SECOND <= 101
    assert 160 <= (cleared.time_us - SECOND) / SECOND <= 165


def test_a_change_of_the_path_is_told_and_cleared_after_a_minute() -> None:
    """A change of the path raises it within some rounds, and without another one it is cleared a minute later."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        answer = steady(5)(now_us, request)
        if now_us >= 100 * SECOND and answer is not None and request.ttl in {2, 3}:
            return answer[0], wire.Answer("ttl-expired", f"10.9.0.{request.ttl}", 10_000)
        return answer

    raised, cleared = turns(network, 300, "path changed")
    assert (raised.raised, cleared.raised) == (True, False)
    assert 100 <= (raised.time_us - SECOND) / SECOND <= 110
    assert 60 <= (cleared.time_us - raised.time_us) / SECOND <= 62


@pytest.mark.parametrize("hours", [20])
def test_a_sound_network_raises_nothing(hours: int) -> None:
    """Hours with a stray loss of 0.1 % and a silent router raise no alert of any kind."""
    chance, inner = Random(9), steady(4, silent=(2,))

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        return None if chance.random() < 0.001 else inner(now_us, request)

    texts = ("loss > 2% over 100", "loss > 5% for 30s", "rtt p95 > 80ms for 1m", "path changed", "unreachable for 10s")
    assert turns(network, hours * 3_600, *texts) == []


def test_what_could_never_be_raised_is_an_error() -> None:
    """A window that is too small is refused with one that is large enough, for the interval that is used."""
    for text, remedy in (
        ("loss > 50% over 10", "use 'over 16' or more"),
        ("loss > 50% for 10s", "use 'for 16s' or more"),
        ("unreachable for 2s", "use 'for 3s' or more"),
    ):
        with pytest.raises(UsageError, match=remedy):
            check(parse_expression(text), SECOND)
    check(parse_expression("loss > 50% for 10s"), SECOND // 10)
    check(parse_expression("path changed"), 100 * SECOND)
