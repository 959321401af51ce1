"""What the evidence says of loss: on the path, on the last link, or only replies that routers do not send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...statistics.regularity import Evenness
    from .counts import Row


@dataclass(frozen=True, slots=True)
class ReplySide:
    """A hop that answers less than later hops get answers through it."""

    row: Row  # its counts
    later_hop: Row  # of the sound later hops, the one that is surest to lose little
    p_value: float  # chance of such counts if it lost as much as they: Fisher's exact test, one-sided, 0 to 1


@dataclass(frozen=True, slots=True)
class Further:
    """More loss, which begins beyond the first."""

    after_ttl: int  # the last sound hop that is surely before it, 1 or more
    from_ttl: int  # the first hop that surely feels it
    share: float  # lost of what gets there, 0 to 1


@dataclass(frozen=True, slots=True)
class PathLoss:
    """Loss on the path, felt by all hops from one on."""

    after_ttl: int  # the last sound hop that is surely before it; 0: this host
    from_ttl: int  # the first hop that surely feels it
    lost: int  # of ``completed``: the far end's, or, with ``pooled_from``, that of several hops together
    completed: int  # probes that were answered or lost, 1 or more
    # The likeliest first hop, where the sound ones from it on are counted together; 0: the far end alone.
    pooled_from: int
    low: float  # lower bound of the loss with 95 % confidence, 0 to 1
    high: float  # upper bound of the loss with 95 % confidence, 0 to 1
    before: Row  # counts of the sound hops before it together, its TTL 0
    end_ttl: int  # the far end that it was seen from
    open_ttl: int = 0  # from this hop on it may as well be limits on replies; 0: nothing is known of that
    early: bool = False  # by what began it alone; the stretch is too young to be looked at
    bad: bool = True  # so much is lost that it is a fault
    # Of two places at which loss begins: the share that is lost from the first on, but before the second; 0: one place.
    first_share: float = 0.0
    further: Further | None = None  # the second of them; None: one place, as far as is known

    @property
    def share(self) -> float:
        """The loss."""
        return self.lost / self.completed


@dataclass(frozen=True, slots=True)
class Limited:
    """A far end that loses more than the hops before it, and too evenly for chance: a rate limit, probably."""

    row: Row  # its counts
    before: Row  # the nearest sound hop before it
    even: Evenness  # how even its losses are


@dataclass(frozen=True, slots=True)
class LossFindings:
    """The hops, sorted by what their missing answers mean."""

    reply_side: tuple[ReplySide, ...]  # hops that answer less than they forward, in order
    # Loss on the path, seen from the hop before the far end where ``last_link`` or ``limited`` is set; None: none.
    path: PathLoss | None
    # Hops that answer all that they forward, with the far end as the last; empty: too little is known.
    sound: tuple[Row, ...]
    # What the far end alone loses beside path loss that begins before it; None: nothing.
    last_link: PathLoss | None = None
    # The far end, where it rate-limits its replies; None: it does not, as far as is known.
    limited: Limited | None = None


NO_FINDINGS = LossFindings((), None, ())
