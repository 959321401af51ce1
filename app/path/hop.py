"""One TTL of a path while it is measured: counts, figures, who answered, and a bounded history."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING

from ...probe.wire import REPLY, TTL_EXPIRED, Label
from ..ranges import ADDRESSES_MAX
from .cuts import Unreachable
from .rtt_statistics import RunningStatistics
from .snapshot import (
    FAILED,
    NOT_SENT,
    OTHER_FLOW,
    PENDING,
    UNANSWERED,
    UNREACHABLE,
    Hop,
    Responder,
    Rewrites,
)

if TYPE_CHECKING:
    from ...probe.interface import Interface
    from ..trace.events import ProbeAnswered

OTHERS = -1  # of an address beyond those that are kept; the target's is kept always, lest forged ones hide the end
LATELY = 32  # so many of the latest rounds show who answers at a hop now
UNREACHABLES_MAX = 16  # so many reports of unreachables are told apart at a hop, by address and code

Kind = tuple[str, int | None, int | None]


class LiveResponder:
    """One address that answered at a hop."""

    __slots__ = (
        "_kinds",
        "address",
        "first_us",
        "frozen",
        "interfaces",
        "labels",
        "last_us",
        "latest",
        "rewrites",
        "statistics",
    )

    def __init__(self, address: str, now_us: int) -> None:
        self.address = address
        self.first_us = now_us
        self.last_us = now_us
        self.statistics = RunningStatistics()
        self.labels: tuple[Label, ...] = ()
        self.interfaces: tuple[Interface, ...] = ()
        self.latest: ProbeAnswered | None = None
        self.frozen: Responder | None = None
        self._kinds: Counter[Kind] = Counter()
        self.rewrites = Rewrites()

    def add(self, answer: ProbeAnswered) -> None:
        """Take an answer of this address."""
        self.statistics.add(answer.rtt_us)
        self.last_us = answer.time_us
        self.latest = answer
        if answer.labels:
            self.labels = answer.labels
        if answer.interfaces:
            self.interfaces = answer.interfaces
        if answer.rewritten is not None:
            self.rewrites = self.rewrites.and_one(answer.rewritten)
        self._kinds[answer.word, answer.icmp_type, answer.icmp_code] += 1
        self.frozen = None

    def freeze(self) -> Responder:
        """This address at this moment."""
        if self.frozen is None:
            latest = self.latest
            self.frozen = Responder(
                self.address,
                self.statistics.freeze(),
                self.labels,
                tuple((*kind, often) for kind, often in self._kinds.items()),
                latest.reply_ttl if latest else None,
                latest.quoted_ttl if latest else None,
                latest.quoted_tos if latest else None,
                self.first_us,
                self.last_us,
                self.rewrites,
                self.interfaces,
            )
        return self.frozen


class LiveHop:
    """One TTL; the path tells it what happened, by index into the history."""

    def __init__(self, ttl: int, rounds: int, target: str = "") -> None:
        self.ttl = ttl
        self.others = 0
        self.duplicates = 0
        self.duplicates_elsewhere = 0
        self._target = target
        self._latest_is_kept = False
        self.sent = 0
        self.received = 0
        self.pending = 0
        self.shared = False
        self.statistics = RunningStatistics()
        self.responders: list[LiveResponder] = []
        self.latest = -1
        self.error = ""
        self.waiting = False
        self._shared_seqs: set[int] = set()
        self._index: dict[str, int] = {}
        self._rtts_us = array("i", [NOT_SENT]) * rounds
        self._answered_by = array("h", [-1]) * rounds
        self._flows = array("h", [OTHER_FLOW]) * rounds
        # For each flow, by whom it was answered last.
        self._latest_of: dict[int, int] = {}
        self._base_us = -1
        self.cut_off = 0
        self.failed = 0
        self._unreachables: dict[tuple[str, str, int | None, int | None], tuple[int, int, int]] = {}

    def extend(self) -> None:
        """A new round begins."""
        self._rtts_us.append(NOT_SENT)
        self._answered_by.append(-1)
        self._flows.append(OTHER_FLOW)

    def forget_flows(self) -> None:
        """Flows mean something else from here on."""
        self._flows = array("h", [OTHER_FLOW]) * len(self._flows)
        self._latest_of.clear()

    def trim(self, rounds: int) -> None:
        """Forget the oldest rounds of the history."""
        del self._rtts_us[:rounds]
        del self._answered_by[:rounds]
        del self._flows[:rounds]

    def probe_sent(self, at: int, seq: int, flow: int, *, shared: bool) -> None:
        """A probe of a flow went out, or (shared) another target's stands for it."""
        self.sent += 1
        self.pending += 1
        self.waiting = True
        if shared:
            self._shared_seqs.add(seq)
        self._note(at, PENDING)
        if 0 <= at < len(self._flows):
            self._flows[at] = flow

    def answers_from(self, address: str) -> bool:
        """Whether an address has answered here."""
        return address in self._index

    def probe_answered(self, at: int, answer: ProbeAnswered, *, error: bool = True) -> int:
        """A probe was answered; the index of the address is returned, OTHERS where it is one too many to be kept.

        ``error``: the path ends here if it is an unreachable.
        """
        self._settle(answer.seq)
        index = self._index.get(answer.address, OTHERS)
        if index == OTHERS and (len(self.responders) < ADDRESSES_MAX or answer.address == self._target):
            index = self._index[answer.address] = len(self.responders)
            self.responders.append(LiveResponder(answer.address, answer.time_us))
        if index == OTHERS:
            self.others += 1
        else:
            self.responders[index].add(answer)
            self.latest = index
        self._latest_is_kept = index != OTHERS
        self.statistics.add(answer.rtt_us)
        if self._base_us < 0 or answer.rtt_us < self._base_us:
            self._base_us = answer.rtt_us
        self.received += 1
        if not answer.late:
            self.pending -= 1
        self.error = "" if answer.word in {REPLY, TTL_EXPIRED} or not error else answer.word
        self.waiting = False
        self._note(at, answer.rtt_us, index)
        flow = self._flows[at] if 0 <= at < len(self._flows) else OTHER_FLOW
        if flow >= 0:
            self._latest_of[flow] = index
        else:
            self._latest_of.clear()
        return index

    def rebase(self, at: int) -> None:
        """The base is that of the rounds from an index of the history on."""
        self._base_us = min((value for value in self._rtts_us[max(0, at) :] if value >= 0), default=-1)

    def probe_duplicated(self, *, elsewhere: bool) -> None:
        """A duplicate reply to a probe came; ``elsewhere``: of another address than the first."""
        self.duplicates += 1
        self.duplicates_elsewhere += elsewhere

    def probe_lost(self, at: int, seq: int) -> None:
        """A probe is lost."""
        self._settle(seq)
        self.pending -= 1
        self._note(at, UNANSWERED)

    def probe_cut_off(self, at: int, answer: ProbeAnswered) -> None:
        """A probe is lost: a router before this hop reported an unreachable."""
        self._settle(answer.seq)
        if not answer.late:
            self.pending -= 1
        self.cut_off += 1
        self._note(at, UNREACHABLE)

    def reported(self, answer: ProbeAnswered) -> None:
        """A router that answers here reported an unreachable, to a probe of this hop or of a later one."""
        key = answer.address, answer.word, answer.icmp_type, answer.icmp_code
        count, first_us, _ = self._unreachables.pop(key, (0, answer.time_us, 0))
        self._unreachables[key] = count + 1, first_us, answer.time_us
        if len(self._unreachables) > UNREACHABLES_MAX:
            del self._unreachables[next(iter(self._unreachables))]

    def probe_failed(self, at: int, seq: int, *, late: bool, refused: bool = True) -> None:
        """A probe did not go out; ``late``: it had been counted as lost. ``refused``: by this host, not withdrawn."""
        self.failed += refused
        self._shared_seqs.discard(seq)
        self.sent -= 1
        if not late:
            self.pending -= 1
        self._note(at, FAILED)

    def is_end(self, target: str) -> bool:
        """Whether the latest answer is the target's, or the final answer of a host that stands for it."""
        return self._latest_is_kept and self._ends(self.latest, target)

    def is_end_of_all(self, target: str) -> bool:
        """Whether that is so for each of the flows that were here since they were told apart."""
        return self.is_end(target) and all(self._ends(index, target) for index in self._latest_of.values())

    def _ends(self, index: int, target: str) -> bool:
        if index == OTHERS:
            return False
        responder = self.responders[index]
        word = responder.latest.word if responder.latest is not None else ""
        return word == REPLY or (responder.address == target and word != TTL_EXPIRED)

    def latest_of(self, address: str) -> int:
        """How many of the latest answers in a row are an address's; no more than twenty are looked at."""
        count = 0
        for responder in reversed(self._answered_by[-20:]):
            if responder >= 0:
                if self.responders[responder].address != address:
                    break
                count += 1
        return count

    def answered_lately(self, since: int, target: str, *, end: bool) -> bool:
        """Whether an end of the path (or, without ``end``, a router on it) is among the latest answers.

        No answer before an index of the history counts, nor any but the latest LATELY rounds.
        """
        recent = self._answered_by[max(0, since, len(self._answered_by) - LATELY) :]
        return any(self._ends(responder, target) == end for responder in {*recent} if responder >= 0)

    def answered_before(self, at: int, target: str) -> bool:
        """Whether the target itself was the last to answer here before an index of the history."""
        for responder in reversed(self._answered_by[max(0, at - 20) : max(0, at)]):
            if responder >= 0:
                return self.responders[responder].address == target and self._ends(responder, target)
        return False

    def __len__(self) -> int:
        """How many rounds the history holds."""
        return len(self._rtts_us)

    def history(self, begin: int, end: int) -> tuple[array[int], array[int]]:
        """A part of the history: times, and who answered."""
        return self._rtts_us[begin:end], self._answered_by[begin:end]

    def history_at(self, at: int) -> int:
        """The value of the history at an index; NOT_SENT where it does not reach."""
        return self._rtts_us[at] if 0 <= at < len(self._rtts_us) else NOT_SENT

    def freeze(self, rounds: int, minutes: tuple[memoryview, memoryview]) -> Hop:
        """This hop at this moment, with the newest rounds of its history, and its minutes: worst times, and losses."""
        return Hop(
            ttl=self.ttl,
            sent=self.sent,
            received=self.received,
            pending=self.pending,
            statistics=self.statistics.freeze(),
            responders=tuple(responder.freeze() for responder in self.responders),
            latest=self.latest,
            error=self.error,
            waiting=self.waiting,
            rtts_us=memoryview(self._rtts_us[-rounds:] if rounds else array("i")).toreadonly(),
            answered_by=memoryview(self._answered_by[-rounds:] if rounds else array("h")).toreadonly(),
            flows=memoryview(self._flows[-rounds:] if rounds else array("h")).toreadonly(),
            shared=self.shared,
            others=self.others,
            duplicates=self.duplicates,
            duplicates_elsewhere=self.duplicates_elsewhere,
            minute_worst_us=minutes[0],
            minute_lost=minutes[1],
            base_us=self._base_us,
            cut_off=self.cut_off,
            failed=self.failed,
            unreachables=tuple(Unreachable(*key, *often) for key, often in self._unreachables.items()),
        )

    def _settle(self, seq: int) -> None:
        """A probe counts; if another target's stood for it, the hop is shared."""
        if seq in self._shared_seqs:
            self._shared_seqs.remove(seq)
            self.shared = True

    def _note(self, at: int, value: int, index: int = -1) -> None:
        if 0 <= at < len(self._rtts_us):
            self._rtts_us[at] = value
            self._answered_by[at] = index
