"""Probes that this host does not send: its network goes down and comes back, or it refuses every probe."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from ...probe import wire
from .refusals import NO_NEIGHBOUR_REASON, NO_ROUTE_REASON, hopeless

# So many probes in a row that this host does not send make the state network-down, or end a trace that never began.
REFUSALS_MAX = 3
# Where no source address was asked for, none is at fault; {} is the IP version.
NO_ADDRESS = "this host has no IPv{} address to send from"
_NO_DEVICE = str(errno.ENODEV)  # the interface to leave by is gone
_GONE = (wire.NETWORK_DOWN, wire.NO_ROUTE, wire.HOST_DOWN, wire.ADDRESS_NOT_AVAILABLE)


@dataclass(slots=True)
class SendErrors:
    """What this host's refusals to send say of its network."""

    # Of the target, 4 or 6.
    version: int = 4
    # Whether an address to send from was asked for.
    source_given: bool = True
    # This host has had no route to the target for the last probes.
    is_down: bool = False
    # Why the trace cannot go on, as no probe was ever sent: a clause; empty while it can.
    hopeless: str = ""
    # Why the network is down, a clause.
    why: str = NO_ROUTE_REASON
    _refusals: int = 0
    _sent: bool = False

    def passed(self) -> bool:
        """A probe was sent; whether that is news, as the network was down."""
        was_down, self.is_down = self.is_down, False
        self._sent = True
        self._refusals = 0
        return was_down

    def refused(self, answer: wire.Answer) -> bool:
        """This host refused to send a probe; whether the network has gone down now."""
        gone = answer.word == wire.UNEXPECTED_ERROR and answer.reason == _NO_DEVICE
        word = wire.NETWORK_DOWN if gone else answer.word
        self._refusals += 1
        if self._refusals < REFUSALS_MAX:
            return False
        if not self._sent:
            nobody_asked = word == wire.ADDRESS_NOT_AVAILABLE and not self.source_given
            self.hopeless = NO_ADDRESS.format(self.version) if nobody_asked else hopeless(answer)
            if self.hopeless:
                return False
        self.why = NO_NEIGHBOUR_REASON if word == wire.HOST_DOWN else NO_ROUTE_REASON
        was_down, self.is_down = self.is_down, self.is_down or word in _GONE
        return self.is_down and not was_down
