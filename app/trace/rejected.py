"""A port unreachable from another address than the probed one: a firewall that rejects, and no arrival.

A host reports a closed port from the address that the packet was sent to (RFC 1122 section 3.2.1.3), and answers an
echo request with no such error at all. Firewalls reject with port unreachable by default (iptables and nftables), from
their own address: the packet has got so far and no farther.
"""

from __future__ import annotations

from ...probe import wire

_PORT_UNREACHABLE = frozenset({(3, 3), (1, 4)})  # ICMP type and code: RFC 792, RFC 4443


def as_rejected(answer: wire.Answer, target: str) -> wire.Answer:
    """The answer, or that a router refused the probe where it is such an error."""
    elsewhere = answer.word == wire.REPLY and answer.address != target
    if elsewhere and (answer.icmp_type, answer.icmp_code) in _PORT_UNREACHABLE:
        answer.word = wire.NO_ROUTE
    return answer
