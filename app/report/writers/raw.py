"""mtr's raw output: a line for each thing that happens, hops counted from 0.

    x HOP SEQ                       a probe was sent
    h HOP ADDRESS                   an address answered at this hop for the first time
    m HOP LABEL TC BOTTOM TTL       a label of its answer (with -e)
    d HOP NAME                      the name of the hop became known
    p HOP MICROSECONDS SEQ          the answer to the probe

Sequence numbers run from 33000 to 65535 and begin anew.
"""

from __future__ import annotations

from ...trace.events import Event, ProbeAnswered, ProbeSent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..context import Context

FIRST_SEQUENCE = 33_000
SEQUENCES = 65_536 - FIRST_SEQUENCE


class RawLines:
    """Makes the lines of one target."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seen: set[tuple[int, str]] = set()
        self._nameless: list[tuple[int, str]] = []
        self._first_seq: int | None = None

    def begin(self) -> Iterator[str]:
        """Nothing comes before the first probe."""
        yield from ()

    def event(self, _index: int, event: Event) -> Iterator[str]:
        """The lines of a probe or an answer."""
        if isinstance(event, ProbeSent):
            yield f"x {event.ttl - 1} {self._sequence(event.seq)}"
        elif isinstance(event, ProbeAnswered):
            hop = event.ttl - 1
            if (hop, event.address) not in self._seen:
                self._seen.add((hop, event.address))
                self._nameless.append((hop, event.address))
                yield f"h {hop} {event.address}"
                for label in event.labels if self._context.settings.mpls else ():
                    yield f"m {hop} {label.label} {label.tc} {label.bottom} {label.ttl}"
            yield from self.turn()
            yield f"p {hop} {event.rtt_us} {self._sequence(event.seq)}"

    def turn(self) -> Iterator[str]:
        """Names that have become known."""
        for entry in list(self._nameless):
            name = self._context.name(entry[1])
            if name is not None:
                self._nameless.remove(entry)
                yield f"d {entry[0]} {name}"

    def end(self) -> Iterator[str]:
        """Nothing comes after the last answer."""
        yield from ()

    def _sequence(self, seq: int) -> int:
        if self._first_seq is None:
            self._first_seq = seq
        return FIRST_SEQUENCE + (seq - self._first_seq) % SEQUENCES
