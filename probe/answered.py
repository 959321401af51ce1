"""The probes that were answered last, in case that a duplicate reply comes to one of them."""

from .limits import ANSWERED_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque

    from .wire import ProbeRequest
else:
    from _collections import deque  # without the rest of collections, which takes longer to load


class Answered:
    """Tokens and requests by serial. A client may use a token again: what is said of it is then of the later probe."""

    def __init__(self) -> None:
        self._flights: dict[int, tuple[int, ProbeRequest]] = {}
        self._serials: dict[int, int] = {}  # by token
        self._order: deque[int] = deque()

    def keep(self, serial: int, token: int, request: "ProbeRequest") -> None:
        """A probe was answered."""
        self._flights[serial] = (token, request)
        self._serials[token] = serial
        self._order.append(serial)
        if len(self._order) > ANSWERED_MAX:
            oldest = self._order.popleft()
            flight = self._flights.pop(oldest, None)
            if flight is not None and self._serials.get(flight[0]) == oldest:
                del self._serials[flight[0]]

    def take(self, serial: int) -> "tuple[int, ProbeRequest] | None":
        """Token and request of an answered probe, once; None where it is too long ago, or its token another's now."""
        flight = self._flights.pop(serial, None)
        if flight is None or self._serials.get(flight[0]) != serial:
            return None
        del self._serials[flight[0]]
        return flight

    def rename(self, token: int) -> None:
        """A token names another probe from here on."""
        self._serials.pop(token, None)
