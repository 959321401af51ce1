"""What an engine knows of the path so far, and where the path ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...probe.wire import REPLY, TTL_EXPIRED, Answer

if TYPE_CHECKING:
    from ..settings import TraceSettings

# After so many answers in a row the target is where it answers, though it answered from farther away before.
END_ANSWERS = 3


@dataclass(slots=True)
class KnownHop:
    """One TTL: who answered last, with which error, and when probes went out and came back."""

    address: str | None = None  # that answered last; None: none has
    # Its answer was neither a reply nor a TTL that expired, and the target had answered neither here nor beyond.
    error: bool = False
    end: bool = False  # the path ends here for all flows
    routed: bool = False  # a router has answered here at some time
    ended: int = 0  # the latest answers in a row that end the path
    # For each flow whether the path ends here; for one of its own, by -1.
    ends: dict[int, bool] = field(default_factory=dict)
    up: bool = False  # an answer came since the latest probe went out
    sent_us: int = 0  # when the latest probe went out (monotonic); 0: none has
    answered_us: int = 0  # when the latest answer came (monotonic); 0: none has
    deferred: bool = False  # its latest probe is: those of other targets tell


@dataclass(slots=True)
class KnownPath:
    """The hops of one target as far as they have answered."""

    address: str  # the target's
    hops: dict[int, KnownHop] = field(default_factory=dict)  # by TTL; those that were probed
    slowest_us: int = 0  # the longest RTT so far; 0: no answer yet
    reached: bool = False  # the target has answered
    # The TTLs that have answered, and of these those where the path ends: asked for several times a probe.
    _answering: set[int] = field(default_factory=set)
    _ends: set[int] = field(default_factory=set)

    def hop(self, ttl: int) -> KnownHop:
        """The hop at a TTL, made when it is first asked for."""
        known = self.hops.get(ttl)
        if known is None:
            known = self.hops[ttl] = KnownHop()
        return known

    def answered(self, ttl: int, answer: Answer, now_us: int, flow: int = -1) -> None:
        """Take note of an answer from the network; of several flows, the path ends where it does for all of them.

        An unreachable ends a path of which no more is known. Where the target has answered, here or beyond, a router
        cuts it off: that says nothing of where the path ends, nor, as a router may have waited for a neighbour, of how
        long answers take. The target goes on being probed.
        """
        address, word = answer.address, answer.word
        hop = self.hop(ttl)
        error = word not in {REPLY, TTL_EXPIRED}
        if error and address != self.address and any(end >= ttl and not self.hops[end].error for end in self._ends):
            hop.up, hop.deferred, hop.answered_us = True, False, now_us
            return
        hop.address, hop.error = address, error
        hop.routed = hop.routed or error or word == TTL_EXPIRED
        if flow < 0:
            hop.ends.clear()
        else:
            hop.ends.pop(-1, None)
        # A gateway that translates addresses may say in the target's name that a TTL expired: the path goes on.
        hop.ends[flow] = error or word == REPLY
        hop.ended = hop.ended + 1 if hop.ends[flow] else 0
        hop.end = all(hop.ends.values())
        self._answering.add(ttl)
        if hop.end:
            self._ends.add(ttl)
        else:
            self._ends.discard(ttl)
        hop.up = True
        hop.deferred = False
        hop.answered_us = now_us
        self.slowest_us = max(self.slowest_us, answer.rtt_us or 0)
        if word == REPLY or (hop.error and address == self.address):
            self.reached = True

    def forget(self, ttl: int) -> None:
        """Nothing is known of a hop any more."""
        self.hops.pop(ttl, None)
        self._answering.discard(ttl)
        self._ends.discard(ttl)

    def end(self, settings: TraceSettings) -> int | None:
        """The nearest TTL at which the path ends: the target or an ICMP error answered there; None: not known.

        With ``due_ttl`` a target seen nearer than that is not the end. Nor is one that has answered from well beyond
        all the time: a single answer that is forged or strayed hides nothing of the path.
        """
        ends = sorted(ttl for ttl in self._ends if ttl >= settings.first_ttl)
        if settings.due_ttl:
            ends = [ttl for ttl in ends if ttl >= settings.due_ttl or self.hops[ttl].error]
        return next((ttl for ttl in ends if not self._strayed(ttl, ends)), None)

    def _strayed(self, ttl: int, ends: list[int]) -> bool:
        """Whether the target's answer at a TTL is not believed yet; it is where no router answered up to its end."""
        hop = self.hops[ttl]
        if hop.error or hop.ended >= END_ANSWERS:
            return False
        farther = ttl + 1
        while farther in ends and not (self.hops[farther - 1].routed or self.hops[farther].routed):
            farther += 1
        return any(
            beyond > farther and self.hops[beyond].ended >= END_ANSWERS and not self.hops[beyond].error
            for beyond in ends
        )

    def up_to_end(self, settings: TraceSettings) -> list[tuple[int, str | None]]:
        """TTL and address (None: it never answered) of the hops from the first to the last one that answered."""
        end = self.end(settings)
        answering = [ttl for ttl, hop in self.hops.items() if hop.address is not None and (not end or ttl <= end)]
        return [(ttl, self.hop(ttl).address) for ttl in range(settings.first_ttl, max(answering, default=0) + 1)]

    def silent(self, first_ttl: int, before_ttl: int, older_than_us: int | None = None) -> int:
        """How many hops in a range never answered; with a time: of those whose probe went out before it."""
        count = 0
        for ttl in range(first_ttl, before_ttl):
            if ttl in self._answering:
                continue
            hop = self.hops.get(ttl)
            if hop is None or (not hop.deferred and (older_than_us is None or hop.sent_us <= older_than_us)):
                count += 1
        return count

    def round_ends(self, ttl: int, settings: TraceSettings) -> bool:
        """Whether a round that has just probed ``ttl`` probes no farther, by mtr's rules."""
        end = self.end(settings)
        if end is not None and ttl >= end:
            return True
        return ttl >= settings.max_ttl or self.silent(settings.first_ttl, ttl) > settings.max_unknown

    def length(self, settings: TraceSettings) -> int:
        """How many probes a round takes, as far as is known: at least one."""
        end = self.end(settings)
        last_ttl = settings.max_ttl if end is None else min(end, settings.max_ttl)
        ttl, silent = settings.first_ttl, 0
        while ttl < last_ttl and silent <= settings.max_unknown:
            silent += self.silent(ttl, ttl + 1)
            ttl += 1
        return ttl - settings.first_ttl + 1
