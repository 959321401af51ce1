"""What an ICMP message, or the error of a send, means for a probe (RFC 792, RFC 4443; errno(3))."""

from __future__ import annotations

import errno

from .. import wire
from ..packet import icmp
from ..wire import Answer

_PORT_UNREACHABLE = {4: (icmp.DESTINATION_UNREACHABLE, icmp.PORT_UNREACHABLE_CODE), 6: (1, 4)}
_TIME_EXCEEDED = {4: icmp.TIME_EXCEEDED, 6: icmp.V6_TIME_EXCEEDED}
_UNREACHABLE = {
    4: frozenset((icmp.DESTINATION_UNREACHABLE, icmp.PARAMETER_PROBLEM)),
    # A parameter problem is how a host says in IPv6 that it does not know a protocol (RFC 8200 section 4).
    6: frozenset((icmp.V6_DESTINATION_UNREACHABLE, icmp.V6_PACKET_TOO_BIG, icmp.V6_PARAMETER_PROBLEM)),
}

_SEND_ERRORS = {
    errno.EINVAL: wire.INVALID_ARGUMENT,
    errno.ENETDOWN: wire.NETWORK_DOWN,
    errno.EHOSTDOWN: wire.HOST_DOWN,
    errno.ENETUNREACH: wire.NO_ROUTE,
    errno.EHOSTUNREACH: wire.NO_ROUTE,
    errno.EPERM: wire.PERMISSION_DENIED,
    errno.EACCES: wire.PERMISSION_DENIED,
    errno.EADDRINUSE: wire.ADDRESS_IN_USE,
    errno.EADDRNOTAVAIL: wire.ADDRESS_NOT_AVAILABLE,
}


def word_of(version: int, icmp_type: int, icmp_code: int) -> str | None:
    """The answer word for an ICMP error; None for one that does not end a probe (redirect, source quench)."""
    if icmp_type == _TIME_EXCEEDED[version]:
        return wire.TTL_EXPIRED
    if (icmp_type, icmp_code) == _PORT_UNREACHABLE[version]:
        return wire.REPLY
    return wire.NO_ROUTE if icmp_type in _UNREACHABLE[version] else None


def answer_to_send_error(number: int | None) -> Answer:
    """The answer to a probe whose send failed with this errno."""
    word = _SEND_ERRORS.get(number or 0)
    if word is None:
        return Answer(wire.UNEXPECTED_ERROR, reason=str(number or 0))
    return Answer(word)
