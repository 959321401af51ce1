"""What lies over the screen: boxes, a toast, and the keys that they and the prompt are given before all others."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from textual import events

from ...widgets.glyphs import UNICODE, Glyphs
from . import themes
from .terminal.painting import Painting

if TYPE_CHECKING:
    from ...widgets.ink import Palette
    from ...widgets.overlay import Overlay, Toast
    from .dialogs.prompts import Typing

TOAST_S = 4.0
FOR_ALL = frozenset({"ctrl+c", "ctrl+l", "ctrl+z"})  # keys that no box and no prompt keeps to itself


class Overlays(Painting, inherit_bindings=False):
    """Opens and closes what lies over the screen. ``typing`` is the prompt in the footer, None while there is none."""

    def __init__(self, *, driver_class: Any, ansi_color: bool | None, mono: bool) -> None:
        super().__init__(driver_class=driver_class, ansi_color=ansi_color)
        self.glyphs: Glyphs = UNICODE
        self.typing: Typing | None = None
        self.overlays: list[Overlay] = []
        self._mono = mono
        self._toast: Toast | None = None
        self._toast_until = 0.0

    @property
    def palette(self) -> Palette:
        """The colours of the theme."""
        return themes.palette(self.current_theme, mono=self._mono)

    # ---- boxes ------------------------------------------------------------------------------------------------

    def open(self, overlay: Overlay) -> None:
        """Show a box over the screen; it is given every key until it closes."""
        if not self.screen.is_attached:
            return
        overlay.dress(self.palette, self.glyphs)
        self.overlays.append(overlay)
        self.screen.mount(overlay)
        self.call_after_refresh(overlay.repaint)

    def close(self, overlay: Overlay) -> None:
        """Take a box away."""
        if overlay in self.overlays:
            self.overlays.remove(overlay)
            overlay.remove()

    @property
    def top_overlay(self) -> Overlay | None:
        """The box that is given the keys."""
        return self.overlays[-1] if self.overlays else None

    # ---- the toast --------------------------------------------------------------------------------------------

    def say(self, text: str, severity: str = "", *, stays: bool = False) -> None:
        """Show a toast for four seconds; with ``stays`` until a key is pressed."""
        from ...widgets.overlay import Toast

        if not self.screen.is_attached:  # the program is on its way out
            return
        if self._toast is None:
            self._toast = Toast()
            self.screen.mount(self._toast)
        toast = self._toast
        toast.dress(self.palette, self.glyphs)
        self._toast_until = 0.0 if stays else time.monotonic() + TOAST_S
        self.call_after_refresh(toast.say, text, severity)

    def hide_toast(self) -> None:
        """Take the toast away."""
        if self._toast is not None:
            self._toast.remove()
            self._toast = None

    def hide_old_toast(self) -> None:
        """Take the toast away once its time is over."""
        if self._toast is not None and self._toast_until and time.monotonic() > self._toast_until:
            self.hide_toast()

    # ---- keys before all others -------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Give keys and pasted text to the prompt or the box that is open; the rest goes Textual's way."""
        if isinstance(event, events.Paste):
            self.take_text(event.text)
            return
        if isinstance(event, events.Key) and not event.is_forwarded and self.take_key(event):
            return
        await super().on_event(event)

    def take_key(self, event: events.Key) -> bool:
        """Whether a prompt or a box took the key."""
        if self._toast is not None and not self._toast_until:
            self.hide_toast()
        if event.key in FOR_ALL:
            return False
        overlay = self.top_overlay
        if self.typing is not None:
            self.typed(event.key, event.character)
            return True
        if overlay is None:
            return False
        if not overlay.key(event.key, event.character):
            self.close(overlay)
            return not getattr(overlay, "passes_key", False)
        return True

    def take_text(self, text: str) -> None:
        """Type what was pasted into the prompt or the box that takes text; nothing of it is a command."""
        line = text.partition("\n")[0].rstrip("\r")
        for character in filter(str.isprintable, line):
            if self.typing is not None:
                self.typed("", character)
            elif self.top_overlay is not None and self.top_overlay.takes_text:
                self.top_overlay.key("", character)

    def typed(self, key: str, character: str | None) -> None:
        """Take a key for the prompt; the prompts' module does."""
