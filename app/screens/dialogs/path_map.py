"""The map of paths, over the screen: where paths branch and join, and how the load is shared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ....widgets.line import Line, cut
from ....widgets.overlay import DIALOG, DIALOG_MUTED, SCROLL_KEYS, Overlay, boxed, hint_line
from ...options.values import FLOWS_AUTO
from ...path.flow_map import flow_map
from ...path.interfaces import brief
from ..present import hop_marks, path_map, table

if TYPE_CHECKING:
    from typing import Protocol

    from ...path.snapshot import Snapshot

    class MapHost(Protocol):
        """What the map needs of the screen that it lies over."""

        @property
        def snapshot(self) -> Snapshot:
            """The newest snapshot of the target that is shown."""

        def look(self) -> table.Look:
            """How hosts are written now."""

        def ask_for_flows(self, flows: int) -> None:
            """Probe in up to so many flows side by side."""


WIDE_MAX = 110
# That the map is drawn from: enough for each of the most flows to come by a few times.
ROUNDS = 300
# Frame, summary, blank lines and hints.
ROWS_AROUND = 6


class MapBox(Overlay):
    """Scrolls; ``f`` asks for flows side by side or for one again, Esc and the map's key close it."""

    def __init__(self, host: MapHost, keys: tuple[str, ...]) -> None:
        super().__init__()
        self._host = host
        self._keys = keys
        self._first = 0
        self.passes_key = False

    def frame(self, width: int, height: int) -> list[Line]:
        """As high as the map needs; it scrolls where the screen is too small."""
        snapshot = self._host.snapshot
        wide = min(width - 2, WIDE_MAX)
        room = height - 2 - ROWS_AROUND
        look = self._host.look()
        paths = flow_map(snapshot, ROUNDS)
        change = hop_marks.recent_change(snapshot, snapshot.time_us)
        name = partial(table.label, look=look)
        told = {(hop.ttl, one.address): brief(one.interfaces) for hop in snapshot.hops for one in hop.responders}
        body = path_map.map_lines(
            paths,
            name,
            wide - 4,
            room,
            self.glyphs,
            change=change,
            interface=lambda ttl, address: told.get((ttl, address), ""),
        )
        if not body:
            body = [Line(DIALOG).add("Nothing has answered yet.", DIALOG_MUTED)]
        self._first = max(0, min(self._first, len(body) - room))
        more = len(body) - room - self._first
        shown = body[self._first : self._first + room]
        hints = [("f", "one flow" if snapshot.settings.flows > 1 else "find all paths"), ("Esc", "back")]
        if more > 0 or self._first:
            hints.append((f"{self.glyphs.up}{self.glyphs.down}", f"{max(more, 0)} more lines"))
        top = Line(DIALOG).add(
            cut(path_map.summary(paths, snapshot.settings.protocol), wide - 4, self.glyphs.ellipsis), DIALOG_MUTED
        )
        lines = [top, Line(DIALOG), *shown, Line(DIALOG), hint_line(hints)]
        return boxed(f"Paths to {snapshot.target.name}", lines, wide, len(lines) + 2, self.glyphs)

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Scroll, ask for flows, or close."""
        if key in SCROLL_KEYS:
            self._first = max(0, self._first + SCROLL_KEYS[key])
            self.repaint()
            return True
        if key in {"f", "F"}:
            self._host.ask_for_flows(1 if self._host.snapshot.settings.flows > 1 else FLOWS_AUTO)
            return True
        self.passes_key = key not in {"escape", "enter", "space", *self._keys}
        return False
