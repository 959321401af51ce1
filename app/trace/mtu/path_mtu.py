"""What is known of the path MTU to one target: the largest packet that gets through whole, hop by hop.

Sizes are those of whole IP packets in bytes (RFC 1191, RFC 8201).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...settings import Target

# How a hop's path MTU is known: a packet of that size was answered by the hop; one went on to a farther hop; it was so
# for another target that shares the path so far; or not, since the hop never answers, or too many probes got lost, or
# the search ended before.
How = Literal["tested", "implied", "shared", "silent", "unclear", "untested"]
# What becomes of larger packets: a router says that they are too big and how big they may be; a router says only that
# they are too big, or gives a size that is none; they vanish.
Cause = Literal["reported", "unsaid", "black-hole"]


@dataclass(frozen=True, slots=True)
class HopMtu:
    """One hop; ``address`` is None where it never answered, ``mtu`` where it is not known."""

    ttl: int
    address: str | None
    mtu: int | None
    how: How


@dataclass(frozen=True, slots=True)
class Fall:
    """A place where the path MTU falls from ``larger`` to ``smaller``: between two hops.

    ``after_ttl`` is the last hop that ``larger`` bytes are known to have reached, 0 for none; ``ttl`` the first that
    they do not reach, 0 where the target does not answer. ``reporter`` is the router that says so, empty in a black
    hole, ``said`` the size it gives (None: none). The rest is the evidence of a black hole: how many of the larger
    probes were lost, how many small ones to the same hop were answered, and the chance of that if size did not matter.
    """

    after_ttl: int
    ttl: int
    larger: int
    smaller: int
    cause: Cause
    reporter: str = ""
    said: int | None = None
    icmp_type: int | None = None
    icmp_code: int | None = None
    large_sent: int = 0
    large_lost: int = 0
    small_sent: int = 0
    small_lost: int = 0
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class PathMtu:
    """The result for one target.

    ``limit`` is the largest size that was tried: what this host's interface takes (``interface_mtu``, None where it
    takes more than is tried). ``reached``: the target answers. ``state`` is ``finished``, ``failed`` (``reason`` says
    why) or ``unfinished``. ``probes`` counts those of the search. ``caveat`` is a sentence on what this host itself
    keeps from being heard; empty where there is nothing.
    """

    target: Target
    protocol: str
    limit: int
    interface_mtu: int | None
    hops: tuple[HopMtu, ...]
    falls: tuple[Fall, ...]
    reached: bool
    state: Literal["finished", "failed", "unfinished"]
    reason: str = ""
    probes: int = 0
    caveat: str = ""

    @property
    def known_to(self) -> HopMtu | None:
        """The last hop whose path MTU is known."""
        return next((hop for hop in reversed(self.hops) if hop.mtu is not None), None)

    @property
    def mtu(self) -> int | None:
        """The path MTU to the target; None where it is not known that far."""
        return self.hops[-1].mtu if self.reached and self.hops else None
