"""The question before a lane is removed."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from ....widgets.ink import Ink
from ....widgets.line import Line
from ....widgets.overlay import DIALOG, DIALOG_MUTED, Overlay, boxed

if TYPE_CHECKING:
    from collections.abc import Callable

WIDE = 60


class RemoveBox(Overlay):
    """Only y removes it; any other key does nothing but close.

    Args:
        lane: what is to be removed, by name.
        remove: does it.
    """

    def __init__(self, lane: str, remove: Callable[[], None]) -> None:
        super().__init__()
        self._lane = lane
        self._remove = remove

    def frame(self, width: int, height: int) -> list[Line]:  # noqa: ARG002 - it is as high as it is
        """What is removed, and the question."""
        wide = min(WIDE, width - 2)
        body = [Line(DIALOG).add(f" {text}") for text in wrap(f"{self._lane} will no longer be traced.", wide - 6)]
        body += [Line(DIALOG).add(" Its statistics are lost.", DIALOG_MUTED), Line(DIALOG)]
        question = Line(DIALOG).add(" Remove it?", Ink("warn-words", "dlg", bold=True))
        body.append(question.add(f"   y yes   n, {self.glyphs.enter} no"))
        return boxed("Remove", body, wide, len(body) + 2, self.glyphs)

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Remove it, or leave it."""
        if key in {"y", "Y"}:
            self._remove()
        return False
