"""Errors that this host's kernel reports of its own probes: they name an address of this host, and no router.

A gateway that does not answer on the link (ARP, RFC 826; RFC 4861), a route that is gone or a local firewall make the
kernel send an ICMP error to itself, seconds after the probe. It is no answer from the network: its RTT is how long the
kernel tried, and the probe has not left this host.
"""

from __future__ import annotations

import errno
import socket

from ...probe import wire
from .events import SourceChanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..settings import Target

# What a local error means, by ICMP type and code (RFC 792, RFC 4443); any other is a neighbour that does not answer.
_WORDS = {
    (3, 0): wire.NO_ROUTE,
    (3, 3): wire.PERMISSION_DENIED,
    (3, 9): wire.PERMISSION_DENIED,
    (3, 10): wire.PERMISSION_DENIED,
    (3, 13): wire.PERMISSION_DENIED,
    (1, 0): wire.NO_ROUTE,
    (1, 1): wire.PERMISSION_DENIED,
    (1, 4): wire.PERMISSION_DENIED,
    (1, 5): wire.PERMISSION_DENIED,
    (1, 6): wire.NO_ROUTE,
}
_ANY_PORT = 9


class Sources:
    """The addresses that probes to each of the targets leave from, and whether one is another than before."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def changed(self, index: int, target: Target, source: str, now_us: int) -> SourceChanged | None:
        """What is to be told of the present address, empty: unknown; None: it is the one that was known."""
        before = self._known.get(index, target.source)
        if not source or source == before:
            return None
        self._known[index] = source
        return SourceChanged(now_us, before, source) if before else None


def is_own(address: str) -> bool:
    """Whether an address is this host's at this moment. Nothing is sent.

    To an address of its own, and to no other, a host would send from that address itself.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, _ANY_PORT))
            return bool(probe.getsockname()[0] == address)
    except OSError:
        return False


def as_refusal(answer: wire.Answer, target: str, own: Callable[[str], bool]) -> wire.Answer:
    """The answer, or where an address of this host reports an error, that the probe was not sent, and why."""
    if not answer.address or answer.word == wire.TTL_EXPIRED or answer.address == target or not own(answer.address):
        return answer
    if answer.mtu is not None:
        return wire.Answer(wire.UNEXPECTED_ERROR, reason=str(errno.EMSGSIZE))
    return wire.Answer(_WORDS.get((answer.icmp_type or 0, answer.icmp_code or 0), wire.HOST_DOWN))
