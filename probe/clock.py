"""The system's clocks in integer nanoseconds; Python 3.6 has them as floating-point seconds alone."""

try:
    from time import monotonic_ns, time_ns
except ImportError:
    from time import monotonic, time

    def monotonic_ns() -> int:
        """The steady clock."""
        return int(monotonic() * 1_000_000_000)

    def time_ns() -> int:
        """The real-time clock, to a quarter of a microsecond."""
        return int(time() * 1_000_000_000)


__all__ = ["monotonic_ns", "time_ns"]
