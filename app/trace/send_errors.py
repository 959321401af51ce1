"""Probes that this host does not send: its network goes down and comes back, or it refuses every probe."""

from __future__ import annotations

import errno
from dataclasses import dataclass

from ...probe import wire

# So many probes in a row that this host does not send make the state network-down, or end a trace that never began.
REFUSALS_MAX = 3
# Why nothing is sent while the network is down.
NO_ROUTE_REASON = "this host has no route to the target"
# Where no source address was asked for, none is at fault; {} is the IP version.
NO_ADDRESS = "this host has no IPv{} address to send from"
# What the user can do about a host that sends no probe from the first on.
REASONS = {
    wire.PERMISSION_DENIED: "the system does not permit these probes; a local firewall or a missing privilege",
    wire.INVALID_ARGUMENT: "the system refuses such packets; an option of this trace, or a route that forbids them",
    wire.ADDRESS_NOT_AVAILABLE: "the source address does not belong to this host",
    wire.ADDRESS_IN_USE: "the source port is in use by another program",
}
# The same of what the kernel says in numbers alone; others may pass.
_REASONS_BY_NUMBER = {
    str(errno.EMSGSIZE): "packets of this size cannot leave this host; -s sets a smaller one",
    str(errno.EAFNOSUPPORT): "this system has no such network",
    str(errno.EPROTONOSUPPORT): "this system has no such protocol",
}
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
            self.hopeless = self._reason(word, answer)
            if self.hopeless:
                return False
        was_down, self.is_down = self.is_down, self.is_down or word in _GONE
        return self.is_down and not was_down

    def _reason(self, word: str, answer: wire.Answer) -> str:
        """Why no probe will ever be sent; empty: one may be."""
        if word == wire.ADDRESS_NOT_AVAILABLE and not self.source_given:
            return NO_ADDRESS.format(self.version)
        if word == wire.UNEXPECTED_ERROR:
            return _REASONS_BY_NUMBER.get(answer.reason or "", "")
        return REASONS.get(word, "")
