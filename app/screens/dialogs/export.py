"""The export dialog: a format, a file, and what will become of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from ....widgets.ink import Ink
from ....widgets.line import Line, cut
from ....widgets.overlay import DIALOG, DIALOG_MUTED, DIALOG_STRONG, Overlay, boxed, hint_line
from ...process.whole_file import write_whole
from ..export import FORMATS, file_name, reason, situation, size_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from ...sanitize import Document

    class Say(Protocol):
        """Shows a toast."""

        def __call__(self, text: str, severity: str = "", *, stays: bool = False) -> None:
            """For four seconds; with ``stays`` until a key is pressed."""


WIDE, HIGH = 64, len(FORMATS) + 8


class ExportBox(Overlay):
    """Up and Down choose the format, Tab goes to the file, Enter writes, and asks first where a file exists."""

    takes_text = True

    def __init__(self, target: str, render: Callable[[str], Document], say: Say) -> None:
        super().__init__()
        self._target = target  # by name, for the file that is proposed
        self._rendered = render  # the text of a format
        self._say = say
        self._format = 0
        self._epoch_s = time.time()
        self._path = self._proposed()
        self._in_path = False
        self._untouched = True
        self._asking = False

    def _proposed(self) -> str:
        return file_name(self._target, FORMATS[self._format].ending, self._epoch_s)

    @property
    def path(self) -> Path:
        """The file, in the current folder where no other is named."""
        path = Path(self._path)
        try:
            return path.expanduser()
        except RuntimeError:  # there is no user of that name
            return path

    def frame(self, width: int, height: int) -> list[Line]:
        """Formats, file, its situation, and the keys."""
        wide, glyphs = min(WIDE, width - 2), self.glyphs
        head = Line(DIALOG).add(" Format", DIALOG_MUTED if self._in_path else DIALOG_STRONG)
        formats: list[Line] = []
        for at, one in enumerate(FORMATS):
            on = at == self._format
            line = Line(DIALOG).add(" ").add(glyphs.radio_on if on else glyphs.radio_off, Ink("accent", "dlg"))
            formats.append(
                line.add(f"   {one.title}".ljust(20), DIALOG_STRONG if on else DIALOG).add(one.use, DIALOG_MUTED)
            )
        room = wide - 4 - 7
        shown = self._path if len(self._path) < room else glyphs.ellipsis + self._path[-(room - 2) :]
        file = Line(DIALOG).add(" File  ", DIALOG_STRONG if self._in_path else DIALOG_MUTED).add(shown)
        if self._in_path:
            file.add(" ", Ink("strong", "dlg", reverse=True))
        words, possible, _ = situation(self.path)
        note = (
            Line(DIALOG).pad(7).add(cut(words, room, glyphs.ellipsis), DIALOG_MUTED if possible else Ink("bad", "dlg"))
        )
        if self._asking:
            last = Line(DIALOG).add(" Replace ", Ink("warn-words", "dlg", bold=True))
            last.add(cut(self.path.name, room - 24, glyphs.ellipsis)).add("?   y yes   n no")
        else:
            hints = [(glyphs.enter, "write"), ("Tab", "field"), ("Esc", "cancel")]
            last = Line(DIALOG).add(" ").append(hint_line(hints))
        high = min(HIGH, height)
        if high == HIGH:
            body = [head, *formats, Line(DIALOG), file, note, Line(DIALOG), last]
        else:  # the file and the question matter more than formats that are not chosen
            shown_formats = max(1, high - 2 - 4)
            first = max(0, min(self._format - shown_formats // 2, len(formats) - shown_formats))
            body = [head, *formats[first : first + shown_formats], file, note, last]
        return boxed("Export", body, wide, min(high, len(body) + 2), glyphs)

    def key(self, key: str, character: str | None) -> bool:
        """Choose, type, write, cancel."""
        if self._asking:
            self._asking = False
            if key in {"y", "Y"}:
                return not self._write(replace=True)
        elif key == "escape":
            return False
        elif key == "tab":
            self._in_path = not self._in_path
        elif key in {"up", "down"}:
            self._format = (self._format + (1 if key == "down" else -1)) % len(FORMATS)
            if self._untouched:
                self._path = self._proposed()
        elif key == "enter":
            found = situation(self.path)
            if found.exists:
                self._asking = True
            elif found.possible:
                return not self._write(replace=False)
        elif self._in_path:
            self._edit(key, character)
        self.repaint()
        return True

    def _edit(self, key: str, character: str | None) -> None:
        before = self._path
        if key == "backspace":
            self._path = before[:-1]
        elif key == "ctrl+u":
            self._path = ""
        elif character and character.isprintable():
            self._path = before + character
        self._untouched = self._untouched and self._path == before

    def _write(self, *, replace: bool) -> bool:
        """Write the file; whether that went well. Measuring goes on either way."""
        one = FORMATS[self._format]
        self.display = False  # a picture shows the screen without the dialog
        try:
            size = write_whole(self.path, self._rendered(one.name), replace=replace)
        except OSError as error:
            self.display = True
            self._say(f"Not written: {reason(error)}. Measuring goes on.", "fault", stays=True)
            return False
        self._say(f"Wrote {self.path} ({size_text(size)})", "fine")
        return True
