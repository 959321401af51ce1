"""Several targets traced at once through one probe process, without I/O."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from random import Random

from ...probe import wire
from .beside import Beside
from .engine import Engine
from .hearing import AllHeard
from .own_address import as_refusal
from .rejected import as_rejected
from .scheduler import Scheduler
from .shared.companies import Companies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..settings import Target, TraceSettings
    from .checks import CheckPlan
    from .events import ChangeKind, Event
    from .sender import Order
    from .standstill import Gap


# Of many targets one starts in this time: so many can look what stands at a hop (``shared.sharing.LOOKS``), and later
# ones find known what they share with earlier ones.
START_MIN_US = 5000
MANY = 50


class Group:
    """The engines of all targets: one sequence of tokens, one clock, starts spread over the interval.

    Its methods are those of an engine, for all of them; events carry the index of their target. Targets may be added
    and removed; indices never change, and none is given again.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        settings: TraceSettings,
        *,
        detail: bool = False,
        randomness: Random | None = None,
        hearing: AllHeard | None = None,
        own: Callable[[str], bool] | None = None,
    ) -> None:
        self.settings = settings
        # Whether an address is this host's.
        self._own = own
        # What has been heard of the probe process; engines that wait to hear more.
        self.hearing = hearing or AllHeard()
        self._unheard: set[int] = set()
        self._sequence = count()
        self._owners: dict[int, int] = {}
        self._randomness = randomness or Random()
        self._detail = detail
        self._paused = self._stalled = False
        # What stands in for the settings of all where a lane cannot have them, by index.
        self._instead: dict[int, dict[str, object]] = {}
        targets = tuple(targets)
        self._companies = Companies(targets, settings.interval_us)
        self.engines = [
            Engine(
                target,
                settings,
                sequence=self._sequence,
                randomness=self._randomness,
                detail=detail,
                deferral=self._companies.deferral(index, target),
                hearing=self.hearing,
            )
            for index, target in enumerate(targets)
        ]
        self._check = Beside(self.engines, self._sequence, self.hearing)
        self._scheduler = Scheduler(self.engines)
        self._finished = 0  # so many of the first engines have finished, for good

    @property
    def finished(self) -> bool:
        """Whether no target has anything left to do."""
        while self._finished < len(self.engines) and self.engines[self._finished].finished:
            self._finished += 1
        return self._finished == len(self.engines)

    @property
    def steady(self) -> bool:
        """Whether answers may be handed over some milliseconds late, to all; a check waits for its own."""
        return not self._check.runs and all(engine.steady for engine in self.engines)

    @property
    def tick_us(self) -> int:
        """The time from one probe to the next, over all targets."""
        ticks = [engine.tick_us for engine in self.engines if engine.started and not engine.finished]
        return min(ticks) // len(ticks) if ticks else 0

    @property
    def failure(self) -> str:
        """Why a target could not be traced at all; empty if all could."""
        return next((engine.failure for engine in self.engines if engine.failure), "")

    def start(self, now_us: int) -> None:
        """Begin: the first target at once, the others evenly within the interval, or longer if they are many."""
        count = len(self.engines)
        least_us = count * START_MIN_US if count > MANY else 0
        for index, engine in enumerate(self.engines):
            engine.start(now_us + index * max(self.settings.interval_us, least_us) // count)
        self._scheduler.wake_all()

    def add(self, now_us: int, target: Target) -> int:
        """Begin to trace one more target, beside the others; its index."""
        engine = Engine(
            target,
            self.settings,
            sequence=self._sequence,
            randomness=self._randomness,
            detail=self._detail,
            hearing=self.hearing,
        )
        self.engines.append(engine)
        self._scheduler.added()
        self._company_changed(now_us)
        engine.start(now_us)
        if self._paused:
            engine.pause(now_us)
        if self._stalled:
            engine.stall(now_us)
        self._scheduler.wake_all()
        return len(self.engines) - 1

    def remove(self, now_us: int, index: int) -> None:
        """Trace a target no more: what is in flight to it counts nowhere."""
        engine = self.engines[index]
        if self._check.index == index:
            self.end_check(now_us, "the target was removed")
        engine.leave()
        self._unheard.discard(index)
        self._company_changed(now_us)
        self._scheduler.wake_all()

    def source_changed(self, index: int, source: str) -> None:
        """Probes to a target leave from this address from now on."""
        self.engines[index].source_changed(source)

    def pause(self, now_us: int) -> None:
        """Stop sending."""
        self._paused = True
        for engine in self.engines:
            engine.pause(now_us)
        self._scheduler.wake_all()
        self._check.pause(now_us)

    def resume(self, now_us: int) -> None:
        """Send again."""
        self._paused = False
        for engine in self.engines:
            engine.resume(now_us)
        self._scheduler.wake_all()
        self._check.resume(now_us)

    def check(self, now_us: int, index: int, plan: CheckPlan) -> None:
        """Run a check beside the trace of a target; one that runs already ends."""
        self._check.start(now_us, index, plan)

    def end_check(self, now_us: int, reason: str) -> None:
        """End a check before its time, if one runs."""
        self._check.end(now_us, reason)

    def reset(self, now_us: int) -> None:
        """Begin anew."""
        self.end_check(now_us, "the statistics began anew")
        self._owners.clear()
        self._companies.forget()
        for engine in self.engines:
            engine.reset(now_us)
        self._scheduler.wake_all()

    def change(
        self,
        now_us: int,
        fields: dict[str, object],
        kind: ChangeKind = "settings",
        reason: str = "",
        only: Iterable[int] | None = None,
    ) -> None:
        """Take new values for fields of the settings, for all targets or for those with the indices ``only``.

        Raises:
            TypeError: there is no such field.
        """
        if "protocol" in fields:
            self.end_check(now_us, "the protocol changed")
        changed = range(len(self.engines)) if only is None else list(only)
        if only is None:
            self.settings = replace(self.settings, **fields)  # type: ignore[arg-type] # replace() names a wrong field
            for mine in self._instead.values():
                for name in fields:
                    mine.pop(name, None)
        else:
            for index in changed:
                self._instead.setdefault(index, {}).update(fields)
        if self._companies and "protocol" in fields:
            self._companies.forget()
            for engine in self.engines:
                engine.withdraw_deferred(now_us)
        self._companies.set_interval(self.settings.interval_us)
        for index in changed:
            own = replace(self.settings, **self._instead.get(index, {}))  # type: ignore[arg-type] # as above
            self.engines[index].change(own, now_us, kind, reason)
        self._scheduler.wake_all()

    def probe_process_restarted(self, now_us: int, reason: str) -> None:
        """The probe process was started anew."""
        self.end_check(now_us, "the probe process died")
        self._stalled = False
        self._forget_in_flight(now_us)
        self.hearing.heard(now_us, now_us)
        for engine in self.engines:
            if not engine.finished:
                engine.probe_process_restarted(now_us, reason)
        self._scheduler.wake_all()

    def heard(self, asked_us: int, now_us: int) -> None:
        """The probe process has answered a question that was put to it at ``asked_us``."""
        self.hearing.heard(asked_us, now_us)
        for index in self._unheard:
            self.engines[index].unheard = False
            self._scheduler.wake(index)
        self._unheard.clear()

    def stall(self, now_us: int) -> None:
        """The probe process, or whoever takes what is measured, stands still: send nothing more."""
        self._stalled = True
        for engine in self.engines:
            engine.stall(now_us)
        self._scheduler.wake_all()

    def go_on(self, now_us: int, reason: str) -> None:
        """What stood still goes on; the sentence ``reason`` is told."""
        self._stalled = False
        self.end_check(now_us, "nothing was measured for a while")
        for engine in self.engines:
            engine.go_on(now_us, reason)
        self._scheduler.wake_all()

    def stood_still(self, gap: Gap, now_us: int) -> None:
        """This program, or the machine, stood still until now; where it is stalled besides, that is told at the end."""
        if gap.suspended:
            self.end_check(now_us, "this host was suspended")
            self._forget_in_flight(now_us)
        if not self._stalled:
            self.stall(gap.since_us)
            self.go_on(now_us, gap.told(now_us))

    def _forget_in_flight(self, now_us: int) -> None:
        """What is in flight will not be answered here, and counts nowhere."""
        self._owners.clear()
        self._unheard.clear()
        self._companies.forget()
        for engine in self.engines:
            engine.forget_in_flight(now_us)

    def fail(self, now_us: int, reason: str, only: Iterable[int] | None = None) -> None:
        """End all that are not finished, or those with the indices ``only``: it cannot go on."""
        self.end_check(now_us, reason)
        for engine in self.engines if only is None else [self.engines[index] for index in only]:
            engine.fail(now_us, reason)
        self._scheduler.wake_all()

    def set_detail(self, *, detail: bool) -> None:
        """Say whether the probe process knows hopscope's extensions."""
        self._detail = detail
        for engine in self.engines:
            engine.detail = detail

    def next_due_us(self, now_us: int) -> int | None:
        """When ``step`` is to be called next; None: not before an answer or a command comes."""
        due = [self._scheduler.due_us(now_us), self._check.due_us(now_us)]
        if self._companies and not self.finished:
            due += self._companies.due_us(now_us)
        return min((time_us for time_us in due if time_us is not None), default=None)

    def step(self, now_us: int) -> list[Order]:
        """Do what is due: probes to send are returned, in order."""
        orders: list[Order] = []
        looked_at = self._scheduler.take(now_us)
        for index in looked_at:
            mine = self.engines[index].step(now_us)
            for token, _ in mine:
                self._owners[token] = index
            orders += mine
            if self.engines[index].unheard:
                self._unheard.add(index)
        orders += self._check.step(now_us)
        if self._companies:
            self._companies.step(looked_at, self.engines, now_us)
            self._settle_deferred(now_us)
        return orders

    def answer(self, token: int, answer: wire.Answer, now_us: int) -> None:
        """Take what the probe process says of a probe, or a duplicate reply to one."""
        if answer.word == wire.DUPLICATE:
            for engine in self.engines:
                engine.duplicate(token, answer, now_us)
            self._scheduler.wake_all()
            return
        index = self._owners.get(token)
        if index is None:
            if self._check.runs and answer.mtu is None:  # the search for the path MTU wants to hear of this host's link
                answer = self._unless_own(answer, self._check.index)
            self._check.answer(token, answer, now_us)
            return
        if answer.word != wire.AMBIGUOUS:
            del self._owners[token]
        answer = self._unless_own(answer, index)
        engine = self.engines[index]
        if answer.word not in {wire.NO_REPLY, wire.AMBIGUOUS} and (sent_us := engine.sent_us(token)) is not None:
            # Others of the same turn have the same time, and may leave much later: those before it have left.
            self.hearing.heard(sent_us - 1, now_us - (answer.rtt_us or 0))
        engine.answer(token, answer, now_us)
        self._scheduler.wake(index)
        if self._companies.answered(index, token, answer, now_us):
            self._settle_deferred(now_us)

    def take_events(self) -> list[tuple[int, Event]]:
        """What happened since the last call, with the index of its target."""
        heard = [index for index in self._scheduler.take_heard() if not self.engines[index].left]
        events = [(index, event) for index in heard for event in self.engines[index].take_events()]
        return events + self._check.take_events()

    def _unless_own(self, answer: wire.Answer, index: int) -> wire.Answer:
        """An answer from the network, or that the probe was not sent where this host itself reports an error."""
        if not answer.address or answer.word == wire.TTL_EXPIRED:
            return answer
        target = self.engines[index].target
        known = {target.source, self.settings.local_address}
        return as_refusal(
            as_rejected(answer, target.address),
            target.address,
            lambda one: one in known or (self._own is not None and self._own(one)),
        )

    def _company_changed(self, now_us: int) -> None:
        """Other targets are traced than before: who shares hops with whom begins anew."""
        for engine in self.engines:
            engine.withdraw_deferred(now_us)
        self._companies.settle([None if engine.left else engine.target for engine in self.engines])
        for index, engine in enumerate(self.engines):
            engine.share(self._companies.deferral(index, engine.target))

    def _settle_deferred(self, now_us: int) -> None:
        for sharing in self._companies.sharings:
            mistaken, sharing.mistaken = sharing.mistaken, []
            for index, ttl in mistaken:
                self.engines[index].forget(ttl, now_us)
                self._scheduler.wake(index)
            ready, sharing.deferred.ready = sharing.deferred.ready, []
            for index, seq, answer, again in ready:
                self._scheduler.wake(index)
                if answer is None:
                    self.engines[index].withdraw(seq, now_us, again)
                else:
                    self.engines[index].settle(seq, answer, now_us)
