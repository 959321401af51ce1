"""The range of each number that a user may set: one definition for options, configuration, prompts and targets.

What the probe process takes (``probe.limits``) ends them where it is the narrower. Imported before ``--help`` is
answered, so nothing costly is.
"""

from __future__ import annotations

from ..probe.limits import LOCAL_PORT_MIN, MARK_MAX, PORT_MAX, SIZE_MAX_BYTES, SIZE_MIN_BYTES, TTL_MAX

# So many addresses of a hop are kept, as in mtr; answers of further ones are counted together.
ADDRESSES_MAX = 128


class Range:
    """Numbers from ``low`` to ``high``, both included; ``what`` they are, for messages."""

    __slots__ = ("high", "low", "what")

    def __init__(self, low: float, high: float, what: str = "a whole number") -> None:
        self.low = low
        self.high = high
        self.what = what

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high  # what is not a number compares false

    @property
    def text(self) -> str:
        """``28 to 9000``, as a prompt says it."""
        return f"{_written(self.low)} to {_written(self.high)}"

    @property
    def expected(self) -> str:
        """``bytes from 28 to 9000``, as a message says it."""
        return f"{self.what} from {self.text}"


def _written(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


INT_MAX = 2**31 - 1
SECONDS_MAX = 86_400

PORT = Range(1, PORT_MAX, "a port")
LOCAL_PORT = Range(LOCAL_PORT_MIN, PORT_MAX, "a port")
SIZE = Range(SIZE_MIN_BYTES, SIZE_MAX_BYTES, "bytes")
BIT_PATTERN = Range(-1, 255)
TOS = Range(0, 255)
MARK = Range(0, MARK_MAX)
TTL = Range(1, TTL_MAX)
UNKNOWN_HOPS = Range(1, TTL_MAX)
SHOWN_ADDRESSES = Range(1, ADDRESSES_MAX)
FLOWS = Range(0, 256, "auto, or a whole number")
ROUNDS = Range(1, INT_MAX)
MTU_SIZE = Range(68, SIZE_MAX_BYTES, "bytes")  # 68 is what every link takes (RFC 791)
MTU_TRIES = Range(5, 15)  # how often a size is tried before it counts as lost
INTERVAL_S = Range(0.01, SECONDS_MAX, "seconds")
GRACETIME_S = Range(0.000001, SECONDS_MAX, "seconds")
TIMEOUT_S = Range(1, 2147, "whole seconds")
CACHE_S = Range(1, SECONDS_MAX, "whole seconds")
PRIVACY_HOPS = Range(0, TTL_MAX)
DISPLAY_MODE = Range(0, 3)
