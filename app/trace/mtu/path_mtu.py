"""What is known of the path MTU to one target: the largest packet that gets through whole, hop by hop.

Sizes are those of whole IP packets in bytes (RFC 1191, RFC 8201).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
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
    """What is known of one hop."""

    ttl: int  # 1 to 255
    address: str | None  # None: it never answered
    mtu: int | None  # in bytes, of the path as far as this hop; None: not known
    how: How  # how that is known


@dataclass(frozen=True, slots=True)
class Fall:
    """A place where the path MTU falls: between two hops.

    The fields from ``large_sent`` on are the evidence of a black hole, and 0 where a router reports the size.
    """

    after_ttl: int  # the last hop that ``larger`` bytes are known to have reached; 0: none
    ttl: int  # the first hop that they do not reach; 0: not known, since the target does not answer
    larger: int  # bytes that get no farther
    smaller: int  # bytes that do, the path MTU from here on
    cause: Cause  # what becomes of larger packets
    reporter: str = ""  # the router that says so; empty: none, in a black hole
    said: int | None = None  # the size that it gives, in bytes; None: none
    icmp_type: int | None = None  # of its message; None: none came, or not known
    icmp_code: int | None = None  # of its message, likewise
    large_sent: int = 0  # probes of the larger size to the first hop that they do not reach
    large_lost: int = 0  # of these, lost: all
    small_sent: int = 0  # small probes to the same hop meanwhile, answered or lost
    small_lost: int = 0  # of these, lost
    chance: float = 1.0  # of such counts if size did not matter, 0 to 1


@dataclass(frozen=True, slots=True)
class PathMtu:
    """The result for one target."""

    target: Target  # it was searched for
    protocol: str  # of the probes, by its name
    limit: int  # the largest size that was tried, in bytes
    interface_mtu: int | None  # what this host's interface takes, in bytes; None: more than is tried
    hops: tuple[HopMtu, ...]  # in order of their TTLs, with those that never answered
    falls: tuple[Fall, ...]  # in order of their place; empty: none was found
    reached: bool  # the target answers
    # ``failed``: ``reason`` says why; ``unfinished``: the search still runs, or was ended before its time.
    state: Literal["finished", "failed", "unfinished"]
    reason: str = ""  # a sentence; empty: it did not fail
    probes: int = 0  # of the search, 0 or more
    caveat: str = ""  # what this host itself keeps from being heard, a sentence; empty: nothing

    @property
    def known_to(self) -> HopMtu | None:
        """The last hop whose path MTU is known."""
        return next((hop for hop in reversed(self.hops) if hop.mtu is not None), None)

    @property
    def mtu(self) -> int | None:
        """The path MTU to the target; None where it is not known that far."""
        return self.hops[-1].mtu if self.reached and self.hops else None
