"""This host's own traffic beside the histories of the hops."""

from __future__ import annotations

from hopscope.app.path.path import Path
from hopscope.app.path.snapshot import NO_TRAFFIC, UNKNOWN
from hopscope.app.settings import TraceSettings
from hopscope.app.trace import events as happened
from support.engines import TARGET, World, steady

SECOND = 1_000_000


def begin(path: Path, round_number: int, at_s: float, total: int | None, interface: str = "eth0") -> None:
    """A round begins, and the counter is read, where there is one."""
    at_us = round(at_s * SECOND)
    path.record(happened.RoundStarted(at_us, round_number))
    if total is not None:
        path.record(happened.TrafficRead(at_us, round_number, interface, total))


def test_a_round_has_the_rate_from_its_start_to_the_next() -> None:
    """Bytes a second, whatever the interval; the round that runs is not known yet."""
    path = Path(TARGET, TraceSettings())
    for number, (at_s, total) in enumerate([(0, 5000), (1, 6000), (1.5, 7000), (2.5, 7000)]):
        begin(path, number, at_s, total)
    assert list(path.snapshot().traffic) == [1000, 2000, 0, UNKNOWN]
    assert path.snapshot().interface == "eth0"


def test_it_is_as_long_as_the_histories() -> None:
    """Also when these are cut, and after a reset."""
    world = World(steady(3), TraceSettings(), carried=lambda now_us: now_us // 1000)
    world.paths = [Path(TARGET, TraceSettings(), history_rounds=20)]
    for until_s in (3.5, 39.5, 41.5, 70.5):
        snapshot = world.run(until_s=until_s)
        assert len(snapshot.traffic) == len(snapshot.hops[0].rtts_us) == min(20, round(until_s + 0.5) - 1)
        assert set(list(snapshot.traffic)[1:-1]) == {1000}
    world.group.reset(world.now_us)
    world.tell()
    assert len(world.paths[0].snapshot().traffic) == 0
    snapshot = world.run(until_s=75.5)
    assert len(snapshot.traffic) == len(snapshot.hops[0].rtts_us)
    assert list(snapshot.traffic)[-2] == 1000


def test_what_belongs_to_no_round_is_not_known() -> None:
    """Another interface, a counter that began anew, a round without a reading, and a pause."""
    path = Path(TARGET, TraceSettings())
    begin(path, 0, 0, 100)
    begin(path, 1, 1, 900, "tun0")
    begin(path, 2, 2, 50, "tun0")
    begin(path, 3, 3, None)
    begin(path, 4, 4, 2050, "tun0")
    begin(path, 5, 5, 2150, "tun0")
    path.record(happened.StateChanged(5_500_000, "paused"))
    path.record(happened.StateChanged(9_500_000, "running"))
    begin(path, 6, 10, 9000, "tun0")
    begin(path, 7, 11, 9001, "tun0")
    assert list(path.snapshot().traffic) == [UNKNOWN] * 4 + [100, UNKNOWN, 1, UNKNOWN]


def test_nothing_read_is_no_traffic() -> None:
    """Where the system tells nothing, there is no history of unknown values."""
    snapshot = World(steady(3), TraceSettings(rounds=5)).run()
    assert (snapshot.traffic, snapshot.interface) == (NO_TRAFFIC, "")


def test_snapshots_keep_theirs() -> None:
    """What comes later does not reach into an earlier snapshot."""
    world = World(steady(3), TraceSettings(), carried=lambda now_us: now_us // 1000)
    earlier = world.run(until_s=5.5)
    before = list(earlier.traffic)
    world.run(until_s=20.5)
    assert list(earlier.traffic) == before
