"""The search for the path MTU to one target, hop by hop, without I/O: time and answers go in, probes come out.

It knows the hops already, and asks for one size at one hop at a time, which no router's limit of answers minds.
"""

from __future__ import annotations

import copy
import errno

from ....probe import wire
from ..in_flight import PATIENCE_MIN_US
from ..refusals import NO_ROUTE_REASON, hopeless
from ..send_errors import REFUSALS_MAX
from .path_mtu import HopMtu, PathMtu
from .size_test import FAILED, REFUSED, TOO_BIG, Outcome, SizeTest, SmallProbes
from .steps import MtuSteps, Question, Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...settings import Target, TraceSettings

# An RTT that is longer than this makes no pause between probes longer.
GAP_MAX_US = 2_000_000
SLACK_US = 100_000
CANNOT = "this probe process cannot set Don't Fragment"


class MtuSearch:
    """Finds the path MTU of every hop.

    ``hops`` are TTL, address (None: it never answered) and how small probes fared there, from the first hop to the
    last that answered; ``reached``: that is the target. ``sample`` is a probe that has found them: ours are of the same
    flow. ``next_seq`` names probes.
    ``known`` is what was found for another target, with the last TTL up to which the two share their paths.
    """

    def __init__(
        self,
        target: Target,
        settings: TraceSettings,
        hops: list[tuple[int, str | None, SmallProbes]],
        *,
        reached: bool,
        slowest_us: int,
        sample: wire.ProbeRequest,
        next_seq: Callable[[], int],
        known: tuple[PathMtu, int] | None = None,
    ) -> None:
        self.target = target
        self.finished = False
        self._settings = settings
        self._slowest_us = slowest_us
        self._next_seq = next_seq
        self._reached = reached
        self._sample = sample
        self._rows = [
            Row(ttl, address, small, HopMtu(ttl, address, None, "untested" if address else "silent"))
            for ttl, address, small in hops
        ]
        self._found = MtuSteps(
            self._rows,
            version=target.version,
            limit=settings.size_bytes,
            max_ttl=settings.max_ttl,
            reached=reached,
        )
        self._probes = 0
        self._refusals = 0
        # Whether one probe at a time is in flight: a router quotes too little for more to be told apart.
        self._alone = False
        self._busy_until_us = 0
        self._tests: dict[int, SizeTest] = {}
        self._test: SizeTest | None = None
        self._question: Question = (0, 0, False)
        self._steps = self._found.search(known)
        self._go_on(None)

    @property
    def failure(self) -> str:
        """Why the search could not go on; empty where it could."""
        return self._found.failure

    def due_us(self, now_us: int) -> int | None:
        """When ``step`` is to be called next; None: the search is over."""
        return None if self._test is None else max(now_us, self._test.due_us())

    def step(self, now_us: int) -> list[tuple[int, wire.ProbeRequest]]:
        """Do what is due: probes to send are returned."""
        test = self._test
        if test is None:
            return []
        size_bytes = test.step(now_us)
        if test.outcome is not None:
            self._go_on(test.outcome)
            return self.step(now_us)
        if not size_bytes:
            return []
        seq = self._next_seq()
        patience_us = min(max(2 * self._slowest_us, PATIENCE_MIN_US), self._settings.timeout_s * 1_000_000)
        timeout_s = min(self._settings.timeout_s, patience_us // 1_000_000 + 2)
        gap_us = min(max(self._settings.interval_us // 2, self._slowest_us * 5 // 4), GAP_MAX_US)
        if self._alone:  # halved, it still outlasts the probe
            gap_us = 2 * (timeout_s * 1_000_000 + SLACK_US)
        test.sent(seq, now_us, gap_us, patience_us)
        self._busy_until_us = now_us + timeout_s * 1_000_000 + SLACK_US
        self._tests[seq] = test
        self._probes += 1
        return [(seq, self._request(test.ttl, size_bytes, timeout_s))]

    def answer(self, seq: int, answer: wire.Answer) -> None:
        """Take what the probe process says of a probe."""
        if answer.word == wire.AMBIGUOUS:
            self._part()
            return
        test = self._tests.pop(seq, None)
        if not self._tests:
            self._busy_until_us = 0
        if test is None or test is not self._test:
            return
        if answer.word == wire.NO_REPLY:
            test.lose(seq)
        elif answer.address is not None and answer.rtt_us is not None:
            self._refusals = 0
            self._slowest_us = max(self._slowest_us, answer.rtt_us)
            if answer.mtu is not None:
                test.too_big(seq, Outcome(TOO_BIG, answer.mtu, answer.address, (answer.icmp_type, answer.icmp_code)))
            else:
                test.answered(seq)
        else:
            self._refused(seq, test, answer)
        if test.outcome is not None:
            self._go_on(test.outcome)

    def restart(self) -> None:
        """The probe process was started anew: what was in flight will not be answered, and is no loss."""
        self._tests.clear()
        if self._test is not None:
            self._test = self._new_test()

    @property
    def doing(self) -> str:
        """What is being tried, for people who wait."""
        return "" if self._test is None else f"hop {self._test.ttl}, {self._test.size_bytes} bytes"

    def result(self) -> PathMtu:
        """What is known so far."""
        return PathMtu(
            self.target,
            self._settings.protocol,
            self._found.limit,
            self._found.interface_mtu,
            tuple(row.result for row in self._rows),
            tuple(self._found.falls),
            self._reached,
            "failed" if self.failure else "finished" if self.finished else "unfinished",
            self.failure,
            self._probes,
        )

    # ---- one question after the other

    def _go_on(self, outcome: Outcome | None) -> None:
        """Hand an outcome to the search, and put its next question to the hops."""
        self._test = None
        try:
            self._question = next(self._steps) if outcome is None else self._steps.send(outcome)
        except StopIteration:
            self.finished = True
            return
        self._test = self._new_test()

    def _new_test(self) -> SizeTest:
        ttl, size_bytes, quick = self._question
        small = next((row.small for row in self._rows if row.ttl == ttl), SmallProbes())
        test = SizeTest(ttl, size_bytes, small, quick=quick, tries=self._settings.rounds or 0)
        if self._alone:
            test.hold(self._busy_until_us)
        return test

    def _part(self) -> None:
        """An answer came that may be each of several probes': ask again, one by one, when all of them are gone."""
        if self._test is not None and not self._alone:
            self._alone = True
            self._test = self._new_test()

    def _request(self, ttl: int, size_bytes: int, timeout_s: int) -> wire.ProbeRequest:
        request = copy.copy(self._sample)
        request.ttl = ttl
        request.size = size_bytes
        request.timeout_s = timeout_s
        request.dont_fragment = True
        return request

    def _refused(self, seq: int, test: SizeTest, answer: wire.Answer) -> None:
        """The system did not send a probe: it is too big for the interface, or something is wrong."""
        if answer.word == wire.UNEXPECTED_ERROR and (answer.mtu is not None or answer.reason == str(errno.EMSGSIZE)):
            test.outcome = Outcome(REFUSED, answer.mtu)
            return
        test.unsent(seq)
        self._refusals += 1
        if self._refusals >= REFUSALS_MAX or answer.word == wire.INVALID_ARGUMENT:
            cannot = answer.reason == "dont-fragment-not-supported"
            test.outcome = Outcome(FAILED, reason=CANNOT if cannot else hopeless(answer) or NO_ROUTE_REASON)
