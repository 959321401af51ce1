"""The path MTU to one target or several: first the hops are found, then the sizes, without I/O.

The hops of all targets are found at once, as in a trace; the searches follow one after the other. Targets share
routers, and what was found on the part of the path that two have in common holds for both, so it is not asked again.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from ...errors import UnsupportedError
from ...protocols import PROTOCOLS
from ..events import ProbeAnswered, ProbeLost
from ..group import Group
from .search import MtuSearch
from .size_test import SMALL_BYTES, SmallProbes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from ....probe import wire
    from ...settings import Target, TraceSettings
    from ..events import ChangeKind, Event
    from ..hearing import AllHeard
    from ..sender import Order
    from ..standstill import Gap
    from .path_mtu import PathMtu

# Small probes to each hop while the hops are found, twice as often as rounds otherwise follow each other.
ROUNDS = 3
INTERVAL_MIN_US = 10_000
GRACETIME_MAX_US = 2_000_000  # the search itself asks again what was not answered
Found = tuple[int, str | None, SmallProbes]  # TTL, address, and how the small probes fared
FIRST_TOKEN = 1 << 24  # the discovery's are below


class MtuSurvey(Group):
    """A group that goes on to the sizes once it has found the hops; ``results`` says what they are.

    ``settings.size_bytes`` is the largest size to try, ``settings.rounds`` how many large probes must be lost before a
    size counts as lost (five at least).
    """

    def __init__(
        self,
        targets: Iterable[Target],
        settings: TraceSettings,
        *,
        detail: bool = False,
        randomness: Random | None = None,
        hearing: AllHeard | None = None,
    ) -> None:
        targets = tuple(targets)
        self.search_settings = settings
        finding = replace(
            settings,
            rounds=ROUNDS,
            interval_us=max(settings.interval_us // 2, INTERVAL_MIN_US),
            gracetime_us=min(settings.gracetime_us, GRACETIME_MAX_US),
            size_bytes=SMALL_BYTES,
            flows=1,
            cache_s=0,
        )
        super().__init__(targets, finding, detail=detail, randomness=randomness, hearing=hearing)
        self._targets = targets
        self._tokens = count(FIRST_TOKEN)
        self._small: list[dict[int, SmallProbes]] = [{} for _ in targets]
        self._samples: dict[int, wire.ProbeRequest] = {}
        self._searches: list[MtuSearch] = []
        self._over = False

    # ---- what the runner calls

    @property
    def finished(self) -> bool:
        """Whether the path MTU to every target is known as well as can be."""
        return self._over

    @property
    def steady(self) -> bool:
        """An answer may be what the next probe waits for."""
        return False

    @property
    def failure(self) -> str:
        """Why nothing could be found for a target; empty where something was."""
        return super().failure or next((search.failure for search in self._searches if search.failure), "")

    def set_detail(self, *, detail: bool) -> None:
        """Say whether the probe process knows hopscope's extensions.

        Raises:
            UnsupportedError: it does not, and so cannot keep packets whole.
        """
        if not detail:
            raise UnsupportedError("option --mtu: this probe process cannot set Don't Fragment")
        super().set_detail(detail=detail)

    def change(
        self,
        now_us: int,
        fields: dict[str, object],
        kind: ChangeKind = "settings",
        reason: str = "",
        only: Iterable[int] | None = None,
    ) -> None:
        """Take new values for fields of the settings."""
        self.search_settings = replace(self.search_settings, **fields)  # type: ignore[arg-type] # as in the group
        super().change(now_us, fields, kind, reason, only)

    def probe_process_restarted(self, now_us: int, reason: str) -> None:
        """The probe process was started anew."""
        super().probe_process_restarted(now_us, reason)
        for search in self._searches:
            search.restart()

    def stood_still(self, gap: Gap, now_us: int) -> None:
        """This program, or the machine, stood still until now."""
        super().stood_still(gap, now_us)
        for search in self._searches if gap.suspended else []:
            search.restart()

    def fail(self, now_us: int, reason: str, only: Iterable[int] | None = None) -> None:
        """End: it cannot go on."""
        super().fail(now_us, reason, only)
        self._over = True

    def next_due_us(self, now_us: int) -> int | None:
        """When ``step`` is to be called next."""
        if not self._searches:
            return now_us if super().finished else super().next_due_us(now_us)
        search = self._searches[-1]
        due_us = now_us if search.finished else search.due_us(0)
        return due_us if self.hearing.allows(due_us, now_us) else None

    def step(self, now_us: int) -> list[Order]:
        """Do what is due: probes to send are returned."""
        if not super().finished:
            orders = super().step(now_us)
            for token, request in orders:
                # Where a router quotes too little of UDP packets, some have ports of their own.
                if PROTOCOLS[request.protocol].flow_field != "ports" or (request.port and request.local_port):
                    self._samples[self._owners[token]] = request
            return orders
        while not self._over:
            if not self._searches or self._searches[-1].finished:
                self._over = not self._begin_next()
            elif not self.hearing.allows(self._searches[-1].due_us(0), now_us):
                break
            elif orders := self._searches[-1].step(now_us):
                return orders
            elif not self._searches[-1].finished:
                break
        return []

    def answer(self, token: int, answer: wire.Answer, now_us: int) -> None:
        """Take what the probe process says of a probe."""
        if token < FIRST_TOKEN:
            super().answer(token, answer, now_us)
        elif self._searches:
            self._searches[-1].answer(token, answer)

    def take_events(self) -> list[tuple[int, Event]]:
        """What happened since the last call while the hops were found."""
        events = super().take_events()
        for index, event in events:
            if isinstance(event, ProbeAnswered | ProbeLost):
                small = self._small[index].setdefault(event.ttl, SmallProbes())
                if isinstance(event, ProbeLost):
                    small.lost += 1
                else:
                    small.answered += 1
                    small.lost -= event.late
        return events

    # ---- what the owner asks

    @property
    def doing(self) -> str:
        """What is being done, for people who wait."""
        if not self._searches:
            return "finding the hops"
        search = self._searches[-1]
        which = f"{search.target.name}: " if len(self._targets) > 1 else ""
        return f"{which}{search.doing}"

    def results(self) -> tuple[PathMtu, ...]:
        """What is known of each target that the search has come to, in the order given."""
        return tuple(search.result() for search in self._searches)

    # ---- inside

    def _begin_next(self) -> bool:
        """Begin the search for the next target; False when there is none."""
        index = len(self._searches)
        if index == len(self._targets):
            return False
        engine = self.engines[index]
        settings, known, target = self.search_settings, engine.known, self._targets[index]
        small = self._small[index]
        hops: list[Found] = [
            (ttl, address, small.setdefault(ttl, SmallProbes())) for ttl, address in known.up_to_end(self.settings)
        ]
        self._searches.append(
            MtuSearch(
                target,
                settings,
                hops,
                reached=known.reached,
                slowest_us=known.slowest_us,
                sample=self._sample(index),
                next_seq=self._tokens.__next__,
                known=self._shared(target, hops),
            )
        )
        return True

    def _sample(self, index: int) -> wire.ProbeRequest:
        """A probe that found the hops of a target; made of another's where those stood for all of its own."""
        sample = self._samples.get(index)
        if sample is None:
            target = self._targets[index]
            sample = copy.copy(next(one for one in self._samples.values() if one.version == target.version))
            sample.address, sample.zone = target.address, target.zone
            sample.port = target.port or sample.port
        return sample

    def _shared(self, target: Target, hops: list[Found]) -> tuple[PathMtu, int] | None:
        """What was found before that holds for the first hops of this target too, and up to which TTL."""
        best: tuple[PathMtu, int] | None = None
        for search in self._searches:
            result = search.result()
            if search.failure or target.version != search.target.version:
                continue
            ttl = 0
            # The last hop of either may be its target, which nothing goes beyond; of a silent one nobody knows.
            for (at, address, _), other in zip(hops[:-1], result.hops[:-1], strict=False):
                if address is None or address != other.address:
                    break
                if other.mtu is not None:
                    ttl = at
            if ttl and (best is None or ttl > best[1]):
                best = (result, ttl)
        return best
