"""Active checks: a few probes beside a trace that settle what the trace alone cannot.

A check of probes runs one or several arms at the same time, each so many probes of one kind at an even pace. Its probes
count nowhere in the trace. Where it is ``exclusive``, the trace leaves its hop to it, so that the router meets the
check's rate alone; those rounds count nowhere either. A search for the path MTU has no arms.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from ..protocols import ProtocolName
    from .mtu.path_mtu import PathMtu


class CheckKind(Enum):
    """What a check does."""

    HALF_RATE = "half-rate"  # probe a hop at half the rate: a rate limit then leaves fewer probes unanswered
    OTHER_PROTOCOLS = "other-protocols"  # try other protocols at a target that is silent
    TARGET_ALONE = "target-alone"  # probe the target by other protocols beside the trace: do they lose as much?
    PATH_MTU = "path-mtu"  # find the path MTU; it has no arms


@dataclass(frozen=True, slots=True)
class Arm:
    """One kind of probe of a check."""

    # As verdicts and reports call it: "TCP 443", "half rate".
    name: str
    # Of the hop that is probed, 1 to 255.
    ttl: int
    # Probes to send, at least 1.
    count: int
    # From one probe to the next.
    interval_us: int
    # Empty: the trace's own probes for this TTL.
    protocol: ProtocolName | Literal[""] = ""
    # Target port, 0 where the protocol has none.
    port: int = 0
    # After so many probes, all of them lost, the arm sends no more; 0: it sends all.
    patience: int = 0
    # Until the first probe.
    delay_us: int = 0
    # What its UDP probes carry, by its name in the line protocol, where the probe process knows that.
    payload: str = ""


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """What is to be done."""

    # By which verdicts find its outcome.
    kind: CheckKind
    # Of the hop that it is about, 1 to 255.
    ttl: int
    # None of a search for the path MTU.
    arms: tuple[Arm, ...]
    # What it does, as an imperative.
    question: str
    # What its outcome would tell, a sentence.
    meaning: str
    # The trace does not probe the hop meanwhile.
    exclusive: bool = False
    # So many answers of the target to one arm end the check before its time; 0: they do not.
    enough: int = 0
    # Of a search for the path MTU: how far this host does not hear what routers say of sizes (Linux's
    # net.ipv4.ip_no_pmtu_disc, 0 to 3; 0: it does).
    discards: int = 0

    @property
    def probes(self) -> int:
        """How many probes it sends at most."""
        return sum(arm.count for arm in self.arms)

    @property
    def duration_us(self) -> int:
        """How long it takes at most, but for the wait for its last answers."""
        return max((arm.delay_us + arm.count * arm.interval_us for arm in self.arms), default=0)


@dataclass(frozen=True, slots=True)
class ArmResult:
    """What became of an arm's probes; those of ``sent`` that are neither answered nor lost are pending."""

    # That of the arm.
    name: str
    # Probes that left this host.
    sent: int = 0
    # Of ``sent``, by whomever.
    answered: int = 0
    # Of ``sent``: not answered in time.
    lost: int = 0
    # Of ``answered``: by the target itself.
    from_target: int = 0
    # The latest answer that said that there is no onward route: address, ICMP type and code. None: none did.
    refusal: tuple[str, int | None, int | None] | None = None
    # The word with which this host refused to send; empty where it did not.
    failure: str = ""

    @property
    def completed(self) -> int:
        """Probes that were answered or lost."""
        return self.answered + self.lost


@dataclass(frozen=True, slots=True)
class Check:
    """A check at one moment."""

    # What was to be done.
    plan: CheckPlan
    # ``ended``: before its time, for ``reason``.
    state: Literal["running", "done", "ended"]
    # One an arm, in their order.
    results: tuple[ArmResult, ...]
    # The trace's rounds, from 0: the first and the latest that it ran beside.
    first_round: int
    # The latest of them.
    last_round: int
    # Monotonic: when it began, and now.
    started_us: int
    # Monotonic: the moment that this is the picture of.
    time_us: int
    # Empty where it did not end before its time.
    reason: str = ""
    # Of a search for the path MTU: what is being tried.
    doing: str = ""
    # Of a search for the path MTU that is done: what was found.
    mtu: PathMtu | None = None

    @property
    def sent(self) -> int:
        """How many probes have gone out."""
        return sum(result.sent for result in self.results)

    @property
    def text(self) -> str:
        """What came of it, for the log: counts and no judgement."""
        if self.state == "ended":
            return f"check ended: {self.reason}"
        if self.mtu is not None:
            return f"path MTU: {'not found' if self.mtu.mtu is None else f'{self.mtu.mtu} bytes'}"
        return f"{self.plan.question}: {self.counts}"

    @property
    def counts(self) -> str:
        """How many probes of each arm were answered."""
        return ", ".join(_said(result) for result in self.results if result.completed or result.failure)


def _said(result: ArmResult) -> str:
    if result.failure and not result.completed:
        return f"{result.name} not sent"
    return f"{result.name} {result.answered} of {result.completed} answered"
