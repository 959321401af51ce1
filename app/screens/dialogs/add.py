"""Adding a target, a vantage point or a lane: what is typed, how far it is, and why it could not be had."""

from __future__ import annotations

import time
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from ....widgets.ink import Ink
from ....widgets.line import Line, width_of
from ....widgets.overlay import DIALOG, DIALOG_MUTED, DIALOG_STRONG, Overlay, boxed, hint_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...additions import Addition


class Wish(NamedTuple):
    """One kind of thing that can be added."""

    name: str  # the argument of ``Source.add`` that takes what is typed
    title: str  # of the box
    label: str  # before what is typed
    accepted: str  # what may be typed, in words
    meaning: str  # what is then traced, a sentence


WISHES = {
    one.name: one
    for one in (
        Wish(
            "target",
            "Add a target",
            "Host",
            "a name or an address",
            "It is traced from every vantage point that is there.",
        ),
        Wish(
            "where",
            "Add a vantage point",
            "Trace from",
            "local, ssh:[USER@]HOST[:PORT], docker:NAME, podman:NAME, kubectl:NAMESPACE/POD[/CONTAINER][@CONTEXT],"
            " exec:COMMAND, or a name of the configuration",
            "All targets are traced from there, too. Nothing can be asked for: keys and known hosts must do.",
        ),
        Wish(
            "lane",
            "Add a lane",
            "Trace by",
            "icmp, udp, tcp or sctp, with a port as in tcp:443; ipv4 or ipv6; or both as in tcp:443/ipv6",
            "All targets are traced so, too, from every vantage point.",
        ),
    )
}
WIDE = 72
TYPED_MAX = 253
BAD = Ink("bad", "dlg")


class AddBox(Overlay):
    """Enter asks for what is typed, and once more leaves it under way and closes; Escape cancels it.

    Args:
        wish: what is to be added.
        add: asks for it.
        over: is told of what has come to its end, and closes the box where that is well.
    """

    takes_text = True

    def __init__(self, wish: Wish, add: Callable[[str], Addition], over: Callable[[AddBox, Addition], None]) -> None:
        super().__init__()
        self._wish = wish
        self._add = add
        self._over = over
        self._typed = ""
        self._addition: Addition | None = None
        self._since_s = 0.0
        self._errors: tuple[str, ...] = ()

    def frame(self, width: int, height: int) -> list[Line]:
        """The text, what is accepted, and what becomes of it."""
        wide = min(WIDE, width - 2)
        room = wide - 6
        label = f" {self._wish.label}: "
        shown = self._typed
        while width_of(label + shown) > room - 2:
            shown = shown[1:]
        field = Line(DIALOG).add(label, DIALOG_STRONG).add(shown)
        waits = self._addition is not None and not self._addition.over
        if not waits:
            field.add(" ", Ink("strong", "dlg", reverse=True))
        body = [field, Line(DIALOG)]
        if waits and self._addition is not None:
            seconds = int(time.monotonic() - self._since_s)
            doing = f"{self._addition.progress}, {seconds} s" if seconds else str(self._addition.progress)
            body += [Line(DIALOG).add(f" {text}") for text in wrap(doing, room)]
            hints = [("Esc", "cancel"), (self.glyphs.enter, "close, it goes on")]
        else:
            for error in self._errors:
                mark = f"{self.glyphs.fault} "
                body += [
                    Line(DIALOG).add(" " + (mark if not at else "  "), BAD).add(text, BAD)
                    for at, text in enumerate(wrap(error, room - 2))
                ]
            if not self._errors:
                texts = wrap(self._wish.accepted, room) + wrap(self._wish.meaning, room)
                body += [Line(DIALOG).add(f" {text}", DIALOG_MUTED) for text in texts]
            hints = [(self.glyphs.enter, "add"), ("Esc", "back")]
        room_high = max(3, height - 4)
        lines = [*body[:room_high], Line(DIALOG), Line(DIALOG).add(" ").append(hint_line(hints))]
        return boxed(self._wish.title, lines, wide, len(lines) + 2, self.glyphs)

    def corner(self, width: int, height: int, wide: int, high: int) -> tuple[int, int]:
        """Below the answer, so that growing moves nothing that is read."""
        return max(0, (width - wide) // 2), 4 if height > high + 5 else 0

    def poll(self) -> None:
        """Look what has become of it; called as the screen looks for news."""
        addition = self._addition
        if addition is None:
            return
        if addition.over:
            self._errors = tuple(str(error) for error in addition.errors)
            self._addition = None
            self._over(self, addition)
        self.repaint()

    @property
    def failed(self) -> bool:
        """Whether errors are shown."""
        return bool(self._errors)

    def key(self, key: str, character: str | None) -> bool:
        """Type, ask, cancel."""
        if self._addition is not None:
            if key == "escape":
                self._addition.cancel()
                self._addition = None
                self.repaint()
            return key != "enter"
        if key == "escape":
            return False
        if key == "enter":
            self._ask()
        elif key in {"backspace", "ctrl+h"}:
            self._typed = self._typed[:-1]
        elif key in {"ctrl+u", "delete"}:
            self._typed = ""
        elif character and character.isprintable() and len(self._typed) < TYPED_MAX:
            self._typed += character
        self.repaint()
        return True

    def _ask(self) -> None:
        text = self._typed.strip()
        if text:
            self._errors = ()
            self._since_s = time.monotonic()
            self._addition = self._add(text)
