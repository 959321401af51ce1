"""Counting packets one way between two hosts: what the probe processes at both ends are asked, and what it adds up to.

Without I/O and without a clock. Each end belongs to the runner of the trace that leaves from there, which hands in the
time and its probe process; the count is shared by both. In a round each end is asked to send some packets, and tells
how many have left until then. What left is waited for; then the other end is asked how many of these have arrived. What
was under way while an end could not be reached is of no count: it is neither sent nor lost.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections import deque
from dataclasses import dataclass

from ..sanitize import composed
from .events import NOTHING_COUNTED, OneWayCounted, WayCount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from ..sanitize import Text
    from .child import Pairs
    from .events import CountState

    class Asked(Protocol):
        """The probe process of one end."""

        def question(self, text: str) -> int:
            """Ask it something; what ``told`` is to be asked with."""

        def told(self, token: int) -> Pairs | None:
            """The word and the pairs that it answered, once; None: nothing has come yet."""


KEY_BYTES = 32
# So long is a packet waited for; one that comes later is late. A little less than two rounds, lest it should be three.
TIMEOUT_US = 1_900_000
ROUND_MIN_US, ROUND_MAX_US = 200_000, 5_000_000
PACKETS_MAX, GAP_MIN_US = 10, 50_000
# An answer that has not come by then was lost with what stood in between.
ANSWER_US = 10_000_000
LOOK_US = 50_000
CLOSING_ROUND_US = 250_000
# The count ends so long after both traces, whatever an end says until then.
CLOSING_MAX_US = ANSWER_US + 5_000_000
# So many foreign packets a packet that is waited for are a flood: a path that doubles or trebles packets is none.
FOREIGN_SHARE = 2
# What is said of an end that cannot count.
NO_COUNT = "the probe process {place} cannot count one way"
NONSENSE = "the probe process {place} counts what cannot be"
UNENDED = "the count did not come to its end"
FIGURES = frozenset(("port", "sent", "refused", "errno", "arrived", "late", "strange", "overflown"))
PORT_MAX, ERROR_MAX = 65535, 4095
NO_MARK = "packets with a firewall mark (-M) are not counted one way"


@dataclass(frozen=True, slots=True)
class EndSettings:
    """One end of the count."""

    place: str
    """Where it is, as it stands within a sentence: ``here``, ``at the other end``."""
    peer: str
    """The address that its packets go to, numeric, without a zone."""
    address: str = ""
    """Its own address, which its packets leave from; empty: the routes say."""
    translated: bool = False
    """Whether NAT changes its ports, so that the other end has to learn them."""
    tos: int = 0
    """Type of service of its packets."""
    mark: int = 0
    """The firewall mark that its packets should have, and cannot; 0: none."""


class OneWayCount:
    """The count of both directions.

    Args:
        near: this host's end.
        far: the other one.
        interval_us: that of the trace, on which the rounds of the count depend.
        on_counted: called with each event, in the thread of one of the runners, one at a time.
    """

    def __init__(
        self, near: EndSettings, far: EndSettings, interval_us: int, on_counted: Callable[[OneWayCounted], None]
    ) -> None:
        self._on_counted = on_counted
        self._lock = threading.Lock()
        self.near, self.far = End(self, self._lock, 0, near), End(self, self._lock, 1, far)
        self.near.other, self.far.other = self.far, self.near
        self.set_interval(interval_us)
        self.key = ""
        self.state: CountState = "starting"
        self._told: tuple[str, str] | None = None
        self._round = 0
        self._counted = [NOTHING_COUNTED, NOTHING_COUNTED]
        self._since_round: set[int] = set()
        self._refusals = ["", ""]
        self.paused = False
        self.closing_us: int | None = None

    def set_interval(self, interval_us: int) -> None:
        """Take another interval for the rounds to come."""
        self.round_us = min(max(interval_us, ROUND_MIN_US), ROUND_MAX_US)
        self.packets = min(PACKETS_MAX, self.round_us // GAP_MIN_US)
        self.gap_ms = self.round_us // self.packets // 1000

    def pause(self) -> None:
        """Send nothing."""
        with self._lock:
            self.paused = True

    def resume(self) -> None:
        """Send again, on sockets of their own: NAT may have forgotten the old ones."""
        with self._lock:
            self.paused = False
            self.key = ""

    # ---- what its ends call, with the lock held ------------------------------------------------------------------

    def begin(self, now_us: int) -> None:
        """Both ends begin anew, with another key."""
        self.key = secrets.token_hex(KEY_BYTES)
        for end in (self.near, self.far):
            end.begin(now_us)
        if self.state != "off":
            self._tell_state(now_us, "starting", "")

    def stop(self, now_us: int, reason: str, *, void: bool = False) -> None:
        """It cannot be had; ``void``: nor is what was counted before of any worth."""
        self._tell_state(now_us, "off", composed(reason), void=void)

    def _tell_state(self, now_us: int, state: CountState, reason: str, *, void: bool = False) -> None:
        self.state = state
        if (state, reason) != self._told:
            self._told = state, reason
            self._on_counted(OneWayCounted(now_us, state, reason, void=void))

    def is_overdue(self, now_us: int) -> bool:
        """Whether both traces have been at their ends for longer than the count may take."""
        return self.closing_us is not None and now_us - self.closing_us > CLOSING_MAX_US

    def count(self, now_us: int, side: int, count: WayCount, refusal: str) -> None:
        """An end has told what became of packets of the direction whose sender is ``side``."""
        self._refusals[1 - side] = refusal
        if refusal:
            self._tell_state(now_us, "counting", self._refusal)
        if count != NOTHING_COUNTED:
            if side in self._since_round:  # nothing is known of the other direction
                self._tell_round(now_us)
            self._since_round.add(side)
            self._counted[side] = self._counted[side].plus(count)
        if len(self._since_round) == 2 or (self._since_round and self.near.counted and self.far.counted):
            self._tell_round(now_us)

    @property
    def _refusal(self) -> Text:
        """Why an end's packets do not leave; empty: they do."""
        return composed("; ".join(filter(None, self._refusals)))

    def _tell_round(self, now_us: int) -> None:
        forward, back = self._counted
        self._counted = [NOTHING_COUNTED, NOTHING_COUNTED]
        self._since_round.clear()
        self.state, self._told = "counting", ("counting", self._refusal)
        self._on_counted(OneWayCounted(now_us, "counting", self._refusal, self._round, forward, back))
        self._round += 1

    def close_if_done(self, now_us: int) -> None:
        """Send no more once both traces are at their ends; what is under way is still waited for."""
        if self.closing_us is None and self.near.done and self.far.done:
            self.closing_us = now_us


@dataclass(frozen=True, slots=True)
class _Question:
    """What an end was asked, and when."""

    token: int
    asked_us: int
    key: str
    before: int  # packets of the other end below this number are no longer waited for
    left_us: int  # when the newest of those had left; 0: there are none that are not counted yet
    last: bool  # and there are no more
    stops: bool  # it was told to send no more


class End:
    """One end of a count, for the runner whose probe process is there. Its methods are that runner's thread's."""

    def __init__(self, count: OneWayCount, lock: threading.Lock, side: int, settings: EndSettings) -> None:
        self.other: End
        self.done = False
        self._count = count
        self._lock = lock
        self._side = side
        self._settings = settings
        self._child: Asked | None = None
        self._question: _Question | None = None
        self.begin(0)

    def begin(self, now_us: int) -> None:
        """Know nothing any more of what the probe process has opened."""
        self.port = 0  # its own; 0: it has none yet
        self._knows_peer = False
        self._next_us = now_us
        # Numbers that had left when that was told, and when, the oldest first; those before ``_settled`` are counted.
        self.left: deque[tuple[int, int]] = deque()
        self._settled = self._arrived = self._late = self._overflown = 0
        self._refused = self._strange = 0
        self._asked_for = 0  # packets that it was to send
        # When foreign packets were last seen, and before when none had left that is not counted.
        self._disturbed_us, self._not_left_us = -1, 0
        self._stopped_at: int | None = None  # the number of all packets, once no more are sent
        self.counted = False  # all of them

    @property
    def finished(self) -> bool:
        """Whether nothing is waited for any more."""
        return self._count.state == "off" or self.counted

    def step(self, child: Asked, now_us: int) -> None:
        """Take what the probe process has told, and ask it what is to be asked now."""
        with self._lock:
            if self._count.is_overdue(now_us) and not self.finished:
                self._count.stop(now_us, UNENDED)
            if self._count.state != "off":
                self._step(child, now_us)

    def due_us(self, now_us: int) -> int | None:
        """When ``step`` is to be called although nothing has been told; None: no such time."""
        with self._lock:
            if self._count.state == "off" or self.counted:
                return None
            if self._question is not None:
                closing_us = self._count.closing_us
                return None if closing_us is None else closing_us + CLOSING_MAX_US + 1
            return max(self._next_us, now_us) if self._knows_peer else now_us + LOOK_US

    def finish(self, now_us: int) -> None:
        """The trace that leaves from here is at its end."""
        with self._lock:
            if not self.done:
                self.done = True
                self._count.close_if_done(now_us)

    def gone(self, now_us: int, *, failed: bool) -> None:
        """The probe process is no more, and none takes its place: it failed, or the trace is to end."""
        with self._lock:
            if failed and self._count.state != "off":
                self._count.stop(now_us, f"the probe process {self._settings.place} has ended")
            elif not self.counted:
                self._count.state = "off"

    # ---- with the lock held ---------------------------------------------------------------------------------------

    def _step(self, child: Asked, now_us: int) -> None:
        if child is not self._child:
            self._child, self._question = child, None
            self._count.begin(now_us)
        if not self._count.key:
            self._count.begin(now_us)
        asked = self._question
        if asked is not None:
            told = child.told(asked.token)
            if told is None:
                if now_us - asked.asked_us > ANSWER_US:
                    self._question = None
                    self._count.begin(now_us)
                return
            self._question = None
            if asked.key == self._count.key:
                self._take(asked, told, now_us)
        if self._settings.mark and self._count.state != "off":
            self._count.stop(now_us, NO_MARK)
        if self._count.state != "off":
            self._ask(child, now_us)

    def _ask(self, child: Asked, now_us: int) -> None:
        settings, count = self._settings, self._count
        before, left_us, last, stops = self._settled, 0, False, False
        if not self.port:
            family = 6 if ":" in settings.peer else 4
            text = f"ip-{family} {settings.peer} key {count.key} side {self._side}"
            if settings.address:
                text += f" local-ip-{family} {settings.address}"
            if settings.tos:
                text += f" tos {settings.tos}"
        elif not self._knows_peer:
            if not self.other.port:
                return
            text = f"peer-port {0 if self.other._settings.translated else self.other.port}"  # noqa: SLF001 - its like
        elif now_us < self._next_us or self.counted:
            return
        else:
            self._next_us = now_us + count.round_us
            stops = count.closing_us is not None
            before, left_us, last = self._due(now_us)
            packets = 0 if count.paused or stops else count.packets
            self._asked_for += packets
            text = f"gap {count.gap_ms} send {packets} before {before}"
            if stops:
                self._next_us = now_us + min(count.round_us, CLOSING_ROUND_US)
        self._question = _Question(child.question(f"one-way {text}"), now_us, count.key, before, left_us, last, stops)

    def _due(self, now_us: int) -> tuple[int, int, bool]:
        """The other end's number before which no packet is waited for any more, when it had left, whether it is all."""
        before, left_us, sender = self._settled, 0, self.other
        while sender.left and now_us - sender.left[0][1] >= TIMEOUT_US:
            before, left_us = sender.left.popleft()
        stopped_at = sender._stopped_at  # noqa: SLF001 - its like
        return before, left_us, stopped_at is not None and before >= stopped_at

    def _take(self, asked: _Question, told: Pairs, now_us: int) -> None:
        word, pairs = told
        figures = {name: int(value) for name, value in pairs if value.isdecimal() and len(value) < 12}
        place = self._settings.place
        if word != "one-way":
            error = _error(figures)
            self._count.stop(now_us, NO_COUNT.format(place=place) + (f": {error}" if error else ""))
            return
        if not self._can_be(asked, figures):
            self._count.stop(now_us, NONSENSE.format(place=place), void=True)
            return
        if not self.port:
            self.port = figures["port"]
        elif not self._knows_peer:
            self._knows_peer = True
            self._next_us = now_us
        else:
            self._take_figures(asked, figures, now_us)

    def _can_be(self, asked: _Question, figures: dict[str, int]) -> bool:
        """Whether an end may have counted so, after what it was asked and what it has told before."""
        if (
            not figures.keys() >= FIGURES
            or not 0 < figures["port"] <= PORT_MAX
            or self.port not in (0, figures["port"])
        ):
            return False
        sent, refused, arrived, late = (figures[name] for name in ("sent", "refused", "arrived", "late"))
        left = self.left[-1][0] if self.left else self.other._settled  # noqa: SLF001 - its like
        return (
            left <= sent
            and self._refused <= refused
            and sent + refused <= self._asked_for
            and 0 <= arrived - self._arrived <= asked.before - self._settled
            and self._late <= late
            and arrived + late <= asked.before
            and self._strange <= figures["strange"]
        )

    def _take_figures(self, asked: _Question, figures: dict[str, int], now_us: int) -> None:
        sent, arrived, late = figures["sent"], figures["arrived"], figures["late"]
        left = self.left
        if sent > (left[-1][0] if left else self.other._settled):  # noqa: SLF001 - its like
            left.append((sent, now_us))
        if asked.stops:
            self._stopped_at = sent
        refused, self._refused = figures["refused"] - self._refused, figures["refused"]
        waited = asked.before - self._settled
        come, came_late = arrived - self._arrived, late - self._late
        foreign = self._foreign(figures, waited)
        if foreign:
            self._disturbed_us = now_us
        # Packets that were in flight while foreign ones came may have found no room here: no loss of the path. A round
        # more, for what left before that was told.
        disturbed = self._disturbed_us >= 0 and self._disturbed_us + self._count.round_us >= self._not_left_us
        if waited:
            self._not_left_us = asked.left_us
        self._settled, self._arrived, self._late = asked.before, arrived, late
        refusal = ""
        if refused > 0 and not self.other._settled and not sent:  # noqa: SLF001 - its like
            refusal = f"packets are refused {self._settings.place}: {_error(figures)}"
        self.counted = asked.last
        counted = WayCount(foreign=foreign) if disturbed else WayCount(waited, come, came_late)
        self._count.count(now_us, 1 - self._side, counted, refusal)

    def _foreign(self, figures: dict[str, int], waited: int) -> int:
        """How many packets of others have come since the last answer, or found no room; 0: too few to disturb."""
        strange, overflown = figures["strange"] - self._strange, max(figures["overflown"] - self._overflown, 0)
        self._strange, self._overflown = figures["strange"], figures["overflown"]
        few = not overflown and strange <= FOREIGN_SHARE * max(waited, self._count.packets)
        return 0 if few else strange + overflown


def _error(figures: dict[str, int]) -> str:
    """What the errno of an answer means; empty: it has none."""
    error = figures.get("errno", 0)
    return os.strerror(error) if 0 < error <= ERROR_MAX else ""
