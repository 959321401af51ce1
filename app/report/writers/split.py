"""mtr's split output: a line for each hop whose figures changed, for programs that draw a screen of their own.

    POSITION NAME [ADDRESS] LOSS RECEIVED SENT BEST AVERAGE WORST

Loss is in thousandths of a percent. Times are whole milliseconds; newer layouts have lines for silent hops, the newest
has one decimal. ``-N`` takes back the line of position N, when the path becomes shorter. Keys come on standard input,
as in mtr: q quits, r resets, p pauses, blank goes on, n turns names off and on; its end does not end the trace.
"""

from __future__ import annotations

import os
import select
import sys

from ...process.signals import Quit
from ...trace.events import Event, ProbeAnswered, ProbeLost
from ..context import UNKNOWN, Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...path.snapshot import Hop
    from ..lived import Lived


class Keys:
    """Reads keys from standard input without ever waiting."""

    def __init__(self) -> None:
        try:
            self._descriptor = sys.stdin.fileno()
        except (AttributeError, OSError, ValueError):
            self._descriptor = -1

    def read(self) -> str:
        """The keys that have come."""
        if self._descriptor < 0:
            return ""
        try:
            if not select.select([self._descriptor], [], [], 0)[0]:
                return ""
            data = os.read(self._descriptor, 64)
        except OSError:
            data = b""
        if not data:
            self._descriptor = -1
        return data.decode("ascii", "replace").lower()


class SplitLines:
    """Makes the lines of one target."""

    def __init__(self, session: Lived, context: Context, keys: Keys) -> None:
        self._session = session
        self._context = context
        self._keys = keys
        self._shown: dict[int, str] = {}

    def begin(self) -> Iterator[str]:
        """Nothing comes before the first answer."""
        yield from ()

    def event(self, _index: int, event: Event) -> Iterator[str]:
        """The line of the hop whose probe was answered or lost."""
        if isinstance(event, ProbeAnswered | ProbeLost):
            yield from self._changed(event.ttl)

    def turn(self) -> Iterator[str]:
        """Do what keys ask for.

        Raises:
            Quit: q was among them.
        """
        for key in self._keys.read():
            if key == "q":
                raise Quit
            if key == "r":
                self._session.reset()
            elif key == "p":
                self._session.pause()
            elif key == " ":
                self._session.resume()
            elif key == "n":
                self._session.set_names(on=not self._session.names_on)
                yield from self._changed()

    def end(self) -> Iterator[str]:
        """The last changes."""
        yield from self._changed()

    def _changed(self, ttl: int = 0) -> Iterator[str]:
        trace = self._session.snapshots()[0]
        for hop in trace.hops:
            if ttl in {0, hop.ttl}:
                line = self._line(hop)
                if line and self._shown.get(hop.ttl) != line:
                    self._shown[hop.ttl] = line
                    yield line
        last = trace.hops[-1].ttl if trace.hops else 0
        for gone in sorted(known for known in self._shown if known > last):
            del self._shown[gone]
            yield f"-{gone}"

    def _line(self, hop: Hop) -> str:
        layout = self._context.layout
        if hop.address is None:
            return f"{hop.ttl} {UNKNOWN}" if layout.split_silent else ""
        host = self._context.name(hop.address) or hop.address
        if self._context.settings.show_ips:
            host += f" {hop.address}"
        times = (hop.statistics.best, hop.statistics.average, hop.statistics.worst)
        shown = " ".join(f"{time / 1000:.1f}" if layout.split_decimals else str(time // 1000) for time in times)
        return f"{hop.ttl} {host} {hop.loss_milli_percent} {hop.received} {hop.sent} {shown}"
