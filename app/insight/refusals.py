"""What ICMP messages say, by type and code: as a name, and of a router that refuses a packet.

What this host says that does not send one is in ``trace.refusals``.
"""

from __future__ import annotations

from ...probe.wire import TTL_EXPIRED

# ICMP unreachable by type and code: RFC 792, RFC 1122, RFC 1812 (type 3); RFC 4443 (type 1).
# Parameter problem: RFC 792, RFC 1108, RFC 1812 section 5.2.7.2 (type 12); RFC 4443 section 3.4 (type 4).
_MEANINGS: dict[tuple[int, int], str] = {
    (3, 0): "has no route to the network",
    (3, 1): "cannot reach the host",
    (3, 2): "does not speak this protocol",
    (3, 3): "rejects these packets (port unreachable)",
    (3, 4): "would have to fragment the packet",
    (3, 6): "does not know the network",
    (3, 7): "does not know the host",
    (3, 9): "prohibits packets to this network",
    (3, 10): "prohibits packets to this host",
    (3, 11): "has no route for this type of service",
    (3, 12): "cannot reach the host for this type of service",
    (3, 13): "prohibits these packets",
    (12, 0): "finds the packet's header faulty (parameter problem)",
    (12, 1): "misses an option in the packet's header (parameter problem)",
    (12, 2): "finds the packet's length faulty (parameter problem)",
    (4, 0): "finds the packet's header faulty (parameter problem)",
    (4, 1): "does not know this protocol (parameter problem)",
    (4, 2): "does not know an option of the packet (parameter problem)",
    (1, 0): "has no route",
    (1, 1): "prohibits these packets",
    (1, 3): "cannot reach the address",
    (1, 4): "rejects these packets (port unreachable)",
    (1, 5): "prohibits packets from this source address",
    (1, 6): "rejects the route",
}
_HOST = frozenset({(3, 1), (3, 7), (3, 12), (1, 3)})
# A port unreachable from elsewhere than the target is how firewalls reject by default.
_PROHIBITED = frozenset({(3, 3), (3, 9), (3, 10), (3, 13), (1, 1), (1, 4), (1, 5)})

# Of ICMPv4 and of ICMPv6: it says nothing of routes.
_PARAMETER_PROBLEM = frozenset({12, 4})

# The same messages by the names of their registry, with echo replies and time exceeded.
_NAMES: dict[tuple[int, int], str] = {
    (0, 0): "echo reply",
    (129, 0): "echo reply",
    (3, 0): "network unreachable",
    (3, 1): "host unreachable",
    (3, 2): "protocol unreachable",
    (3, 3): "port unreachable",
    (3, 4): "fragmentation needed",
    (3, 6): "network unknown",
    (3, 7): "host unknown",
    (3, 9): "network prohibited",
    (3, 10): "host prohibited",
    (3, 11): "network unreachable for this type of service",
    (3, 12): "host unreachable for this type of service",
    (3, 13): "prohibited",
    (1, 0): "no route",
    (1, 1): "prohibited",
    (1, 3): "address unreachable",
    (1, 4): "port unreachable",
    (1, 5): "source address prohibited",
    (1, 6): "route rejected",
}


def name(word: str, icmp_type: int | None, icmp_code: int | None) -> str:
    """An answer by its name, with ICMP type and code where they are known: ``port unreachable (3/3)``."""
    short = short_name(word, icmp_type, icmp_code)
    return short if icmp_type is None else f"{short} ({icmp_type}/{icmp_code})"


def short_name(word: str, icmp_type: int | None, icmp_code: int | None) -> str:
    """An answer by its name alone: ``port unreachable``."""
    # Type 3 is time exceeded in ICMPv6, and unreachable in ICMP.
    if word == TTL_EXPIRED and icmp_type is not None:
        return "time exceeded"
    if icmp_type in _PARAMETER_PROBLEM:
        return "parameter problem"
    return (None if icmp_type is None else _NAMES.get((icmp_type, icmp_code or 0))) or word.replace("-", " ")


def meaning(icmp_type: int | None, icmp_code: int | None) -> str:
    """What a router says with an unreachable, as a verb phrase; one that says no more than that where it is unknown."""
    unknown = "reports a parameter problem" if icmp_type in _PARAMETER_PROBLEM else "reports no onward route"
    return _MEANINGS.get((icmp_type or 0, icmp_code or 0), unknown)


def report(icmp_type: int | None, icmp_code: int | None, whom: str) -> str:
    """What a router reports with an unreachable, as what follows "reports": "no route to the target"."""
    if is_prohibition(icmp_type, icmp_code):
        return f"{whom} prohibited"
    if icmp_type in _PARAMETER_PROBLEM:
        return "a parameter problem"
    return f"{whom} unreachable" if (icmp_type or 0, icmp_code or 0) in _HOST else f"no route to {whom}"


def is_prohibition(icmp_type: int | None, icmp_code: int | None) -> bool:
    """Whether an unreachable says that a filter forbids it."""
    return (icmp_type or 0, icmp_code or 0) in _PROHIBITED
