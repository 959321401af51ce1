"""Round-trip times from the kernel's stamps, guarded against steps of the clock that they are taken from."""

from __future__ import annotations

# The real-time clock may drift from the steady one, and the two readings lie a little apart; more is a step.
STEP_NS = 1_000_000
DRIFT_DIVISOR = 1000
# A send stamp is taken after ours, but one that a rounding puts just before it is believed.
EARLY_NS = 1000

KERNEL, USER = "kernel", "user"


def round_trip(  # noqa: PLR0917 - three moments on two clocks
    sent_steady_ns: int, sent_real_ns: int, tx_ns: int, rx_ns: int, now_steady_ns: int, now_real_ns: int
) -> tuple[int, str]:
    """The round-trip time in microseconds and the clock that measured it.

    ``sent_*`` were read just before the send, ``now_*`` when the answer was read. ``tx_ns`` and ``rx_ns`` are the
    kernel's stamps on the real-time clock, 0 where missing; without ``tx_ns`` our own reading stands in. ``kernel``
    means that the arrival was stamped by the kernel and the real-time clock did not step in between.
    """
    elapsed_ns = now_steady_ns - sent_steady_ns
    if rx_ns and abs(now_real_ns - sent_real_ns - elapsed_ns) <= STEP_NS + elapsed_ns // DRIFT_DIVISOR:
        start_ns = tx_ns if sent_real_ns - EARLY_NS <= tx_ns <= rx_ns else sent_real_ns
        rtt_ns = rx_ns - start_ns
        if 0 <= rtt_ns <= elapsed_ns + STEP_NS:
            return (rtt_ns + 500) // 1000, KERNEL
    return (max(elapsed_ns, 0) + 500) // 1000, USER
