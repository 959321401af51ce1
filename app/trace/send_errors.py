"""Whether probes get out of this host: the local network goes away and comes back, or refuses every probe."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from ...probe import wire

# So many probes in a row that the system refuses make the state network-down, or end a trace that never began.
REFUSALS_MAX = 3
# What the user can do about a system that refuses every probe from the first on.
REASONS = {
    wire.PERMISSION_DENIED: "the system does not permit these probes; a local firewall or a missing privilege",
    wire.INVALID_ARGUMENT: "the system refuses such packets; an option of this trace, or a route that forbids them",
    wire.ADDRESS_NOT_AVAILABLE: "the source address is not one of this host",
    wire.ADDRESS_IN_USE: "the source port is in use by another program",
}
_NO_DEVICE = str(errno.ENODEV)  # the interface to leave by is gone
_GONE = (wire.NETWORK_DOWN, wire.NO_ROUTE, wire.HOST_DOWN, wire.ADDRESS_NOT_AVAILABLE)


@dataclass(slots=True)
class Outlet:
    """``is_down``: the system has had no way to the target for the last probes.

    ``hopeless``: why the trace cannot go on, as no probe ever got out; empty while it can.
    """

    is_down: bool = False
    hopeless: str = ""
    _refusals: int = 0
    _got_out: bool = False

    def passed(self) -> bool:
        """A probe got out; whether that is news, as the network was down."""
        was_down, self.is_down = self.is_down, False
        self._got_out = True
        self._refusals = 0
        return was_down

    def refused(self, answer: wire.Answer) -> bool:
        """The system refused a probe; whether the network has gone down now."""
        gone = answer.word == wire.UNEXPECTED_ERROR and answer.reason == _NO_DEVICE
        word = wire.NETWORK_DOWN if gone else answer.word
        self._refusals += 1
        if self._refusals < REFUSALS_MAX:
            return False
        if not self._got_out and word in REASONS:
            self.hopeless = REASONS[word]
            return False
        was_down, self.is_down = self.is_down, self.is_down or word in _GONE
        return self.is_down and not was_down
