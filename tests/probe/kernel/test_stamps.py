"""Which times are believed."""

from __future__ import annotations

import select
import time

import pytest
from hopscope.probe import wire
from hopscope.probe.kernel import stamps
from hopscope.probe.kernel.network import KernelNetwork
from hopscope.probe.kernel.stamps import Clocks
from hopscope.probe.wire import Answer, ProbeRequest

MS = 1_000_000
HOUR = 3600 * 1000 * MS


class Time:
    """Two clocks under the test's control; ``held_up`` passes before the next reading of the steady one."""

    def __init__(self) -> None:
        self.steady = 5 * HOUR
        self.real = 400_000 * HOUR
        self.held_up = 0

    def pass_by(self, span_ns: int) -> None:
        """Let time pass, on both clocks."""
        self.steady += span_ns
        self.real += span_ns

    def steady_ns(self) -> int:
        """Read the steady clock."""
        self.pass_by(self.held_up)
        self.held_up = 0
        return self.steady

    def real_ns(self) -> int:
        """Read the real-time clock."""
        return self.real

    def clocks(self) -> Clocks:
        """Both."""
        return Clocks(self.steady_ns, self.real_ns)


def test_stamps_of_the_kernel() -> None:
    """The round trip is the span between the kernel's stamps; reading the answer late does not lengthen it."""
    world = Time()
    clocks = world.clocks()
    steady, real = world.steady, world.real
    world.pass_by(500 * MS)
    assert clocks.round_trip(steady, real, real + 40_000, real + 10 * MS) == (9960, stamps.KERNEL)


def test_without_a_send_stamp() -> None:
    """Our own reading just before the send stands in where the send stamp is missing or impossible."""
    world = Time()
    clocks = world.clocks()
    steady, real = world.steady, world.real
    world.pass_by(20 * MS)
    for impossible in (0, real - MS, real + 11 * MS):
        assert clocks.round_trip(steady, real, impossible, real + 10 * MS) == (10_000, stamps.KERNEL)


def test_without_an_arrival_stamp() -> None:
    """Then the steady clock measures, up to now."""
    world = Time()
    clocks = world.clocks()
    steady, real = world.steady, world.real
    world.pass_by(20 * MS)
    assert clocks.round_trip(steady, real, 0, 0) == (20_000, stamps.USER)


@pytest.mark.parametrize("step_ns", [-HOUR, -60 * MS, 60 * MS, HOUR])
@pytest.mark.parametrize("before_the_arrival", [True, False])
def test_a_step_of_the_clock(step_ns: int, before_the_arrival: bool) -> None:
    """Stamps from both sides of a step are not compared as they are: the step is taken out, however late we read."""
    world = Time()
    clocks = world.clocks()
    steady, real = world.steady, world.real
    world.pass_by(10 * MS)
    if before_the_arrival:
        world.real += step_ns
    arrived = world.real
    world.pass_by(40 * MS)
    if not before_the_arrival:
        world.real += step_ns
    assert clocks.round_trip(steady, real, real, arrived) == (10_000, stamps.USER)


@pytest.mark.parametrize("step_ns", [-3 * MS, 3 * MS])
def test_a_small_step_of_the_clock(step_ns: int) -> None:
    """Where a step may have come before the arrival or after it, the round trip is what has passed until now."""
    world = Time()
    clocks = world.clocks()
    steady, real = world.steady, world.real
    world.pass_by(10 * MS)
    world.real += step_ns
    arrived = world.real
    world.pass_by(5 * MS)
    assert clocks.round_trip(steady, real, real, arrived) == (15_000, stamps.USER)


def test_who_measures_is_known_from_the_latest_answer() -> None:
    """Answers may be left lying once the kernel has stamped one, and no longer after one that it has not."""
    world = Time()
    clocks = world.clocks()
    steady, real = world.steady, world.real
    world.pass_by(10 * MS)
    known = [clocks.kernel_measures]
    for arrived in (world.real, 0):
        clocks.round_trip(steady, real, 0, arrived)
        known.append(clocks.kernel_measures)
    assert known == [False, True, False]


def test_a_step_is_over_when_it_is_over() -> None:
    """After a step the next probe is timed by the kernel again."""
    world = Time()
    clocks = world.clocks()
    world.pass_by(2000 * MS)
    world.real += HOUR
    clocks.refresh(world.steady // 1000)
    steady, real = world.steady, world.real
    world.pass_by(10 * MS)
    assert clocks.round_trip(steady, real, real, real + 9 * MS) == (9000, stamps.KERNEL)


def test_being_held_up_between_two_readings_is_no_step() -> None:
    """A process that loses the processor between its two clocks still believes the kernel's stamps."""
    world = Time()
    clocks = world.clocks()
    real = world.real
    world.held_up = 8 * MS
    steady = world.steady_ns()  # read before the send, late
    world.pass_by(10 * MS)
    arrived = world.real
    world.pass_by(MS)
    assert clocks.round_trip(steady, real, real + 8 * MS, arrived) == (10_000, stamps.KERNEL)


def test_drift_is_no_step() -> None:
    """A clock that is being slewed at the kernel's limit of 500 ppm is believed for the longest of flights."""
    world = Time()
    clocks = world.clocks()
    steady, real = world.steady, world.real
    world.pass_by(10_000 * MS)
    world.real += 5 * MS
    assert clocks.round_trip(steady, real, real, real + 8000 * MS) == (8_000_000, stamps.KERNEL)


def test_a_stamp_from_the_future() -> None:
    """An arrival later than now is none."""
    world = Time()
    clocks = world.clocks()
    steady, real = world.steady, world.real
    world.pass_by(10 * MS)
    assert clocks.round_trip(steady, real, real, real + 12 * MS) == (10_000, stamps.USER)


@pytest.mark.parametrize("step_s", [0, -7200, 7200])
def test_a_step_under_real_sockets(step_s: int) -> None:
    """With the real kernel and a clock that steps while a probe is in flight no wrong round trip comes out."""
    offset_ns = 0
    poller = select.epoll()
    network = KernelNetwork(poller, Clocks(time.monotonic_ns, lambda: time.time_ns() + offset_ns))
    try:
        request = ProbeRequest(4, "127.0.0.1", "udp")
        started = time.monotonic_ns() // 1000
        assert network.send(1, request, started) is None
        offset_ns = step_s * 1_000_000_000
        found: list[tuple[int, Answer]] = []
        while not found:
            ready = poller.poll(5)
            assert ready
            found = network.collect(ready, time.monotonic_ns() // 1000)
        ((serial, answer),) = found
        assert (serial, answer.word, answer.address) == (1, wire.REPLY, "127.0.0.1")
        assert answer.clock == (stamps.USER if step_s else stamps.KERNEL)
        assert answer.rtt_us is not None
        assert 0 <= answer.rtt_us <= time.monotonic_ns() // 1000 - started
    finally:
        network.close()
        poller.close()
