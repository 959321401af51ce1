"""What the interfaces have carried that lead to the targets, by the kernel's counters."""

from __future__ import annotations

import socket
import time

from ...probe.routes import Routes
from ..errors import UsageError
from .interfaces import interface_address
from .source import source_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..settings import Target, TraceSettings

# The route may come to lead elsewhere: it is asked for again after so many readings.
ROUTE_READINGS = 10
# The address to each target is asked for so often, however short a round is.
SOURCE_S = 1.0


class OwnTraffic:
    """Reads the counters of the interfaces by which probes to each of the targets leave.

    Where the system has no netlink, or an older one, nothing is ever read.
    """

    def __init__(self, targets: Sequence[Target], settings: TraceSettings) -> None:
        self._targets = tuple(targets)
        self._settings = settings
        # By target: number and name of its interface, and how often that is still to be taken without asking.
        self._known: dict[int, tuple[int, str, int]] = {}
        # By target: when its address was asked for (monotonic), and which it was.
        self._sources: dict[int, tuple[float, str]] = {}
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

    def source(self, index: int) -> str:
        """The address that packets to the target with this index leave from; empty: there is no route, or none known.

        It takes some tens of microseconds, once in SOURCE_S.
        """
        asked_s, source = self._sources.get(index, (0.0, ""))
        now_s = time.monotonic()
        if now_s - asked_s >= SOURCE_S or not asked_s:
            source = self._source(index)
            self._sources[index] = now_s, source
        return source

    def close(self) -> None:
        """Ask no more."""
        if self._routes is not None:
            self._routes.close()
            self._routes = None

    def _source(self, index: int) -> str:
        target, settings = self._targets[index], self._settings
        if settings.local_address:
            return ""  # it is given, and no other is ever taken
        zone = f"%{target.zone}" if target.zone else ""
        if settings.local_device:  # what probes are given: the kernel may choose another one, which none leaves from
            try:
                return interface_address(settings.local_device, target.version, target.address + zone)
            except UsageError:
                return ""
        return source_address(target.address + zone, settings.local_device, mark=settings.mark, tos=settings.tos)

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
