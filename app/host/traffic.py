"""What the interfaces have carried that lead to the targets, by the kernel's counters."""

from __future__ import annotations

import socket

from ...probe.routes import Routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..settings import Target, TraceSettings

# The route may come to lead elsewhere: it is asked for again after so many readings.
ROUTE_READINGS = 10


class OwnTraffic:
    """Reads the counters of the interfaces by which probes to each of the targets leave.

    Where the system has no netlink, or an older one, nothing is ever read.
    """

    def __init__(self, targets: Sequence[Target], settings: TraceSettings) -> None:
        self._targets = tuple(targets)
        self._settings = settings
        # By target: number and name of its interface, and how often that is still to be taken without asking.
        self._known: dict[int, tuple[int, str, int]] = {}
        self._routes: Routes | None = None
        try:
            self._routes = Routes()
        except OSError:
            return

    def read(self, index: int) -> tuple[str, int] | None:
        """The interface that leads to the target with this index, and the bytes it has carried, in and out.

        None where that cannot be known. It takes some tens of microseconds.
        """
        if self._routes is None:
            return None
        number, name, left = self._known.pop(index, (0, "", 0))
        try:
            if not left:
                number, left = self._interface(self._routes, index), ROUTE_READINGS
                name = socket.if_indextoname(number)
            carried = self._routes.carried(number)
        except (OSError, ValueError):
            return None
        self._known[index] = (number, name, left - 1)
        return name, carried

    def close(self) -> None:
        """Ask no more."""
        if self._routes is not None:
            self._routes.close()
            self._routes = None

    def _interface(self, routes: Routes, index: int) -> int:
        """The number of the interface that probes to a target leave by.

        Raises:
            OSError: there is none.
        """
        target, settings = self._targets[index], self._settings
        bound = settings.local_device or target.zone
        if bound:
            return socket.if_nametoindex(bound)
        return routes.interface(target.address, source=settings.local_address, tos=settings.tos, mark=settings.mark)
