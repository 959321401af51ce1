"""Runs one check beside a trace, without I/O."""

from __future__ import annotations

from dataclasses import replace

from ...probe import wire
from .checks import ArmResult, Check
from .events import CheckChanged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

    from ..settings import Target
    from .checks import Arm, CheckPlan

# A probe that has not been answered for so long is lost.
WAIT_US = 2_000_000
TIMEOUT_S = 2


class CheckEngine:
    """Runs one check; its methods are those of a trace's engine.

    ``trace_request`` makes the trace's own probe for a TTL, ``trace_round`` tells the trace's round.
    """

    def __init__(
        self,
        plan: CheckPlan,
        target: Target,
        sequence: Iterator[int],
        now_us: int,
        *,
        trace_request: Callable[[int], wire.ProbeRequest],
        trace_round: Callable[[], int],
    ) -> None:
        self.plan = plan
        self.finished = False
        self._target = target
        self._sequence = sequence
        self._trace_request = trace_request
        self._trace_round = trace_round
        self._results = [ArmResult(arm.name) for arm in plan.arms]
        self._due_us: list[int | None] = [now_us + arm.delay_us for arm in plan.arms]
        self._pending: dict[int, tuple[int, int]] = {}
        self._started_us = now_us
        self._first_round = trace_round()
        self._paused_us: int | None = None
        self._events: list[CheckChanged] = []
        self._tell(now_us, "running")

    def pause(self, now_us: int) -> None:
        """Stop sending; answers still count."""
        self._paused_us = now_us

    def resume(self, now_us: int) -> None:
        """Send again, from the point where it stopped."""
        if self._paused_us is not None:
            shift_us, self._paused_us = now_us - self._paused_us, None
            self._due_us = [None if due_us is None else due_us + shift_us for due_us in self._due_us]

    def end(self, now_us: int, reason: str) -> None:
        """End it before its time."""
        if not self.finished:
            self.finished = True
            self._pending.clear()
            self._tell(now_us, "ended", reason)

    def next_due_us(self) -> int | None:
        """When ``step`` is to be called next; None: not before it is resumed, or never."""
        if self.finished:
            return None
        due = [sent_us + WAIT_US for _, sent_us in self._pending.values()]
        if self._paused_us is None:
            due += [due_us for due_us in self._due_us if due_us is not None]
        return min(due, default=None)

    def step(self, now_us: int) -> list[tuple[int, wire.ProbeRequest]]:
        """Do what is due: probes to send are returned."""
        orders: list[tuple[int, wire.ProbeRequest]] = []
        if self.finished:
            return orders
        for seq, (at, sent_us) in list(self._pending.items()):
            if sent_us + WAIT_US <= now_us:
                del self._pending[seq]
                self._settle(at, now_us, lost=1)
        for at, arm in enumerate(self.plan.arms):
            due_us = self._due_us[at]
            if due_us is None or due_us > now_us or self._paused_us is not None or self.finished:
                continue
            seq = next(self._sequence)
            orders.append((seq, self._request(arm)))
            self._pending[seq] = (at, now_us)
            result = self._results[at] = replace(self._results[at], sent=self._results[at].sent + 1)
            # A late wake-up does not make two probes follow each other sooner.
            self._due_us[at] = now_us + arm.interval_us if result.sent < arm.count else None
            self._tell(now_us, "running")
        self._finish_if_over(now_us)
        return orders

    def answer(self, seq: int, answer: wire.Answer, now_us: int) -> None:
        """Take what the probe process says of a probe; one that is not pending any more is ignored."""
        if answer.word == wire.AMBIGUOUS:  # its answer proper may still come
            return
        entry = self._pending.pop(seq, None)
        if entry is None or self.finished:
            return
        at, _ = entry
        if answer.word in wire.FROM_NETWORK and answer.address is not None:
            of_target = answer.address == self._target.address and answer.word != wire.TTL_EXPIRED
            mine = of_target or answer.word == wire.REPLY
            refused = answer.word not in {wire.REPLY, wire.TTL_EXPIRED} and not mine
            refusal = (answer.address, answer.icmp_type, answer.icmp_code) if refused else self._results[at].refusal
            self._settle(at, now_us, answered=1, from_target=int(mine), refusal=refusal)
        elif answer.word == wire.NO_REPLY:
            self._settle(at, now_us, lost=1)
        else:
            self._due_us[at] = None
            self._settle(at, now_us, sent=-1, failure=answer.word)
        self._finish_if_over(now_us)

    def take_events(self) -> list[CheckChanged]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    # ---- inside -----------------------------------------------------------------------------------------------

    def _request(self, arm: Arm) -> wire.ProbeRequest:
        if not arm.protocol:
            return self._trace_request(arm.ttl)
        like = self._trace_request(arm.ttl)
        return wire.ProbeRequest(
            like.version,
            like.address,
            arm.protocol,
            port=arm.port,
            local_address=like.local_address,
            local_device=like.local_device,
            ttl=arm.ttl,
            size=like.size,
            bit_pattern=like.bit_pattern,
            tos=like.tos,
            timeout_s=TIMEOUT_S,
            mark=like.mark,
            detail=like.detail,
            zone=like.zone,
            payload=arm.payload if like.detail else "",
            # A server need not put the pieces of an Initial together (RFC 9000 section 14).
            dont_fragment=like.detail and arm.payload == wire.QUIC_INITIAL,
        )

    def _settle(
        self,
        at: int,
        now_us: int,
        *,
        sent: int = 0,
        answered: int = 0,
        lost: int = 0,
        from_target: int = 0,
        refusal: tuple[str, int | None, int | None] | None = None,
        failure: str = "",
    ) -> None:
        before, arm = self._results[at], self.plan.arms[at]
        made = self._results[at] = replace(
            before,
            sent=before.sent + sent,
            answered=before.answered + answered,
            lost=before.lost + lost,
            from_target=before.from_target + from_target,
            refusal=refusal or before.refusal,
            failure=failure or before.failure,
        )
        if arm.patience and not made.answered and made.lost >= arm.patience:
            self._due_us[at] = None
        self._tell(now_us, "running")

    def _finish_if_over(self, now_us: int) -> None:
        enough = self.plan.enough and any(result.from_target >= self.plan.enough for result in self._results)
        if not self.finished and (enough or (not self._pending and self._due_us.count(None) == len(self._due_us))):
            self.finished = True
            self._pending.clear()
            self._tell(now_us, "done")

    def _tell(self, now_us: int, state: Literal["running", "done", "ended"], reason: str = "") -> None:
        check = Check(
            self.plan,
            state,
            tuple(self._results),
            self._first_round,
            self._trace_round(),
            self._started_us,
            now_us,
            reason,
        )
        self._events.append(CheckChanged(now_us, check))
