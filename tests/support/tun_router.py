"""The program behind a TUN device: hands its packets to the simulator and gives back the answers when they are due.

``tun_router.py SCENARIO LOG SEED TUN_FD [PACKET_FD]``; it prints a line when it is ready, and ends when it is killed.

A packet's time is the kernel's stamp of its transmission, and the log says the kernel's stamp of each answer's
arrival, both taken by a packet socket as tcpdump would; so neither depends on when this program gets to run. Without
a packet socket the times are this program's own. The program waits for the device alone: to be woken by the packet
socket took ten microseconds, and under load a hundred, between that stamp and the one that the sending socket gets.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import select
import socket
import struct
import sys
import time
from collections import deque
from typing import TYPE_CHECKING

from hopscope.probe.lab import log as lab_log
from hopscope.probe.lab.journey import ANSWERED, Journey
from hopscope.probe.lab.scenario import Scenario, load
from hopscope.probe.lab.simulator import Simulator
from hopscope.probe.packet.cursor import PacketError

if TYPE_CHECKING:
    from hopscope.probe.packet import ip

SO_TIMESTAMPNS = 35
PACKET_OUTGOING = 4
SPIN_US = 300  # so long before an answer is due, stop sleeping: a sleep ends tens of microseconds late
_TIMESPEC = struct.Struct("qq")


def now_us() -> int:
    """The clock of the kernel's packet stamps."""
    return time.time_ns() // 1000


class Router:
    """Moves packets between the device and the simulator."""

    def __init__(
        self, scenario: Scenario, seed: int | None, log: lab_log.LabLog, tun_fd: int, packets: socket.socket | None
    ) -> None:
        self._simulator = Simulator(scenario, seed, self._note)
        self._log = log
        self._tun_fd = tun_fd
        self._packets = packets
        self._due: list[tuple[int, int, bytes, dict[str, object] | None]] = []
        self._order = 0
        # Answers written to the device whose arrival has not been stamped yet.
        self._written: deque[tuple[bytes, dict[str, object] | None]] = deque()
        self._entry: dict[str, object] | None = None

    def _note(self, packet: ip.Packet, sent_us: int, journey: Journey) -> None:
        """The simulator's log: what is answered waits for its stamp."""
        entry = lab_log.entry(packet, sent_us, journey)
        if journey.fate == ANSWERED:
            self._entry = entry
        else:
            self._log.write(entry)

    def run(self) -> None:
        """Serve for ever."""
        print("ready", flush=True)
        while True:
            wait_s = max(self._due[0][0] - now_us() - SPIN_US, 0) / 1e6 if self._due else None
            # select waits by the microsecond, where epoll rounds up to milliseconds.
            ready, _, _ = select.select([self._tun_fd], [], [], wait_s)
            if ready:
                self._read()
            self._deliver()
            if self._packets is not None:
                self._receive(self._packets)

    def _read(self) -> None:
        """Empty the device's queue; with a packet socket its packets have come there, with their stamps."""
        with contextlib.suppress(BlockingIOError):
            while True:
                data = os.read(self._tun_fd, 65536)
                if self._packets is None:
                    self._send(data, now_us())

    def _receive(self, packets: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                data, ancillary, _, address = packets.recvmsg(65536, 64)
                [stamp] = [value for _, kind, value in ancillary if kind == SO_TIMESTAMPNS]
                seconds, nanoseconds = _TIMESPEC.unpack(stamp)
                stamp_us = (seconds * 1_000_000_000 + nanoseconds) // 1000
                if address[2] == PACKET_OUTGOING:
                    self._send(data, stamp_us)
                else:
                    self._arrived(data, stamp_us)

    def _send(self, data: bytes, stamp_us: int) -> None:
        self._entry = None
        try:
            deliveries = self._simulator.send(data, stamp_us)
        except PacketError:
            return
        for delivery in deliveries:
            self._order += 1
            heapq.heappush(self._due, (delivery.due_us, self._order, delivery.packet, self._entry))
            self._entry = None  # a duplicate has no entry of its own

    def _arrived(self, data: bytes, stamp_us: int) -> None:
        while self._written:
            packet, entry = self._written.popleft()
            if packet == data:
                if entry is not None:
                    entry["planned_us"] = entry["rtt_us"]
                    sent_us = entry["sent_us"]
                    assert isinstance(sent_us, int)
                    entry["rtt_us"] = stamp_us - sent_us
                    self._log.write(entry)
                return

    def _deliver(self) -> None:
        while self._due and self._due[0][0] - now_us() <= SPIN_US:
            due_us, _, packet, entry = heapq.heappop(self._due)
            self._written.append((packet, entry))
            while now_us() < due_us:
                pass
            os.write(self._tun_fd, packet)
            if self._packets is None:
                self._arrived(packet, now_us())


def main() -> None:
    """Run the router."""
    name, log_path, seed, tun_fd, *packet_fd = sys.argv[1:]
    log = lab_log.LabLog(log_path)
    packets = socket.socket(fileno=int(packet_fd[0])) if packet_fd else None
    router = Router(load(name), int(seed) if seed else None, log, int(tun_fd), packets)
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    router.run()


if __name__ == "__main__":
    main()
