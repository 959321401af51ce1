"""Why a probe is not sent, or does not get on: what the probe process's words for it mean, for every reader.

What routers say by ICMP codes is in ``insight.refusals``.
"""

from __future__ import annotations

import errno
from os import strerror
from typing import NamedTuple

from ...probe import wire


class Refusal(NamedTuple):
    """What one word means."""

    cause: str  # why this host sent no probe, as a noun phrase
    hopeless: str = ""  # the same as a clause, with what the user can do, where no probe ever got out; empty: it may
    at_hop: str = ""  # what mtr shows in place of the address where a hop told of it; empty: none does


REFUSALS = {
    wire.NETWORK_DOWN: Refusal("network down", at_hop="(network is down)"),
    wire.NO_ROUTE: Refusal("no route", at_hop="(no route to host)"),
    wire.HOST_DOWN: Refusal("no answer from the host or gateway on the link", at_hop="(host is down)"),
    wire.PERMISSION_DENIED: Refusal(
        "a local firewall or a missing privilege",
        "the system does not permit these probes; a local firewall or a missing privilege",
    ),
    wire.INVALID_ARGUMENT: Refusal(
        "such packets are not allowed",
        "the system refuses such packets; an option of this trace, or a route that forbids them",
    ),
    wire.ADDRESS_IN_USE: Refusal("source port in use", "the source port is in use by another program"),
    wire.ADDRESS_NOT_AVAILABLE: Refusal("no address to send from", "the source address does not belong to this host"),
    wire.PROBES_EXHAUSTED: Refusal("too many probes in flight"),
    wire.UNREADABLE: Refusal("what the probe process says of them cannot be read"),
}
_NOTHING = Refusal("an error of the system")
# What the kernel says in numbers alone and will go on saying; other errors may pass.
_HOPELESS_NUMBERS = {
    str(errno.EMSGSIZE): "packets of this size cannot leave this host; -s sets a smaller one",
    str(errno.EAFNOSUPPORT): "this system has no such network",
    str(errno.EPROTONOSUPPORT): "this system has no such protocol",
}
ERRNO_DIGITS_MAX = 5  # what another machine's probe process says may be any number
# Why nothing is sent while the network is down.
NO_ROUTE_REASON = "this host has no route to the target"
NO_NEIGHBOUR_REASON = "the gateway, or the target on this link, does not answer"


def cause(word: str, error: str) -> str:
    """Why this host did not send a probe, by the probe process's word and its error number, if it gave one."""
    if error.isdecimal() and len(error) <= ERRNO_DIGITS_MAX:
        return f"{strerror(int(error)).lower()} (errno {int(error)})"
    return REFUSALS.get(word, _NOTHING).cause


def hopeless(answer: wire.Answer) -> str:
    """Why such a probe will never be sent, as a clause; empty: one may be."""
    if answer.word == wire.UNEXPECTED_ERROR:
        return _HOPELESS_NUMBERS.get(answer.reason or "", "")
    return REFUSALS.get(answer.word, _NOTHING).hopeless


def at_hop(word: str) -> str:
    """What stands in place of an address where a hop told of an error; empty: nothing does."""
    return REFUSALS.get(word, _NOTHING).at_hop
