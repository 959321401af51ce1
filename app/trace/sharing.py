"""Which hops several targets share, so that a router is probed once a round for all of them.

A Linux router sends an error a second to each peer, after a burst of six (net.ipv4.icmp_ratelimit). Fifty targets that
each probe the first router once a round would make it look lossy. So at each TTL the targets fall into classes:

1. A target belongs to a class once a probe of its own was answered by an address that answered another target at the
   same TTL; both then share all nearer hops too.
2. Of a class, one target leads: its probe stands for all the others that come by within an interval.
3. A target that is in no class yet probes for itself while the router of the likely class has errors to spare, and
   otherwise is taken to share that hop until an answer shows otherwise.
4. A probe of such a target that is lost says nothing (the router may have spent its errors) and counts nowhere. When
   it has happened MISSES_MAX times to probes that could be spared, the target is known to have a silent hop there.
5. No target ever stands for another.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...probe import wire

BURST = 6.0
REFILL_US = 1_000_000
# A router's errors are spent on getting to know targets only down to this reserve.
RESERVE = 2.0
MISSES_MAX = 2
# So many targets probe a hop at once of which nothing is known yet; at the first hop, one.
UNKNOWN_MAX = 4
UNKNOWN_US = 500_000


@dataclass(slots=True, eq=False)
class HopClass:
    """Targets that share a hop.

    ``known``: a probe of one of them has shown what is there. ``router`` is false where it is a target, or silent.
    """

    members: set[int]
    known: bool = False
    router: bool = False
    tokens: float = BURST
    refilled_us: int = 0

    def refill(self, now_us: int) -> None:
        """Let the router's errors grow again."""
        self.tokens = min(BURST, self.tokens + (now_us - self.refilled_us) / REFILL_US)
        self.refilled_us = now_us


@dataclass(slots=True, eq=False)
class Lead:
    """A probe that went out, and those of other targets that it stands for.

    ``paid``: from a known router's tokens. ``fair``: whatever router it meets can spare an answer.
    """

    target: int
    ttl: int
    seq: int
    sent_us: int
    paid: bool
    fair: bool
    answer: wire.Answer | None = None
    served: set[int] = field(default_factory=set)
    riders: list[tuple[int, int]] = field(default_factory=list)


class Sharing:
    """Decides for each probe of several targets whether it is sent; see the module's rules."""

    def __init__(self, interval_us: int) -> None:
        self.interval_us = interval_us
        # What riders have to be told: target, seq, and the answer. None: the probe counts nowhere; and, with True, it
        # is to be sent after all, since the other's answer is that of another hop.
        self.ready: list[tuple[int, int, wire.Answer | None, bool]] = []
        self._classes: dict[tuple[int, int], HopClass] = {}
        self._by_ttl: dict[int, list[HopClass]] = {}
        self._first_seen: dict[tuple[int, str], int] = {}
        self._leads: dict[int, dict[int, Lead]] = {}
        self._by_seq: dict[int, Lead] = {}
        self._misses: dict[tuple[int, int], int] = {}
        self._probed_since_us: dict[int, int] = {}
        self._nearest_ttl = 256

    def own(self, target: int, ttl: int, seq: int, now_us: int) -> bool:
        """Whether a target's probe is to be sent; else another stands for it, and its fate comes in ``ready``."""
        self._nearest_ttl = min(self._nearest_ttl, ttl)
        lead = self._lead_for(target, ttl, now_us)
        if lead is None:
            mine = self._known(ttl, target)
            if mine is not None:
                self._charge(mine, now_us)
            fair = self._can_spare(ttl, now_us)
            lead = Lead(target, ttl, seq, now_us, paid=mine is not None, fair=fair)
            self._leads.setdefault(ttl, {})[target] = lead
            self._by_seq[seq] = lead
            lead.served.add(target)
            return True
        lead.served.add(target)
        if lead.answer is not None:
            self._serve(lead, target, seq)
        else:
            self._by_seq[seq] = lead
            lead.riders.append((target, seq))
        return False

    def answered(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """A probe that was sent has its fate; those that it stands for are put in ``ready``."""
        lead = self._by_seq.pop(seq, None)
        if lead is None:
            return
        if answer.word == wire.AMBIGUOUS:  # whosever it was: all are sent anew
            self.ready += [(target, rider, None, True) for target, rider in lead.riders]
            for _, rider in lead.riders:
                self._by_seq.pop(rider, None)
            lead.riders.clear()
            if self._leads.get(lead.ttl, {}).get(lead.target) is lead:
                del self._leads[lead.ttl][lead.target]  # it can stand for nobody any more
            if not lead.paid:
                self._charge(self._class(lead.ttl, lead.target), now_us)
            return
        if answer.address is not None:
            self._learn(lead, answer, now_us)
            lead.answer = answer
        elif answer.word != wire.NO_REPLY:  # it was not sent at all
            lead.answer = answer
        for target, rider in lead.riders:
            self._by_seq.pop(rider, None)
            self._serve(lead, target, rider)
        lead.riders.clear()

    def excuses(self, target: int, ttl: int, seq: int) -> bool:
        """Whether the loss of a probe says nothing about the hop, so that it must not be counted."""
        lead = self._by_seq.get(seq)
        if lead is None or self._known(ttl, lead.target) is not None:
            return False
        if lead.target != target:
            return True
        if self._likely(ttl) is None:
            return False
        if not lead.fair:
            return True
        misses = self._misses[ttl, target] = self._misses.get((ttl, target), 0) + 1
        if misses >= MISSES_MAX:
            self._class(ttl, target).known = True
        return True

    # ---- inside -----------------------------------------------------------------------------------------------

    def _lead_for(self, target: int, ttl: int, now_us: int) -> Lead | None:
        """The probe that may stand for this one; None: it is to be sent."""
        leads = self._leads.get(ttl, {})
        mine = self._known(ttl, target)
        likely = mine or self._likely(ttl)
        if likely is None:
            if now_us - self._probed_since_us.setdefault(ttl, now_us) >= UNKNOWN_US:
                return None
            young = [lead for lead in leads.values() if lead.answer is None]
            enough = 1 if ttl == self._nearest_ttl else UNKNOWN_MAX
            fresh = [lead for lead in young if target not in lead.served]
            return fresh[0] if len(young) >= enough and fresh else None
        if mine is None and self._can_spare(ttl, now_us):
            return None
        fresh = [
            lead
            for member, lead in leads.items()
            if now_us - lead.sent_us < self.interval_us
            and target not in lead.served
            and (member in likely.members or (mine is None and not lead.paid and lead.answer is None))
        ]
        return max(fresh, key=lambda lead: (lead.paid, lead.sent_us), default=None)

    def _can_spare(self, ttl: int, now_us: int) -> bool:
        """Whether each router that a target probably meets at a TTL can answer another probe without running dry."""
        leads = self._leads.get(ttl, {}).values()
        asking = sum(not lead.paid and lead.answer is None and now_us - lead.sent_us < REFILL_US for lead in leads)
        routers = [hop_class for hop_class in self._by_ttl.get(ttl, ()) if hop_class.known and hop_class.router]
        targets = sum(len(hop_class.members) for hop_class in routers)
        for hop_class in routers:
            hop_class.refill(now_us)
            if len(hop_class.members) * 4 >= targets and hop_class.tokens - asking < RESERVE:
                return False
        return True

    def _likely(self, ttl: int) -> HopClass | None:
        """The class that a target not yet known at a TTL probably belongs to: the largest."""
        routers = [hop_class for hop_class in self._by_ttl.get(ttl, ()) if hop_class.known and hop_class.router]
        return max(routers, key=lambda hop_class: len(hop_class.members), default=None)

    def _serve(self, lead: Lead, target: int, seq: int) -> None:
        """Give a rider the answer of its lead, if as far as is known both share the hop."""
        answer, ttl = lead.answer, lead.ttl
        theirs = self._known(ttl, lead.target)
        mine = self._known(ttl, target) or self._likely(ttl)
        if answer is None:  # lost: that says something only of a hop known to be shared
            self.ready.append((target, seq, None if theirs is None else wire.Answer(wire.NO_REPLY), False))
        elif answer.address is None or mine is None or mine is not theirs:
            self.ready.append((target, seq, None, answer.address is not None))
        else:
            self.ready.append((target, seq, answer, False))

    def _learn(self, lead: Lead, answer: wire.Answer, now_us: int) -> None:
        """Sort a target into its class by an answer to its own probe."""
        ttl, target = lead.ttl, lead.target
        assert answer.address is not None
        self._misses.pop((ttl, target), None)
        mine = self._class(ttl, target)
        mine.known = True
        if answer.word == wire.REPLY:
            mine.router = False
            return
        mine.router = True
        other = self._first_seen.setdefault((ttl, answer.address), target)
        if other != target:
            self._merge(ttl, other, target)
            for nearer in range(self._nearest_ttl, ttl):
                # Where both are known apart they differ: balanced, or far networks that use one address twice.
                if self._known(nearer, other) is None or self._known(nearer, target) is None:
                    self._merge(nearer, other, target)
        if not lead.paid:
            self._charge(self._class(ttl, target), now_us)

    @staticmethod
    def _charge(hop_class: HopClass, now_us: int) -> None:
        """The router has spent an error."""
        hop_class.refill(now_us)
        hop_class.tokens -= 1

    def _known(self, ttl: int, target: int) -> HopClass | None:
        """The class of a target at a TTL, if it is known what is there."""
        hop_class = self._classes.get((ttl, target))
        return hop_class if hop_class is not None and hop_class.known else None

    def _class(self, ttl: int, target: int) -> HopClass:
        """The class of a target at a TTL, at first its own."""
        hop_class = self._classes.get((ttl, target))
        if hop_class is None:
            hop_class = self._classes[ttl, target] = HopClass({target})
            self._by_ttl.setdefault(ttl, []).append(hop_class)
        return hop_class

    def _merge(self, ttl: int, one: int, other: int) -> None:
        kept, gone = self._class(ttl, one), self._class(ttl, other)
        if kept is gone:
            return
        for member in gone.members:
            self._classes[ttl, member] = kept
        kept.members |= gone.members
        kept.known = kept.known or gone.known
        kept.router = kept.router or gone.router
        kept.tokens = max(0.0, kept.tokens + gone.tokens - BURST)  # both have spent from one bucket
        self._by_ttl[ttl].remove(gone)
