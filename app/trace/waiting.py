"""What the tracing thread waits on: the probe process, and whoever wakes it from another thread."""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import threading

from .child import READ_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .child import Child

NO_PIPE = -1


class Waiting:
    """Waits for output of the probe process, for room in its input, or to be woken.

    ``wake`` may be called from any thread and from signal handlers, before ``open`` and after ``close`` too; the rest
    is for the thread that waits.
    """

    def __init__(self) -> None:
        self._wake_lock = threading.RLock()  # a signal handler may come while it is held
        self._wake_read = self._wake_write = NO_PIPE
        self._woken = select.poll()
        self._watched: Child | None = None

    def open(self) -> None:
        """Begin to be able to wait."""
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._woken.register(self._wake_read, select.POLLIN)

    def close(self) -> None:
        """Wait no more."""
        with self._wake_lock:
            self._selector.close()
            os.close(self._wake_read)
            os.close(self._wake_write)
            self._wake_write = NO_PIPE

    def wake(self) -> None:
        """End the waiting."""
        with self._wake_lock, contextlib.suppress(OSError):  # a full pipe wakes too
            if self._wake_write != NO_PIPE:
                os.write(self._wake_write, b"x")

    def rest(self, wait_s: float) -> None:
        """Wait to be woken alone, while answers gather in the pipe."""
        if self._woken.poll(wait_s * 1000):
            os.read(self._wake_read, READ_BYTES)

    def select(self, child: Child, wait_s: float) -> None:
        """Wait for output of the probe process, for room in its input if there is need, or to be woken."""
        if self._watched is not child:
            for descriptor in (child.stdout, child.stderr):
                self._selector.register(descriptor, selectors.EVENT_READ)
            self._watched = child
        if child.wants_to_write:
            self._selector.register(child.stdin, selectors.EVENT_WRITE)
        ready = {key.fd for key, _ in self._selector.select(wait_s)}
        if child.wants_to_write:
            self._selector.unregister(child.stdin)
        if child.stderr in ready and not child.read_errors():
            self._selector.unregister(child.stderr)
        if self._wake_read in ready:
            os.read(self._wake_read, READ_BYTES)

    def forget(self, child: Child) -> None:
        """Watch a probe process no more."""
        if self._watched is child:
            for descriptor in (child.stdout, child.stderr):
                if descriptor in self._selector.get_map():
                    self._selector.unregister(descriptor)
            self._watched = None
