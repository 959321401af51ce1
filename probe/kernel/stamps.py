"""RTTs from the kernel's stamps, guarded against steps of the clock that they are taken from."""

from ..clock import monotonic_ns, time_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# The real-time clock may drift from the steady one, and the two readings lie a little apart; more is a step.
STEP_NS = 1_000_000
DRIFT_DIVISOR = 1000
# A send stamp is taken after ours, but one that a rounding puts just before it is believed.
EARLY_NS = 1000
# Two readings that are at most so far apart belong together.
TOGETHER_NS = 50_000
TRIES = 5
# How old the common reading may be against which a doubtful one is checked.
REFERENCE_NS = 1_000_000_000

KERNEL, USER = "kernel", "user"


def stepped(then_steady_ns: int, then_real_ns: int, now_steady_ns: int, now_real_ns: int) -> bool:
    """Whether the real-time clock seems to have stepped between two common readings of both clocks."""
    elapsed_ns = now_steady_ns - then_steady_ns
    return abs(now_real_ns - then_real_ns - elapsed_ns) > STEP_NS + elapsed_ns // DRIFT_DIVISOR


def stamped_ns(sent_real_ns: int, tx_ns: int, rx_ns: int, elapsed_ns: int) -> "int | None":
    """The RTT by the kernel's stamps; None if they contradict what has passed on the steady clock.

    ``sent_real_ns`` was read just before the send, and stands in for ``tx_ns`` where that is missing (0) or impossible.
    """
    start_ns = tx_ns if sent_real_ns - EARLY_NS <= tx_ns <= rx_ns else sent_real_ns
    rtt_ns = rx_ns - start_ns
    return rtt_ns if 0 <= rtt_ns <= elapsed_ns + STEP_NS else None


def unstepped_ns(stamped: int, step_ns: int, elapsed_ns: int) -> int:
    """The RTT of a probe during which the real-time clock has stepped.

    ``stamped`` is the span on that clock, right if the step came after the arrival; if it came before, it is too long
    by ``step_ns``. Where both can be, or neither, it is ``elapsed_ns``: what has passed until the answer was read.
    """
    possible = [rtt_ns for rtt_ns in (stamped, stamped - step_ns) if -TOGETHER_NS <= rtt_ns <= elapsed_ns]
    return possible[0] if len(possible) == 1 else elapsed_ns


class Clocks:
    """The two clocks that measure: a steady one, and the real-time one that the kernel's stamps are taken from."""

    __slots__ = ("_reference", "kernel_measures", "real_ns", "steady_ns")

    def __init__(self, steady_ns: "Callable[[], int]" = monotonic_ns, real_ns: "Callable[[], int]" = time_ns) -> None:
        self.steady_ns = steady_ns
        self.real_ns = real_ns
        self.kernel_measures = False  # the latest RTT
        self._reference = self._together()

    def _together(self) -> "tuple[int, int]":
        """Readings of both clocks that belong together, even if the process is held up in between now and then."""
        for _ in range(TRIES):
            before_ns = self.steady_ns()
            real_ns = self.real_ns()
            after_ns = self.steady_ns()
            if after_ns - before_ns <= TOGETHER_NS:
                break
        return (before_ns + after_ns) // 2, real_ns

    def refresh(self, now_us: int) -> None:
        """Renew the reading that doubtful ones are checked against, if it is old; to be called before sends."""
        if now_us * 1000 - self._reference[0] > REFERENCE_NS:
            self._reference = self._together()

    def round_trip(self, sent_steady_ns: int, sent_real_ns: int, tx_ns: int, rx_ns: int) -> "tuple[int, str]":
        """The RTT in microseconds of an answer that is read now, and the clock that measured it.

        ``sent_*`` were read just before the send. ``tx_ns`` and ``rx_ns`` are the kernel's stamps on the real-time
        clock, 0 where missing. ``kernel`` means that the arrival was stamped by the kernel, and that the real-time
        clock did not step in between. If it did, the step can have come before the arrival or after it; where only
        one of the two is possible, the RTT is still that between the stamps.
        """
        now_steady_ns = self.steady_ns()
        elapsed_ns = now_steady_ns - sent_steady_ns
        if rx_ns:
            real_ns = self.real_ns()
            doubtful = stepped(sent_steady_ns, sent_real_ns, now_steady_ns, real_ns)
            if doubtful and self._reference[0] <= sent_steady_ns:
                # A step, or one of our readings was held up between the clocks: then others do not show it.
                doubtful = stepped(*self._reference, *self._together())
            rtt_ns = None if doubtful else stamped_ns(sent_real_ns, tx_ns, rx_ns, elapsed_ns)
            if rtt_ns is not None:
                self.kernel_measures = True
                return (rtt_ns + 500) // 1000, KERNEL
            if doubtful:
                elapsed_ns = unstepped_ns(rx_ns - sent_real_ns, real_ns - sent_real_ns - elapsed_ns, elapsed_ns)
        self.kernel_measures = False
        return (max(elapsed_ns, 0) + 500) // 1000, USER
