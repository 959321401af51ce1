"""The sockets of the real network, over loopback."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING

import pytest
from hopscope.probe import wire
from hopscope.probe.kernel import channel as channel_module
from hopscope.probe.kernel import constants as c
from hopscope.probe.kernel.network import KernelNetwork
from hopscope.probe.wire import Answer, ProbeRequest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Loopback:
    """A network and the poller that watches it."""

    def __init__(self) -> None:
        self.poller = select.epoll()
        self.network = KernelNetwork(self.poller)

    def answer(self, serial: int, request: ProbeRequest) -> Answer:
        """Send a probe and wait for its answer."""
        now_us = time.monotonic_ns() // 1000
        answer = self.network.send(serial, request, now_us)
        if answer is not None:
            return answer
        found = self.network.collect((), now_us)
        while not found:
            ready = self.poller.poll(10)
            assert ready
            found = self.network.collect(ready, time.monotonic_ns() // 1000)
        ((got, answer),) = found
        assert got == serial
        return answer


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """A network of this process's own."""
    made = Loopback()
    yield made
    made.network.close()
    made.poller.close()


def test_send_stamps_that_never_come_take_no_memory(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a device that stamps nothing that it sends, probes are timed and forgotten all the same."""
    monkeypatch.setattr(channel_module, "STAMPED_PER_S", 10**9)
    monkeypatch.setattr(channel_module, "STAMPS_MAX", 100)
    (udp,) = [made for made in loopback.network._channels.by_fd.values() if made.version == 4 and made.protocol == 17]
    udp.sock.setsockopt(c.SOL_SOCKET, c.SO_TIMESTAMPING, c.RX_SOFTWARE | c.SOFTWARE)
    request = ProbeRequest(4, "127.0.0.1", "udp")
    most = 0
    clocks = []
    for serial in range(1, 301):
        answer = loopback.answer(serial, request)
        assert answer.word == wire.REPLY
        clocks.append(answer.clock)
        most = max(most, len(udp._stamped))
    # Who is held up between the readings of the two clocks does not believe the pair, where no send stamp is.
    assert clocks.count("kernel") > 150
    assert 100 < most <= 100 + channel_module.ADAPT_EVERY
    assert not loopback.network._in_flight.probes


def test_sockets_for_given_ports_do_not_pile_up(loopback: Loopback) -> None:
    """A client that asks for another local port each time does not use up the descriptors."""
    for number in range(100):
        request = ProbeRequest(4, "127.0.0.1", "udp", port=9, local_port=21000 + number)
        assert loopback.answer(number + 1, request).word == wire.REPLY
        assert len(loopback.network._channels.by_fd) < 80
    for number in range(100):
        request = ProbeRequest(4, "127.0.0.1", "udp", local_port=22000 + number)
        assert loopback.answer(number + 1, request).word == wire.REPLY
    assert len(loopback.network._channels.by_fd) < 80


def test_discarded_probes_leave_nothing_behind(loopback: Loopback) -> None:
    """A probe whose time is up is forgotten, whatever kind of socket it has."""
    before = set(loopback.network._channels.by_fd)
    network = loopback.network
    for serial, protocol in enumerate(("udp", "tcp"), 1):
        for number, port in enumerate((0, 9)):
            request = ProbeRequest(4, "127.0.0.1", protocol, port=port)
            if network.send(serial * 10 + number, request, time.monotonic_ns() // 1000) is None:
                network.discard(serial * 10 + number)
    assert not network._in_flight.probes
    assert not network._tcp.attempts
    assert set(network._channels.by_fd) == before
