"""What those say who refuse a packet: routers by ICMP codes, this host's kernel by errors."""

from __future__ import annotations

from os import strerror

from ...probe.wire import (
    ADDRESS_IN_USE,
    ADDRESS_NOT_AVAILABLE,
    HOST_DOWN,
    INVALID_ARGUMENT,
    NETWORK_DOWN,
    NO_ROUTE,
    PERMISSION_DENIED,
    PROBES_EXHAUSTED,
)

# ICMP unreachable by type and code: RFC 792, RFC 1122, RFC 1812 (type 3); RFC 4443 (type 1).
_MEANINGS: dict[tuple[int, int], str] = {
    (3, 0): "has no route to the network",
    (3, 1): "cannot reach the host",
    (3, 2): "does not speak this protocol",
    (3, 3): "reports port closed",
    (3, 4): "would have to fragment the packet",
    (3, 6): "does not know the network",
    (3, 7): "does not know the host",
    (3, 9): "prohibits it (network)",
    (3, 10): "prohibits it (host)",
    (3, 11): "has no route for this type of service",
    (3, 12): "cannot reach the host for this type of service",
    (3, 13): "prohibits it (filter)",
    (1, 0): "has no route",
    (1, 1): "prohibits it",
    (1, 3): "cannot reach the address",
    (1, 4): "reports port closed",
    (1, 5): "prohibits it (source address)",
    (1, 6): "rejects the route",
}
_PROHIBITED = frozenset({(3, 9), (3, 10), (3, 13), (1, 1), (1, 5)})

# Why the local system sends or sent no probe, by the probe process's word.
_CAUSES = {
    NETWORK_DOWN: "network down",
    NO_ROUTE: "no route",
    HOST_DOWN: "no answer from the host or gateway on the link",
    PERMISSION_DENIED: "a local firewall or a missing privilege",
    INVALID_ARGUMENT: "such packets are not allowed",
    ADDRESS_IN_USE: "source port in use",
    ADDRESS_NOT_AVAILABLE: "no address to send from",
    PROBES_EXHAUSTED: "too many probes in flight",
}


def meaning(icmp_type: int | None, icmp_code: int | None) -> str:
    """What a router says with an unreachable, as a verb phrase; one that says no more than that where it is unknown."""
    return _MEANINGS.get((icmp_type or 0, icmp_code or 0), "reports no onward route")


def is_prohibition(icmp_type: int | None, icmp_code: int | None) -> bool:
    """Whether an unreachable says that a filter forbids it."""
    return (icmp_type or 0, icmp_code or 0) in _PROHIBITED


def cause(word: str, error: str) -> str:
    """Why this host did not send a probe, by the probe process's word and its error number, if it gave one."""
    if error.isdecimal():
        return f"{strerror(int(error)).lower()} (errno {int(error)})"
    return _CAUSES.get(word, "an error of the system")
