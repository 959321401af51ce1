"""What is read of the machine that probes as rounds begin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hopscope.app.host_watch import HostWatch
from hopscope.app.trace.events import SourceChanged, TrafficRead
from support.engines import TARGET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hopscope.app.settings import Target

HERE = replace(TARGET, source="192.0.2.7")
THERE = replace(TARGET, source="")


class Host:
    """A machine with addresses that a test changes."""

    def __init__(self) -> None:
        self.made: list[Sequence[Target]] = []
        self.sources = ["192.0.2.7", ""]
        self.carried: int | None = 100
        self.closed = 0

    def make(self, targets: Sequence[Target]) -> Host:
        """It reads itself."""
        self.made.append(targets)
        return self

    def read(self, _index: int) -> tuple[str, int] | None:
        """The same for all targets."""
        return None if self.carried is None else ("eth0", self.carried)

    def source(self, index: int) -> str:
        """As the test has it."""
        return self.sources[index]

    def close(self) -> None:
        """It is counted."""
        self.closed += 1


def told(watch: HostWatch, index: int, *targets: Target) -> list[tuple[object, ...]]:
    return [
        (event.old, event.new) if isinstance(event, SourceChanged) else (event.interface, event.total_bytes)
        for event in watch.round_started(index, 3, targets or (HERE, THERE))
    ]


def test_another_address_is_told_once() -> None:
    """Counters are told each round, an address when it is another one; no address, as without a route, is none."""
    host = Host()
    watch = HostWatch(host.make)
    assert told(watch, 0) == [("eth0", 100)]
    host.sources[0] = ""
    assert told(watch, 0) == [("eth0", 100)]
    host.sources[0], host.carried = "192.0.2.8", None
    assert told(watch, 0) == [("192.0.2.7", "192.0.2.8")]
    assert told(watch, 0) == []
    host.sources[0] = "192.0.2.7"
    assert told(watch, 0) == [("192.0.2.8", "192.0.2.7")]


def test_an_address_that_was_not_known_has_not_changed() -> None:
    """The first one that is found is where it begins."""
    host = Host()
    host.carried = None
    watch = HostWatch(host.make)
    host.sources[1] = "198.51.100.1"
    assert told(watch, 1) == []
    host.sources[1] = "198.51.100.2"
    assert told(watch, 1) == [("198.51.100.1", "198.51.100.2")]


def test_it_reads_anew_where_more_is_traced() -> None:
    """What reads is made for all that is traced, and closed before another one is made; addresses stay known."""
    host = Host()
    watch = HostWatch(host.make)
    assert told(watch, 0, HERE) == [("eth0", 100)]
    host.sources[0] = "192.0.2.9"
    assert told(watch, 0, HERE, THERE) == [("eth0", 100), ("192.0.2.7", "192.0.2.9")]
    assert ([len(targets) for targets in host.made], host.closed) == ([1, 2], 1)
    watch.close()
    assert host.closed == 2


def test_counters_carry_their_round() -> None:
    """They stand for the round that began."""
    [event] = HostWatch(Host().make).round_started(0, 5, (HERE,))
    assert isinstance(event, TrafficRead)
    assert event.round == 5
