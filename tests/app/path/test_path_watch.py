"""What a path is watched for, of one target and of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.probe import wire
from support.engines import World

if TYPE_CHECKING:
    from support.engines import Network

HOPS, FIRST, LAST = 8, 4, 6
FAST = TraceSettings(rounds=100, interval_us=100_000)


def replaced(change_us: int) -> Network:
    """Eight hops of each target's own; those from the fourth to the sixth of the first one are replaced at a time."""

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer]:
        number = int(request.address.rpartition(".")[2])
        rtt_us = 4000 * min(request.ttl, HOPS)
        if request.ttl >= HOPS:
            return rtt_us, wire.Answer(wire.REPLY, request.address, rtt_us)
        path = 9 if number == 1 and now_us >= change_us and FIRST <= request.ttl <= LAST else number
        return rtt_us, wire.Answer(wire.TTL_EXPIRED, f"10.{path}.0.{request.ttl}", rtt_us)

    return network


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("change_us", range(6_000_000, 6_100_000, 25_000))
def test_a_change_is_told_whole_and_of_its_time(count: int, change_us: int) -> None:
    """Where rounds are as short as answers take, with several targets as with one, no hop of a change is missing.

    Nor are probes missing: what nobody shares is probed in each round.
    """
    targets = tuple(Target(sanitize(f"t{number}"), f"192.0.2.{number}", 4) for number in range(1, count + 1))
    world = World(replaced(change_us), FAST, targets)
    world.run()
    traces = [path.snapshot() for path in world.paths]
    assert {hop.sent for trace in traces for hop in trace.hops} == {100}
    (told,) = (entry for entry in traces[0].log_entries if entry.kind == "path-changed")
    assert abs(told.round - 60) <= 1
    assert (told.first_ttl, told.last_ttl) == (FIRST, LAST)
    assert told.old == tuple(f"10.1.0.{ttl}" for ttl in range(FIRST, LAST + 1))
    assert told.new == tuple(f"10.9.0.{ttl}" for ttl in range(FIRST, LAST + 1))
    assert not [entry for trace in traces[1:] for entry in trace.log_entries if entry.kind == "path-changed"]
