"""What the driver's thread waits for."""

from __future__ import annotations

import select

from hopscope.app.screens.terminal.driver import WakingEvent


def test_the_end_of_the_input_thread_can_be_polled_for() -> None:
    """An event that wakes a poller when it is set, as often as it is set, and lets it wait again once it is cleared."""
    event = WakingEvent()
    poller = select.poll()
    poller.register(event.fileno, select.POLLIN)
    assert not poller.poll(0)
    for _ in range(2):
        event.set()
        event.set()
        assert event.is_set()
        assert poller.poll(0)
        event.clear()
        assert not event.is_set()
        assert not poller.poll(0)
