"""One size tried at one hop: does it get there, does somebody say that it is too big, or does it vanish? Without I/O.

One probe cannot tell a black hole from loss, nor from a router that rate-limits its replies. So small probes go to the
same hop in between, and a size counts as lost only when every one of at least five large probes was lost, a small one
was answered meanwhile, and the chance of that, if size did not matter, is below 1 % (Fisher's exact test).
"""

from __future__ import annotations

from dataclasses import dataclass

from ...ranges import MTU_TRIES
from ...statistics.exact_tests import fisher_greater

SMALL_BYTES = 64
LOST_MIN, LARGE_MAX = int(MTU_TRIES.low), int(MTU_TRIES.high)
CHANCE_MAX = 0.01
# Small probes answered at a hop after which a test sends no more than it takes to see that the hop still answers.
SMALL_ENOUGH = 5
# A test that only looks for a short cut gives up after so many losses.
QUICK_LOST = 2

PASSED = "passed"
TOO_BIG = "too-big"
REFUSED = "refused"  # by this host's own interface
LOST = "lost"
UNCLEAR = "unclear"
FAILED = "failed"


@dataclass(slots=True)
class SmallProbes:
    """How the small probes to one hop have fared in all; those of which nothing is known yet are not in it."""

    answered: int = 0  # by the hop
    lost: int = 0  # without an answer in time


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test ended."""

    kind: str  # PASSED, TOO_BIG, REFUSED, LOST, UNCLEAR or FAILED
    mtu: int | None = None  # bytes that the router (TOO_BIG) or the interface (REFUSED) gives; None: it gives none
    reporter: str = ""  # the address of the router (TOO_BIG); empty: none
    icmp: tuple[int | None, int | None] = (None, None)  # type and code of its message; None: not known
    lost: int = 0  # large probes that were lost: all that were sent (LOST, UNCLEAR)
    small: tuple[int, int] = (0, 0)  # small probes to the hop, answered and lost (LOST, UNCLEAR)
    chance: float = 1.0  # of such counts if size did not matter, 0 to 1
    reason: str = ""  # why probes could not be sent (FAILED); empty: they could


class SizeTest:
    """Sends probes of ``size_bytes`` to the hop at ``ttl`` until an outcome is certain enough.

    Large and small probes go by turns, ``gap_us`` apart from one large one to the next; each is waited for
    ``patience_us``. ``step`` says which sizes are to be sent now; the owner names the probes, and reports answers with
    ``passed`` and ``small_answered``.
    """

    def __init__(self, ttl: int, size_bytes: int, small: SmallProbes, *, quick: bool, tries: int = LOST_MIN) -> None:
        self.ttl = ttl
        self.size_bytes = size_bytes
        self.outcome: Outcome | None = None
        self._small = small
        self._quick = quick
        self._tries = min(max(tries, LOST_MIN), LARGE_MAX)
        # Of the probes sent: which are small, and of those in flight until when they are waited for.
        self._is_small: dict[int, bool] = {}
        self._until_us: dict[int, int] = {}
        self._sent = 0
        self._lost = 0
        self._small_seen = False
        self._next_us = 0
        self._turn_is_small = False

    def due_us(self) -> int:
        """When ``step`` is to be called next."""
        due = list(self._until_us.values())
        if not self._has_enough():
            due.append(self._next_us)
        return min(due, default=0)

    def step(self, now_us: int) -> int:
        """The size of the probe to send now; 0 for none."""
        for seq in [seq for seq, until_us in self._until_us.items() if until_us <= now_us]:
            self.lose(seq)
        if self.outcome is not None or now_us < self._next_us or self._has_enough():
            return 0
        return SMALL_BYTES if self._turn_is_small else self.size_bytes

    def sent(self, seq: int, now_us: int, gap_us: int, patience_us: int) -> None:
        """The probe that ``step`` asked for went out; the next large one follows after ``gap_us``."""
        small = self._turn_is_small
        self._is_small[seq] = small
        self._until_us[seq] = now_us + patience_us
        self._sent += not small
        self._turn_is_small = not small and self._wants_small()
        self._next_us = now_us + (gap_us // 2 if small or self._turn_is_small else gap_us)

    def hold(self, until_us: int) -> None:
        """Send nothing before this time."""
        self._next_us = until_us

    def answered(self, seq: int) -> None:
        """The hop answered a probe of this test, be it late."""
        late = self._until_us.pop(seq, None) is None
        if not self._is_small[seq]:
            self.outcome = Outcome(PASSED)
            return
        self._small_seen = True
        self._small.answered += 1
        self._small.lost -= late
        self._conclude()

    def lose(self, seq: int) -> None:
        """A probe will not be answered."""
        if self._until_us.pop(seq, None) is None:
            return
        if self._is_small[seq]:
            self._small.lost += 1
        else:
            self._lost += 1
        self._conclude()

    def too_big(self, seq: int, outcome: Outcome) -> None:
        """Somebody says that a probe was too big; who says so of a small one is not believed."""
        if self._is_small[seq]:
            self.lose(seq)
        else:
            self.outcome = outcome

    def unsent(self, seq: int) -> None:
        """The system did not send a probe: it counts nowhere, and is made up for."""
        if self._until_us.pop(seq, None) is not None:
            self._sent -= not self._is_small[seq]

    def _wants_small(self) -> bool:
        return not self._quick and (not self._small_seen or self._small.answered < SMALL_ENOUGH)

    def _has_enough(self) -> bool:
        """Whether the probes that are out may decide the test."""
        if self._turn_is_small:
            return False
        most = QUICK_LOST if self._quick else self._tries
        return self._sent >= LARGE_MAX or (self._sent >= most and self._lost < self._sent)

    def _conclude(self) -> None:
        if self.outcome is not None or not self._sent or self._lost < self._sent:
            return
        if self._quick:
            if self._lost >= QUICK_LOST:
                self.outcome = Outcome(LOST, lost=self._lost)
            return
        small = (self._small.answered, self._small.lost)
        chance = fisher_greater(self._lost, self._lost, self._small.lost, sum(small))
        if self._lost >= self._tries and self._small_seen and chance < CHANCE_MAX:
            self.outcome = Outcome(LOST, lost=self._lost, small=small, chance=chance)
        elif self._lost >= LARGE_MAX and not self._until_us:
            self.outcome = Outcome(UNCLEAR, lost=self._lost, small=small, chance=chance)
