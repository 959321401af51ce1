"""The seam below the probe process: what sends a probe and collects its answer.

``hopscope.probe.kernel`` implements it with sockets, ``hopscope.probe.lab`` with a simulated network, and
``hopscope.probe.icmplib_engine`` with icmplib where the system has no error queue.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from .wire import Answer, ProbeRequest

    class Poller(Protocol):
        """What ``select.epoll`` and ``select.poll`` have in common; the first waits in seconds, the other in ms."""

        def register(self, __fd: int, __eventmask: int = ...) -> None: ...
        def unregister(self, __fd: int) -> None: ...
        def poll(self, __timeout: float | None = ...) -> list[tuple[int, int]]: ...

    class Network(Protocol):
        """Sends probes and collects answers. One thread calls it; nothing in it blocks.

        Times are integer microseconds of the monotonic clock. ``serial`` names a probe in flight; the process makes
        it, unique as long as the probe is in flight.
        """

        @property
        def stamps_arrivals(self) -> bool:
            """Whether an answer that is collected late is measured as well as one collected at once."""

        def settle(self) -> None:
            """Load and open what later calls would: from then on they open no file."""

        def supports(self, feature: str) -> bool:
            """Whether ``ip-4``, ``ip-6``, ``icmp``, ``udp``, ``tcp``, ``sctp`` or ``mark`` can be used."""

        def send(self, serial: int, request: ProbeRequest, now_us: int) -> Answer | None:
            """Send a probe. None: it is in flight. An answer: it was not sent (no route, bad argument)."""

        def collect(self, ready: Iterable[tuple[int, int]], now_us: int) -> list[tuple[int, Answer]]:
            """Serials and answers that have come, given the descriptors that the poller reported as ready.

            A probe whose request asks for details may get a second one, ``duplicate``, once.
            """

        def discard(self, serial: int) -> None:
            """Forget a probe in flight: its time is up, and a later answer to it must not be reported."""

        def next_due_us(self) -> int | None:
            """When ``collect`` is to be called next although no descriptor is ready; None: no such time."""

        def close(self) -> None:
            """Close what is open."""
