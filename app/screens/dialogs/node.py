"""A node of the merged path: its figures lane by lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ....widgets import numbers
from ....widgets.ink import Ink
from ....widgets.line import Line, cut
from ....widgets.overlay import DIALOG, DIALOG_MUTED, DIALOG_STRONG, Overlay, boxed, hint_line
from ...path.columns import COLUMNS
from ...resolve.facts import owner
from ..present import merged_path, table
from ..present.lane_names import letter
from ..present.percentiles import percentile_us

if TYPE_CHECKING:
    from typing import Protocol

    from ...path.merged_path import MergedNode, Visit
    from ..judge import Assess
    from ..present.merged_path import Lanes
    from ..present.view_input import ViewInput

    class NodeHost(Protocol):
        """What the box needs of the screen that it lies over."""

        def lanes_shown(self) -> Lanes:
            """The lanes to the target that is shown."""

        def view_input(self) -> ViewInput:
            """What is looked at, and how it is written."""

        def walk_hops(self, step: int) -> None:
            """Select the node above or below."""


WIDE = 96
FIGURES = "LSNABW"  # columns, but for the percentile after them
CELLS = 7
LANE_MIN, HOP_CELLS, ADDRESS_CELLS, ADDRESS_FROM = 12, 5, 18, 88


class NodeBox(Overlay):
    """Up and Down walk the nodes of the lane; any other key closes, and those of the program act after that."""

    def __init__(self, host: NodeHost, assess: Assess) -> None:
        super().__init__()
        self._host = host
        self._assess = assess
        self.passes_key = False

    def frame(self, width: int, height: int) -> list[Line]:
        """Who answers there, and a row for each lane."""
        lanes, view = self._host.lanes_shown(), self._host.view_input()
        at = lanes.graph.at(lanes.indices.index(view.target), view.selected)
        wide = min(WIDE, width - 2)
        hints = [(self.glyphs.up + self.glyphs.down, "node"), ("Esc", "back")]
        if at is None:
            lines = [Line(DIALOG).add("No hop is selected.", DIALOG_MUTED), Line(DIALOG), hint_line(hints)]
            return boxed("Merged path", lines, wide, len(lines) + 2, self.glyphs)
        node = lanes.graph.nodes[at]
        text = merged_path.picture(lanes, self._assess, view).nodes[at]
        body = self._who(node, view, wide - 4)
        if text.words:
            body.append(Line(DIALOG).add(text.words[0], Ink("bad", "dlg", bold=True)))
        body += [Line(DIALOG), self._titles(wide)]
        body += [self._row(lanes, visit, view, wide) for visit in node.visits]
        room = height - 4
        body = [*body[: room - 2], Line(DIALOG), hint_line(hints)]
        number = f"hop {text.number}  " if text.number else ""
        return boxed(f"{number}{text.host}", body, wide, len(body) + 2, self.glyphs)

    def _who(self, node: MergedNode, view: ViewInput, room: int) -> list[Line]:
        made = []
        for address in node.addresses:
            name, origin = view.look.name(address), view.look.origin(address)
            network = owner(origin.number, origin.as_name) if origin is not None else ""
            parts = [address, name or "", network or ""]
            whole = "  ".join(part for part in parts if part)
            made.append(Line(DIALOG).add(cut(whole, room, self.glyphs.ellipsis), DIALOG_MUTED))
        return made

    def _titles(self, wide: int) -> Line:
        line = Line(DIALOG_MUTED).add("Lane").pad(self._lane_cells(wide)).add("Hop".rjust(HOP_CELLS))
        if wide >= ADDRESS_FROM:
            line.add("  Address").pad(self._lane_cells(wide) + HOP_CELLS + 2 + ADDRESS_CELLS)
        for column in FIGURES:
            line.add(COLUMNS[column].title.rjust(CELLS))
        return line.add("p99".rjust(CELLS))

    @staticmethod
    def _lane_cells(wide: int) -> int:
        address = ADDRESS_CELLS + 2 if wide >= ADDRESS_FROM else 0
        return max(LANE_MIN, wide - 4 - HOP_CELLS - address - CELLS * (len(FIGURES) + 1))

    def _row(self, lanes: Lanes, visit: Visit, view: ViewInput, wide: int) -> Line:
        cells = self._lane_cells(wide)
        snapshot = lanes.snapshots[visit.lane]
        line = Line(DIALOG).add(f"{letter(visit.lane)} ", Ink("accent", "dlg"))
        line.add(cut(lanes.names[visit.lane], cells - 3, self.glyphs.ellipsis), DIALOG_STRONG).pad(cells)
        hop = next((one for one in snapshot.hops if one.ttl == visit.first_ttl), None)
        if hop is None:
            return line.add("  not reached" if not visit.first_ttl else "  no reply", DIALOG_MUTED)
        line.add(str(hop.ttl).rjust(HOP_CELLS))
        if wide >= ADDRESS_FROM:
            address = cut(hop.address or "no reply", ADDRESS_CELLS, self.glyphs.ellipsis)
            line.add("  " + address, DIALOG_MUTED).pad(cells + HOP_CELLS + 2 + ADDRESS_CELLS)
        felt = self._assess(snapshot).hop(hop.ttl).loss == "path"
        for column in FIGURES:
            bad = column == "L" and felt
            line.add(
                table.cell(hop, column, view.look).strip().rjust(CELLS), Ink("bad", "dlg", bold=True) if bad else None
            )
        return line.add(numbers.milliseconds(percentile_us(hop, 99)).strip().rjust(CELLS) if hop.received else "")

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Walk, or close."""
        if key in {"up", "down"}:
            self._host.walk_hops(-1 if key == "up" else 1)
            return True
        self.passes_key = key not in {"escape", "enter", "space"}
        return False
