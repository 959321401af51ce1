"""Numbers that tell the probes of a socket apart: ports, sequence numbers."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container


def next_free(number: int, taken: "Container[int]", first: int = 0, last: int = 65535) -> int:
    """The next number of a range after ``number`` that names no probe in flight."""
    while True:
        number = number + 1 if first <= number < last else first
        if number not in taken:
            return number
