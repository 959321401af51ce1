"""Standing still, by clocks that the test moves."""

from __future__ import annotations

import pytest
from hopscope.app.trace.standstill import STILL_US, Gap, Standstill

TURN_US = 100_000


class Machine:
    """Three clocks, and a loop that turns by them."""

    def __init__(self) -> None:
        self.now_us = self.busy_us = self.slept_us = 0
        self.loop = Standstill(lambda: self.now_us, lambda: self.busy_us, lambda: self.slept_us)

    def turn(self, took_us: int, waited_us: int = 0, busy_us: int = 0, slept_us: int = 0) -> Gap | None:
        """One turn: how long it took, how much of that it was to wait, what it worked, how long the machine slept."""
        self.now_us += took_us
        self.busy_us += busy_us
        self.slept_us += slept_us
        return self.loop.turned(self.now_us, waited_us)


@pytest.mark.parametrize(
    ("took_us", "waited_us", "busy_us"),
    [
        (TURN_US, TURN_US, 0),
        (60_000_000, 60_000_000, 0),  # nothing was to be done for so long
        (STILL_US - 1, 0, 0),
        (30_000_000, TURN_US, 30_000_000),  # much to do
        (30_000_000, TURN_US, 12_000_000),  # much to do on a busy machine
    ],
)
def test_no_standstill(took_us: int, waited_us: int, busy_us: int) -> None:
    """Waiting as long as was meant, a short delay, and long work are none."""
    machine = Machine()
    machine.turn(TURN_US, TURN_US)
    assert machine.turn(took_us, waited_us, busy_us) is None


def test_a_program_that_was_stopped() -> None:
    """A turn that took much longer than it was to wait, without work, shows since when, wherever it was stopped."""
    machine = Machine()
    for _ in range(100):
        machine.turn(TURN_US, TURN_US - 1000, 1000)
    assert machine.turn(30_000_000, TURN_US, 5000) == Gap(10_000_000 + TURN_US, suspended=False)
    assert machine.turn(TURN_US, TURN_US) is None
    gap = machine.turn(5_000_000, 0)
    assert gap == Gap(40_100_000, suspended=False)
    assert gap.told(machine.now_us) == "hopscope itself stood still, 5.0 s not measured"


def test_a_machine_that_was_suspended() -> None:
    """A suspension is told as one, and lasts as long as the machine slept, in the midst of a long wait too."""
    machine = Machine()
    gap = machine.turn(3_600_000_000, 60_000_000, 0, 3_590_000_000)
    assert gap == Gap(10_000_000, suspended=True)
    assert gap.told(machine.now_us) == "this host was suspended, 3590.0 s not measured"
    assert machine.turn(TURN_US, TURN_US) is None
    assert machine.turn(60_000_000, 60_000_000, 0, 30_000_000) == Gap(3_630_100_000, suspended=True)


def test_work_before_a_stop_hides_it_not() -> None:
    """What was worked up to a second before the stop is not taken for work of that time."""
    machine = Machine()
    for _ in range(50):
        machine.turn(TURN_US, 0, TURN_US)
    assert machine.turn(10_000_000, TURN_US) == Gap(5_100_000, suspended=False)


@pytest.mark.parametrize(("worked_us", "busy"), [(100_000, False), (1_200_000, True)])
def test_a_busy_machine_is_told_from_a_stop(worked_us: int, busy: bool) -> None:
    """A program that worked meanwhile, and got too little of a processor, did not stand still."""
    machine = Machine()
    for _ in range(50):
        machine.turn(TURN_US, 0, TURN_US // 2)
    gap = machine.turn(6_000_000, 0, worked_us)
    assert gap == Gap(5_000_000, suspended=False, busy=busy)
    who = "this host was too busy" if busy else "hopscope itself stood still"
    assert gap.told(machine.now_us) == f"{who}, 6.0 s not measured"
