"""Which hops several targets share, so that a router is probed once a round for all of them.

A Linux router sends an error a second to each peer, after a burst of six (net.ipv4.icmp_ratelimit). Fifty targets that
each probe the first router once a round would make it look lossy. So at each TTL the targets fall into classes:

1. A target belongs to a router's class once a probe of its own was answered by that router; both then share all nearer
   hops too, but where paths are known to part there.
2. Of a class, one target's probe stands for all the others that come by within an interval.
3. A target of which it is not known what it meets is probed itself when each router that it may meet has an error to
   spare, or is due to be probed anyway. Until then its probe is deferred, and later hops are probed. Once it is
   known which hop it is, what was deferred gets what others' probes of its time got there, or counts nowhere.
4. A probe that is lost while a router that it may have met was out of errors says nothing. When a router had some, it
   takes MISSES_MAX lost probes to show that the hop is silent.
5. A target of which nothing is known after its first round looks once, spare error or not: another router, or the
   target itself, would answer. If none does within EXTRA_US, and only one router can be there, which CONVINCING targets
   are known to share, the target is taken to share it; what it was given is taken back if that turns out otherwise.
6. What counts nowhere although its hop is known is asked for once more in a report, for each row has as many probes
   as rounds were asked for.
7. A report waits EXTRA_US for deferred probes, and until each target has looked where nothing is known of its hop,
   however long a busy machine takes for that. What is not known then counts nowhere. No target ever stands for another.
"""

from __future__ import annotations

from collections import deque

from ....probe import wire
from .deferred_probes import EXTRA_US, TURNS_MIN, DeferredProbe, DeferredProbes
from .hop_classes import Bucket, HopClass, HopClasses
from .samples import Sample
from .unidentified import Unidentified

# A router's errors are spent on getting to know targets only down to this reserve, unless it is due to be probed.
RESERVE = 1.5
MISSES_MAX = 2
# So many targets show that a hop is shared by all.
CONVINCING = 6
# So many targets probe a hop at once of which nothing is known yet, for so long.
UNKNOWN_MAX = 4
UNKNOWN_US = 500_000
# After so much of an interval one that was not answered itself may lead, which shows whether it shares the hop.
VERIFY_PERCENT = 90
# All that is deferred is looked at so often; of many targets more seldom, for each turn takes as much longer.
POLL_US = 20_000
# Among many, so many look once at a hop in POLL_US.
LOOKS = 4


class Sharing:
    """Decides for each probe of several targets whether it is sent; see the module's rules."""

    def __init__(self, interval_us: int) -> None:
        self.deferred = DeferredProbes(interval_us)
        # Targets, and hops, of which something was counted that turned out to be another path's.
        self.mistaken: list[tuple[int, int]] = []
        self._hops = HopClasses()
        self._by_seq: dict[int, Sample] = {}
        self._called: set[tuple[int, int]] = set()
        self._unidentified = Unidentified()
        self._assumed: dict[tuple[int, int], HopClass] = {}
        self._explored: set[int] = set()
        self._looked_us: dict[tuple[int, int], int] = {}
        # Among many, by TTL those that are to look once, none twice of a class, and those that no other stands for.
        self._to_look: dict[int, deque[tuple[int, DeferredProbe]]] = {}
        self._next_us = 0
        self._next_look_us = 0
        self._over_us: dict[int, int] = {}
        # How many turns over all that is deferred had been taken when a target's rounds were over.
        self._over_turn: dict[int, int] = {}

    @property
    def interval_us(self) -> int:
        """The time from one round to the next."""
        return self.deferred.interval_us

    @interval_us.setter
    def interval_us(self, interval_us: int) -> None:
        self.deferred.interval_us = interval_us

    # ---- what engines ask -------------------------------------------------------------------------------------

    def may_send(self, target: int, ttl: int, seq: int, now_us: int) -> bool:
        """Whether a target's probe is to be sent; else it is deferred, and its outcome comes in ``ready``."""
        mine = self._hops.of(ttl, target)
        if (ttl, target) in self._called:
            self._called.discard((ttl, target))
            sends = True
        elif mine.known:
            sends = mine.end or not (
                self._stood_for(mine, target, now_us)
                or self._is_spent(mine, ttl, now_us)
                or self._gives_way(mine, ttl, now_us)
            )
        else:
            sends = self._may_ask(ttl, target, now_us)
        if sends:
            self._send(mine, target, ttl, seq, now_us)
        else:
            self.deferred.defer(ttl, target, DeferredProbe(seq, now_us))
            self._serve(ttl, target, now_us)
        return sends

    def answered(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """A probe that was sent has an outcome."""
        sample = self._by_seq.pop(seq, None)
        if sample is None or answer.word == wire.NO_REPLY:
            return
        self._unidentified.remove(sample)
        ttl, target = sample.ttl, sample.target
        mine = self._hops.of(ttl, target)
        if answer.word == wire.AMBIGUOUS or answer.address is None:  # whosever it was; or it was not sent at all
            mine.samples.drop(sample)
            if answer.word == wire.AMBIGUOUS and not sample.paid:
                self._charge_all(ttl, target, now_us)
            return
        stays = mine.router == (answer.address, answer.word)
        if not stays:
            mine.samples.drop(sample)
        if answer.word == wire.REPLY:
            news = self._hops.finish(ttl, target)
        else:
            news = self._hops.settle(ttl, target, (answer.address, answer.word))
        if answer.word != wire.TTL_EXPIRED:
            self.deferred.end(target, ttl)
        mine = self._hops.of(ttl, target)
        if mine.router and not mine.confirmed:  # it may have answered before without a name
            mine.errors = Bucket(self._unidentified.nameless(ttl).level(now_us), now_us, mine.errors.refill_us)
        sample.answer, sample.lost = answer, False
        if not stays and not self.deferred.has_enough(mine, sample):
            mine.samples.add(sample)
        mine.answer(now_us)
        mine.confirmed.add(target)
        self._unidentified.answered(answer.rtt_us or 0)
        if not sample.paid:
            mine.errors.take(now_us)
        if news:
            self._doubt()
            for nearer in range(self._hops.nearest_ttl, ttl):
                self._serve_all(nearer, self._hops.of(nearer, target), now_us)
        self._serve_all(ttl, mine, now_us)

    def _charge_all(self, ttl: int, target: int, now_us: int) -> None:
        """Any router that a target may meet has sent an error."""
        for errors in (self._unidentified.nameless(ttl), *(one.errors for one in self._hops.rivals(ttl, target))):
            errors.take(now_us)

    def defers_loss(self, target: int, ttl: int, seq: int, now_us: int) -> bool:
        """Whether a lost probe is not to be counted now: it may say nothing about the hop."""
        sample = self._by_seq.get(seq)
        if sample is None:
            return False
        self._unidentified.remove(sample)
        sample.lost = True
        mine = self._hops.of(ttl, target)
        if mine.end:
            return False
        if not mine.known:
            mine.misses += sample.fair
            nobody = not self._hops.rivals(ttl, target) and self._unidentified.nameless(ttl).level(sample.sent_us) >= 1
            mine.silent = nobody or mine.misses >= MISSES_MAX
            if mine.silent:
                self._doubt()
        if mine.silent or (mine.router and sample.fair):
            self._serve_all(ttl, mine, now_us)
            return False
        if not sample.fair:
            mine.samples.drop(sample)
        missed = sample.fair and not mine.known
        self.deferred.defer(ttl, target, DeferredProbe(seq, sample.sent_us, missed))
        self._serve(ttl, target, now_us)
        return True

    def explored(self, target: int) -> None:
        """A target's first round is over."""
        self._explored.add(target)

    def over(self, target: int, now_us: int) -> None:
        """A target's rounds are over."""
        self._over_us.setdefault(target, now_us)
        self._over_turn.setdefault(target, self.deferred.turns)

    def due_us(self, now_us: int) -> int | None:
        """When ``step`` has something to do at the latest; None: it has not."""
        if not self.deferred:
            return None
        return max(now_us, min(self._next_us, self._next_look_us) if self._to_look else self._next_us)

    def step(self, now_us: int) -> None:
        """Send what can be sent now of what is deferred, and settle what has been so for long."""
        self.deferred.step(now_us)
        if self._to_look and now_us >= self._next_look_us:
            self._next_look_us = now_us + POLL_US
            self._look(now_us)
        if now_us < self._next_us:
            return
        self.deferred.turns += 1
        self._next_us = now_us + POLL_US * self.deferred.share
        for ttl in sorted(self.deferred.ttls()):
            self._ask(ttl, now_us)
            for target in self.deferred.targets(ttl):
                mine = self._hops.of(ttl, target)
                if not mine.known and not mine.looked:
                    continue  # it has to look first
                if now_us - self._looked_us.get((ttl, target), now_us) >= EXTRA_US:
                    self._assume(ttl, target)
                self._serve(ttl, target, now_us)
        for target in [target for target in self._over_us if self.deferred.ttls_of(target)]:
            if self._has_waited(target, now_us):
                self._close(target, now_us)

    def _has_waited(self, target: int, now_us: int) -> bool:
        """Whether no more will become known of the deferred probes of a target whose rounds are over."""
        ttls = [ttl for ttl in self.deferred.ttls_of(target) if self.deferred.is_open(ttl, target)]
        if not ttls:
            return True
        if now_us - self._over_us[target] < EXTRA_US or self.deferred.turns - self._over_turn[target] < TURNS_MIN:
            return False
        return not any(
            self.deferred.are_young(ttl, target, now_us) or self._is_to_look(ttl, target, now_us) for ttl in ttls
        )

    def _is_to_look(self, ttl: int, target: int, now_us: int) -> bool:
        """Whether a target is to look at a hop, or has done so and may be answered."""
        mine = self._hops.of(ttl, target)
        if mine.known or (ttl, target) in self._assumed:
            return False
        if not mine.looked or not mine.samples.all_decided:
            return True
        looked_us = self._looked_us.get((ttl, target))
        return looked_us is not None and now_us - looked_us < EXTRA_US

    # ---- sending ----------------------------------------------------------------------------------------------

    def _send(self, mine: HopClass, target: int, ttl: int, seq: int, now_us: int) -> None:
        paid = mine.router is not None
        asking = self._unidentified.count(ttl, now_us)
        routers = [mine] if paid else self._hops.rivals(ttl, target)
        fair = asking < self._unidentified.nameless(ttl).level(now_us) and all(
            router.errors.level(now_us) - asking >= 1 for router in routers
        )
        if paid:
            fair = fair or mine.alone_level(now_us, self.interval_us) < 1
            mine.errors.take(now_us)
        elif not mine.end:
            mine.looked = True
            for member in mine.members:
                self._looked_us.setdefault((ttl, member), now_us)
        sample = Sample(target, ttl, seq, now_us, fair, paid, served={target})
        if not mine.known:
            self._unidentified.add(sample)
        mine.samples.add(sample)
        self._by_seq[seq] = sample

    def _stood_for(self, mine: HopClass, target: int, now_us: int) -> bool:
        """Whether another's probe stands for this one."""
        lasts_us = self.interval_us
        if mine.router and target not in mine.confirmed and mine.errors.level(now_us) >= 1 + RESERVE / 2:
            lasts_us = lasts_us * VERIFY_PERCENT // 100
        return any(target not in one.served for one in mine.samples.since(now_us - lasts_us))

    def _is_spent(self, mine: HopClass, ttl: int, now_us: int) -> bool:
        """Whether a known router is out of errors now, and would not be if a single trace asked it."""
        if not mine.router or mine.alone_level(now_us, self.interval_us) < 1:
            return False
        return mine.errors.level(now_us) - self._unidentified.count(ttl, now_us) < 1

    def _gives_way(self, mine: HopClass, ttl: int, now_us: int) -> bool:
        """Whether a known router's next error is left to targets of which it is not known whether they meet it."""
        if (
            not mine.router
            or mine.alone_level(now_us, self.interval_us) < 1
            or mine.errors.level(now_us) >= 1 + RESERVE
        ):
            return False
        return any(
            self.deferred.is_open(ttl, target)
            and not self._hops.of(ttl, target).known
            and mine in self._hops.rivals(ttl, target)
            for target in self.deferred.targets(ttl)
        )

    def _may_ask(self, ttl: int, target: int, now_us: int) -> bool:
        """Whether a target of which it is not known what it meets may be probed: none it may meet is out of errors."""
        mine = self._hops.of(ttl, target)
        if not mine.samples.all_decided:
            return False
        asking = self._unidentified.count(ttl, now_us)
        routers = self._hops.rivals(ttl, target)
        if self._unidentified.nameless(ttl).level(now_us) - asking < 1 and (routers or asking == 0):
            return False
        if not routers:
            return asking < UNKNOWN_MAX or self._unidentified.lasts_us(ttl, now_us) >= UNKNOWN_US
        left = [router.errors.level(now_us) - asking for router in routers]
        return min(left) >= 1 + RESERVE or any(
            level >= 1 and self._is_due(router, now_us) for router, level in zip(routers, left, strict=True)
        )

    def _is_due(self, router: HopClass, now_us: int) -> bool:
        return now_us - router.samples.latest_us >= self.interval_us * VERIFY_PERCENT // 100

    def _ask(self, ttl: int, now_us: int) -> None:
        """Send one of the deferred probes of a TTL: of the largest class that nothing is known of."""
        best: tuple[tuple[bool, int], int, DeferredProbe] | None = None
        looking: dict[HopClass, tuple[int, DeferredProbe]] = {}
        left_over: list[tuple[int, DeferredProbe]] = []
        many = self.deferred.share > 1
        for target, first in self.deferred.unsent(ttl):
            mine = self._hops.of(ttl, target)
            if (ttl, target) in self._called:
                continue
            if mine.known:
                asks = self._is_left_over(mine, ttl, target, first, now_us)
                if asks and many:
                    left_over.append((target, first))
                    continue
            else:
                looks = not mine.looked and target in self._explored
                if looks and many:
                    looking.setdefault(mine, (target, first))
                    continue
                asks = looks or ((best is None or not many) and self._may_ask(ttl, target, now_us))
            rank = (not mine.known, len(mine.members))
            if asks and (best is None or rank > best[0]):
                best = (rank, target, first)
        if looking or left_over:
            self._to_look[ttl] = deque((*looking.values(), *left_over))
        if best is not None:
            self._call(ttl, *best[1:])

    def _is_left_over(self, mine: HopClass, ttl: int, target: int, probe: DeferredProbe, now_us: int) -> bool:
        """Whether a deferred probe of a known class is to be sent after all, since none stands for it."""
        return (
            not mine.end
            and now_us - probe.time_us >= self.interval_us // 2
            and not self.deferred.waits_for(mine, target, probe)
            and not self._is_spent(mine, ttl, now_us)
        )

    def _look(self, now_us: int) -> None:
        """Have those look whose turn it is, so many at each hop."""
        for ttl, waiting in list(self._to_look.items()):
            looks = 0
            while waiting and looks < LOOKS:
                target, first = waiting.popleft()
                mine = self._hops.of(ttl, target)
                wants = self._is_left_over(mine, ttl, target, first, now_us) if mine.known else not mine.looked
                if wants and self.deferred.holds(ttl, target, first):
                    self._call(ttl, target, first)
                    looks += 1
            if not waiting:
                del self._to_look[ttl]

    def _call(self, ttl: int, target: int, probe: DeferredProbe) -> None:
        self.deferred.send(ttl, target, probe)
        self._called.add((ttl, target))

    # ---- settling ---------------------------------------------------------------------------------------------

    def _serve_all(self, ttl: int, mine: HopClass, now_us: int) -> None:
        if self.deferred.share > 1:
            return  # the next turn does, for all that has been heard until then
        for target in [one for one in self.deferred.targets(ttl) if self._class(ttl, one) is mine]:
            self._serve(ttl, target, now_us)

    def _class(self, ttl: int, target: int) -> HopClass:
        """The class of a target, or the one that it is taken to belong to."""
        mine = self._hops.of(ttl, target)
        return mine if mine.known else self._assumed.get((ttl, target), mine)

    def _serve(self, ttl: int, target: int, now_us: int) -> None:
        self.deferred.serve(ttl, target, self._class(ttl, target), now_us)

    def _close(self, target: int, now_us: int) -> None:
        for ttl in self.deferred.ttls_of(target):
            self._assume(ttl, target)
            self._serve(ttl, target, now_us)
            self.deferred.close(ttl, target)

    # ---- taking to share --------------------------------------------------------------------------------------

    def _assume(self, ttl: int, target: int) -> None:
        mine = self._hops.of(ttl, target)
        if (ttl, target) in self._assumed or mine.known or not mine.looked or mine.misses:
            return
        if not mine.samples.all_decided:
            return
        sole = self._sole(ttl, target)
        if sole is not None and len(sole.confirmed) >= CONVINCING:
            self._assumed[ttl, target] = sole

    def _sole(self, ttl: int, target: int) -> HopClass | None:
        """The class of the one router that a target can meet, as far as is known; None: there may be others."""
        rivals = self._hops.rivals(ttl, target)
        if len(rivals) != 1 or self._hops.is_silent_for_some(ttl):
            return None
        return rivals[0]

    def _doubt(self) -> None:
        """Take back what targets were taken to share, where it has turned out otherwise, or may."""
        for (ttl, target), shared in list(self._assumed.items()):
            mine = self._hops.of(ttl, target)
            if mine is shared:
                del self._assumed[ttl, target]
            elif mine.known or self._sole(ttl, target) is not shared:
                del self._assumed[ttl, target]
                self.mistaken.append((target, ttl))
