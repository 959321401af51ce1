"""A measurement that moves by itself: a scripted path for tests and looks at the screen."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hopscope.app.additions import Addition
from hopscope.app.clock import monotonic_us
from hopscope.app.path.privacy import Privacy
from hopscope.app.path.snapshot import NOT_SENT, UNANSWERED, LogEntry, Snapshot
from hopscope.app.sanitize import Text, sanitize
from hopscope.app.settings import Target, TraceSettings
from support.snapshots import START_US, hop, snapshot

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import State
    from hopscope.app.replay.cursor import TimeCursor
    from hopscope.app.resolve.origin import Origin
    from hopscope.app.trace.checks import Check, CheckPlan

HOSTS = (
    ("gw.lan", 400, 100),
    ("bng3.fra2.access.example", 6_100, 900),
    ("ae4.agg1.fra2.access.example", 6_600, 600),
    ("et-0-0-1.cr2.fra1.access.example", 7_200, 500),
    ("ae12.edge4.fra3.transit.example", 7_900, 500),
    ("be3084.ccr42.ams3.transit.example", 14_300, 1_000),
    ("be2182.ccr41.lon13.transit.example", 21_800, 700),
    ("be2490.ccr42.nyc1.transit.example", 88_400, 900),
    ("edge1.nyc7.cdn.example", 88_900, 500),
    ("fab2.nyc7.cdn.example", 89_200, 400),
    ("leaf7.nyc7.cdn.example", 89_600, 500),
    ("www.example.net", 89_900, 300),
)


class MovingSource:
    """A ``Source`` with ``rounds`` rounds behind it; ``advance`` adds rounds, or the clock does with ``live``.

    ``loss_from`` loses 8 % of the answers from that hop on, ``change_at`` changes hops 4 to 6 at that round,
    ``silent`` hops never answer.
    """

    def __init__(
        self,
        rounds: int = 60,
        *,
        live: bool = False,
        loss_from: int = 0,
        change_at: int = 0,
        silent: tuple[int, ...] = (),
        hops: int = len(HOSTS),
        spikes: float = 0.03,
    ) -> None:
        self.rounds = rounds
        self.live = live
        self.loss_from = loss_from
        self.change_at = change_at
        self.silent = silent
        self.hops = hops
        self.spikes = spikes
        self.state: State = "running"
        self.calls: list[tuple[str, Any]] = []
        self.settings = TraceSettings()
        self._names = True
        self.origins: dict[str, Origin] = {}
        self.origins_on = False
        self.privacy = Privacy()
        self.known_version = 0
        self.checks: tuple[Check, ...] = ()
        self.additions: tuple[Addition, ...] = ()
        self._began = time.monotonic()
        self._made: tuple[tuple[Any, ...], tuple[Snapshot, ...]] = ((), ())
        self.target = Target(sanitize("www.example.net"), "192.0.2.80", 4)

    time: TimeCursor | None = None

    def now_us(self) -> int:
        """The time of the snapshots."""
        return monotonic_us()

    def _host(self, ttl: int) -> tuple[str, int, int]:
        if ttl == self.hops:
            return HOSTS[-1]
        if ttl <= len(HOSTS) - 1:
            return HOSTS[ttl - 1]
        return f"ae-{ttl}.core{ttl}.example.net", 89_000 + 40 * ttl, 800

    def address(self, ttl: int, *, changed: bool = False) -> str:
        """The address of a hop."""
        if ttl == self.hops:
            return self.target.address
        return f"198.51.100.{ttl + (70 if changed else 0)}"

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The path now."""
        rounds = self.rounds + (int(time.monotonic() - self._began) if self.live and self.state == "running" else 0)
        key = (rounds, self.state, self.settings, self.checks)
        if self._made[0] != key:
            self._made = (key, (self._snapshot(rounds),))
        return tuple(map(self.privacy.snapshot, self._made[1]))

    def _snapshot(self, rounds: int) -> Snapshot:
        made = []
        for ttl in range(1, self.hops + 1):
            chance = random.Random(ttl)
            _, base, spread = self._host(ttl)
            values, by = [], []
            for at in range(rounds):
                value = base + int(chance.expovariate(1) * spread / 3)
                lost = chance.random() < 0.08
                if chance.random() < self.spikes:
                    value += int(chance.expovariate(1) * 15_000)
                moved = bool(self.change_at) and at >= self.change_at
                if moved and ttl >= 7:
                    value += 12_900
                if ttl in self.silent or (self.loss_from and ttl >= self.loss_from and lost):
                    value = UNANSWERED
                values.append(value)
                by.append(-1 if value < 0 else int(moved and 4 <= ttl <= 6))
            addresses: tuple[str, ...] = (self.address(ttl),)
            if self.change_at and 4 <= ttl <= 6:
                addresses = (self.address(ttl), self.address(ttl, changed=True))
            if ttl in self.silent:
                addresses = ()
            made.append(hop(ttl, values or [NOT_SENT], *addresses, by=by or [-1]))
        now_us = monotonic_us()
        started_us = now_us - rounds * 1_000_000
        log_entries = [LogEntry(started_us, 0, "start", "ICMP, 64 bytes, every 1 s")]
        if self.change_at:
            log_entries.append(
                LogEntry(
                    started_us + self.change_at * 1_000_000,
                    self.change_at,
                    "path-changed",
                    "path changed",
                    4,
                    6,
                    tuple(self.address(ttl) for ttl in (4, 5, 6)),
                    tuple(self.address(ttl, changed=True) for ttl in (4, 5, 6)),
                )
            )
        made = [
            replace(
                one,
                responders=tuple(
                    replace(
                        who,
                        first_us=who.first_us - START_US + started_us,
                        last_us=who.last_us - START_US + started_us,
                    )
                    for who in one.responders
                ),
            )
            for one in made
        ]
        base_snapshot = snapshot(
            self.target,
            made,
            self.settings,
            reached=self.hops not in self.silent,
            state=self.state,
            log_entries=tuple(log_entries),
        )
        offset = 1_795_302_897_000_000 + 3600_000_000 - now_us
        return replace(base_snapshot, started_us=started_us, time_us=now_us, clock_offset_us=offset, checks=self.checks)

    def advance(self, rounds: int = 1) -> None:
        """Let rounds pass."""
        self.rounds += rounds

    def pause(self) -> None:
        """Stop sending."""
        self.calls.append(("pause", None))
        self.state = "paused"

    def resume(self) -> None:
        """Send again."""
        self.calls.append(("resume", None))
        self.state = "running"

    def reset(self) -> None:
        """Begin anew."""
        self.calls.append(("reset", None))
        self.rounds = 1

    def change(self, **changes: object) -> None:
        """Take settings."""
        self.calls.append(("change", changes))
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]

    def check(self, index: int, plan: CheckPlan) -> None:
        """Take a check; ``checks`` says what comes of it."""
        self.calls.append(("check", (index, plan)))

    def add(self, target: str = "", where: str = "", lane: str = "") -> Addition:
        """Take a wish; the test says what comes of it."""
        made = Addition(target, where, lane)
        self.calls.append(("add", made))
        return made

    def remove(self, index: int) -> None:
        """Take it."""
        self.calls.append(("remove", index))

    def end_check(self) -> None:
        """End it."""
        self.calls.append(("end_check", None))
        self.checks = ()

    def name(self, address: str) -> Text | None:
        """A hop's name."""
        if not self._names:
            return None
        for ttl in range(1, self.hops + 1):
            if address == self.address(ttl):
                return sanitize(self._host(ttl)[0])
            if address == self.address(ttl, changed=True):
                return sanitize(f"new-{self._host(ttl)[0]}")
        return None

    @property
    def names_on(self) -> bool:
        """Whether names are on."""
        return self._names

    def set_names(self, *, on: bool) -> None:
        """Names on or off."""
        self._names = on

    def origin(self, address: str) -> Origin | None:
        """An address's network."""
        return self.origins.get(address) if self.origins_on else None

    def set_origins(self, *, on: bool) -> None:
        """Origins on or off."""
        self.origins_on = on


class SeveralTargets(MovingSource):
    """Several measurements as one ``Source``; commands go to all of them."""

    def __init__(self, **targets: MovingSource) -> None:
        super().__init__()
        self.parts = list(targets.values())
        for name, part in targets.items():
            part.target = Target(sanitize(name.replace("_", ".")), part.target.address, 4)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """One snapshot a target."""
        return tuple(part.snapshots()[0] for part in self.parts)

    def remove(self, index: int) -> None:
        """One is gone."""
        super().remove(index)
        del self.parts[index]

    def pause(self) -> None:
        """Stop sending."""
        super().pause()
        for part in self.parts:
            part.pause()


if __name__ == "__main__":  # a look at the screen: python tests/support/moving.py
    import sys

    from hopscope.app.screens.app import run
    from hopscope.app.screens.options import ScreenOptions

    words = dict(word.split("=") for word in sys.argv[1:])
    numbers = {name: int(value) for name, value in words.items() if name != "theme"}
    source = MovingSource(live=True, **{"rounds": 60, **numbers})  # type: ignore[arg-type]
    sys.exit(run(source, ScreenOptions(theme=words.get("theme", ""), source_name=sanitize("lap3"))))
