"""Which hops several targets share, so that a router is probed once a round for all of them.

A Linux router sends an error a second to each peer, after a burst of six (net.ipv4.icmp_ratelimit). Fifty targets that
each probe the first router once a round would make it look lossy. So at each TTL the targets fall into classes:

1. A target belongs to a class once a probe of its own was answered by an address that answered another target at the
   same TTL; both then share all nearer hops too, but where paths are known to part there.
2. Of a class, one target leads: its probe stands for all the others that come by within an interval.
3. A target that is in no class yet probes for itself while the routers there have errors to spare. Where they have
   none, it is taken to share the hop until an answer shows otherwise, if CONVINCING targets are known to share it and
   none is known not to. Where many share routers but not all the same one, it is not probed, and nothing is counted.
4. A probe of such a target that is lost says nothing (the router may have spent its errors) and counts nowhere. When
   it has happened MISSES_MAX times to probes that could be spared, the target is known to have a silent hop there.
5. Who leads leaves a turn to a target that the router has had no errors left for; what is lost just after a router
   was asked too much counts nowhere.
6. No target ever stands for another.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ...probe import wire
from .hop_classes import CONVINCING, REFILL_US, HopClass, HopClasses

# A router's errors are spent on getting to know targets only down to this reserve.
RESERVE = 2.0
MISSES_MAX = 2
# So many targets probe a hop at once of which nothing is known yet.
UNKNOWN_MAX = 4
UNKNOWN_US = 500_000
# For so long after a router was asked too much, losses say nothing.
STRAINED_US = 1_000_000
# For so much of an interval a probe stands for those of which it is not known that they share the hop.
VERIFY_PERCENT = 90
VERIFY_TOKENS = 1.5


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
        self._hops = HopClasses()
        self._first_seen: dict[tuple[int, str], int] = {}
        self._leads: dict[int, dict[int, Lead]] = {}
        self._by_seq: dict[int, Lead] = {}
        self._misses: dict[tuple[int, int], int] = {}
        self._probed_since_us: dict[int, int] = {}
        # Targets, and hops, of which something was counted that turned out to be another path's.
        self.mistaken: list[tuple[int, int]] = []
        # By TTL, the targets that were taken to share it, each with one that is known to.
        self._assumed: dict[int, dict[int, int]] = {}
        self._met: dict[int, set[int]] = {}  # by TTL, the targets that have come by
        self._strained_us: dict[int, int] = {}  # by TTL, when a router was last asked that had no errors left
        self._starving: dict[int, set[int]] = {}  # by TTL, the targets whose probes the router had no errors left for
        self._nearest_ttl = 256

    def own(self, target: int, ttl: int, seq: int, now_us: int) -> bool:
        """Whether a target's probe is to be sent; else another stands for it, and its fate comes in ``ready``."""
        self._nearest_ttl = min(self._nearest_ttl, ttl)
        self._met.setdefault(ttl, set()).add(target)
        lead = self._lead_for(target, ttl, now_us)
        if lead is None and (self._withholds(target, ttl, now_us) or self._yields(target, ttl, now_us)):
            self.ready.append((target, seq, None, False))
            return False
        if lead is None:
            mine = self._hops.known(ttl, target)
            if mine is not None:
                mine.charge(now_us)
            fair = self._can_spare(ttl, now_us)
            if mine is None and not fair:
                self._strained_us[ttl] = now_us
            lead = Lead(target, ttl, seq, now_us, paid=mine is not None, fair=fair)
            self._leads.setdefault(ttl, {})[target] = lead
            self._by_seq[seq] = lead
            lead.served.add(target)
            return True
        lead.served.add(target)
        if lead.answer is not None:
            self._serve(lead, target, seq, now_us)
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
                self._hops.of(lead.ttl, lead.target).charge(now_us)
            return
        if answer.address is not None:
            self._learn(lead, answer, now_us)
            for ttl in range(self._nearest_ttl, lead.ttl + 1):
                self._doubt(ttl)
            lead.answer = answer
        elif answer.word != wire.NO_REPLY:  # it was not sent at all
            lead.answer = answer
        for target, rider in lead.riders:
            self._by_seq.pop(rider, None)
            self._serve(lead, target, rider, now_us)
        lead.riders.clear()

    def excuses(self, target: int, ttl: int, seq: int) -> bool:
        """Whether the loss of a probe says nothing about the hop, so that it must not be counted."""
        lead = self._by_seq.get(seq)
        if lead is None:
            return False
        if self._hops.known(ttl, lead.target) is not None:
            return lead.sent_us - self._strained_us.get(ttl, -STRAINED_US) < STRAINED_US
        if lead.target != target:
            return True
        routers = self._hops.routers(ttl)
        if not routers or (self._hops.parts(ttl) and not self._hops.crowded(ttl) and lead.fair):
            return False
        if not lead.fair:
            self._starving.setdefault(ttl, set()).add(target)
            return True
        misses = self._misses[ttl, target] = self._misses.get((ttl, target), 0) + 1
        if misses >= MISSES_MAX:
            mine = self._hops.of(ttl, target)
            mine.known = mine.silent = True
            self._doubt(ttl)
        return True

    # ---- inside -----------------------------------------------------------------------------------------------

    def _lead_for(self, target: int, ttl: int, now_us: int) -> Lead | None:
        """The probe that may stand for this one; None: it is to be sent."""
        leads = self._leads.get(ttl, {})
        mine = self._hops.known(ttl, target)
        if mine is None and not self._hops.routers(ttl):
            if now_us - self._probed_since_us.setdefault(ttl, now_us) >= UNKNOWN_US:
                return None
            young = [lead for lead in leads.values() if lead.answer is None]
            fresh = [lead for lead in young if target not in lead.served]
            return fresh[0] if len(young) >= UNKNOWN_MAX and fresh else None
        if mine is None and self._can_spare(ttl, now_us):
            return None
        shared = mine or self._likely(ttl)
        members = shared.members if shared else ()
        lasts_us = self.interval_us
        if mine is None and shared is not None and shared.tokens >= VERIFY_TOKENS:
            # One of those who are only taken to share it leads when the next probe is due, which shows whether he does.
            lasts_us = self.interval_us * VERIFY_PERCENT // 100
        waits = mine is None and not self._hops.parts(ttl) and len(self._met[ttl]) > CONVINCING
        fresh = [
            lead
            for member, lead in leads.items()
            if now_us - lead.sent_us < lasts_us
            and target not in lead.served
            and (member in members or (waits and not lead.paid and lead.answer is None))
        ]
        return max(fresh, key=lambda lead: (lead.paid, lead.sent_us), default=None)

    def _withholds(self, target: int, ttl: int, now_us: int) -> bool:
        """Whether a target that is in no class is not probed: it would cost others their answers."""
        return (
            self._hops.known(ttl, target) is None
            and self._hops.parts(ttl)
            and self._hops.crowded(ttl)
            and not self._can_spare(ttl, now_us)
        )

    def _yields(self, target: int, ttl: int, now_us: int) -> bool:
        """Whether the one who leads leaves its turn to a target that would never get an answer behind it."""
        mine, starving = self._hops.known(ttl, target), self._starving.get(ttl)
        if mine is None or not mine.router or not starving:
            return False
        mine.refill(now_us)
        starving -= {one for one in starving if self._hops.known(ttl, one) is not None}
        if not starving or mine.tokens >= RESERVE or self._hops.parts(ttl):
            return False
        starving.pop()
        return True

    def _can_spare(self, ttl: int, now_us: int) -> bool:
        """Whether each router that a target probably meets at a TTL can answer another probe without running dry."""
        leads = self._leads.get(ttl, {}).values()
        asking = sum(not lead.paid and lead.answer is None and now_us - lead.sent_us < REFILL_US for lead in leads)
        routers = self._hops.routers(ttl)
        targets = sum(len(hop_class.members) for hop_class in routers)
        for hop_class in routers:
            hop_class.refill(now_us)
            if len(hop_class.members) * 4 >= targets and hop_class.tokens - asking < RESERVE:
                return False
        return True

    def _likely(self, ttl: int) -> HopClass | None:
        """The class that a target not yet known at a TTL is taken to belong to: one that many share, and none not."""
        routers = self._hops.routers(ttl)
        if len(routers) != 1 or self._hops.parts(ttl) or len(self._met.get(ttl, ())) <= CONVINCING:
            return None
        asking = any(not lead.paid and lead.answer is None for lead in self._leads.get(ttl, {}).values())
        return routers[0] if len(routers[0].members) >= CONVINCING or not asking else None

    def _serve(self, lead: Lead, target: int, seq: int, now_us: int) -> None:
        """Give a rider the answer of its lead, if as far as is known both share the hop; else it is to probe itself."""
        answer, ttl = lead.answer, lead.ttl
        theirs, mine = self._hops.known(ttl, lead.target), self._hops.known(ttl, target)
        assumed = mine is None and self._likely(ttl) is theirs and not self._can_spare(ttl, now_us)
        if answer is not None and answer.address is None:  # it was not sent at all
            self.ready.append((target, seq, None, False))
        elif theirs is None or not (mine is theirs or assumed):
            lead.served.discard(target)  # it comes by anew
            self.ready.append((target, seq, None, True))
        else:
            if assumed:
                self._assumed.setdefault(ttl, {})[target] = lead.target
            self.ready.append((target, seq, answer or wire.Answer(wire.NO_REPLY), False))

    def _doubt(self, ttl: int) -> None:
        """Take back what targets were taken to share, where paths have turned out to part."""
        assumed = self._assumed.get(ttl, {})
        for target, other in list(assumed.items()):
            mine = self._hops.known(ttl, target)
            if mine is not None and mine is self._hops.known(ttl, other):
                del assumed[target]
            elif mine is not None or self._hops.parts(ttl):
                del assumed[target]
                self.mistaken.append((target, ttl))

    def _learn(self, lead: Lead, answer: wire.Answer, now_us: int) -> None:
        """Sort a target into its class by an answer to its own probe."""
        ttl, target = lead.ttl, lead.target
        assert answer.address is not None
        self._misses.pop((ttl, target), None)
        mine = self._hops.of(ttl, target)
        mine.known = True
        if answer.word == wire.REPLY:
            mine.router = False
            return
        mine.router = True
        mine.silent = False
        other = self._first_seen.setdefault((ttl, answer.address), target)
        if other != target:
            self._hops.merge(ttl, other, target)
            for nearer in range(self._nearest_ttl, ttl):
                # Where some of them are known apart the load is balanced, or far networks use one address twice.
                if len(self._hops.known_of(nearer, self._hops.of(ttl, target).members)) <= 1:
                    self._hops.merge(nearer, other, target)
        if not lead.paid:
            self._hops.of(ttl, target).charge(now_us)
