"""The time line below the panel: what happened when, and the moment that is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from .ink import Ink
from .line import MUTED, Line, width_of
from .line_widget import Shown

if TYPE_CHECKING:
    from textual import events

    from .glyphs import Glyphs

# Of each kind of mark: its glyph, its colour, and how much it matters where two want one cell or one place.
INKS = {
    "alert": ("warning", Ink("warn"), 5),
    "outage": ("lost", Ink("bad", bold=True), 4),
    "loss": ("fault", Ink("bad"), 3),
    "change": ("changed", Ink("change"), 2),
    "gap": ("gap", MUTED, 1),
    "note": ("note", Ink("note"), 0),
}
THIN = frozenset({"change", "gap", "note"})  # kinds of which only the ends are marked
CURSOR = Ink("accent", bold=True)
APART = 2  # cells between labels


class Mark(NamedTuple):
    """Something that happened; places are shares of the line, from 0 to 1."""

    kind: str  # of ``INKS``
    first: float  # where it is, or begins
    last: float  # where it ends, or is
    label: str  # in a few words


class TimeLine(NamedTuple):
    """What a time line shows."""

    at: float = 0.0  # the moment, as a share of the line, from 0 to 1
    now: str = ""  # the moment, in words
    began: str = ""  # the left end
    ended: str = ""  # the right end
    marks: tuple[Mark, ...] = ()  # in the order of time


def bar(shown: TimeLine, width: int, glyphs: Glyphs) -> Line:
    """The line itself, with marks and the cursor."""
    length = width - 2
    cells = [(glyphs.rule, Ink("rule"))] * length
    cells[0], cells[-1] = (glyphs.branch, Ink("rule")), (glyphs.tick, Ink("rule"))
    for mark in sorted(shown.marks, key=lambda one: INKS[one.kind][2]):
        name, ink, _ = INKS[mark.kind]
        first, last = _cell(mark.first, length), _cell(mark.last, length)
        for at in range(first, last + 1):
            within = mark.kind in THIN and first < at < last
            cells[at] = glyphs.rule if within else getattr(glyphs, name), ink
    cells[_cell(shown.at, length)] = glyphs.heavy_lane, CURSOR
    line = Line().add(" ")
    for text, ink in cells:
        line.add(text, ink)
    return line


def labels(shown: TimeLine, width: int) -> Line:
    """What stands below it: the moment always, the ends and the marks where there is room."""
    length = width - 2
    taken: list[tuple[int, str, Ink]] = []

    def put(at: int, text: str, ink: Ink) -> None:
        at = max(0, min(at, length - width_of(text)))
        end = at + width_of(text)
        if all(end + APART <= other or other + width_of(words) + APART <= at for other, words, _ in taken):
            taken.append((at, text, ink))

    put(_cell(shown.at, length) - width_of(shown.now) // 2, shown.now, CURSOR)
    put(0, shown.began, MUTED)
    put(length, shown.ended, MUTED)
    for mark in sorted(shown.marks, key=lambda one: -INKS[one.kind][2]):
        if mark.label:
            put(_cell(mark.first, length), mark.label, MUTED)
    line = Line()
    for at, text, ink in sorted(taken):
        line.pad(1 + at).add(text, ink)
    return line


def _cell(share: float, length: int) -> int:
    return max(0, min(length - 1, round(share * (length - 1))))


class TimeLineView(Shown[TimeLine]):
    """One row, or two with labels; a click goes to a moment."""

    least = (8, 1)

    class Picked(Message):
        """A place of the line was clicked, as a share of it."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(TimeLine(), id=id)

    def draw(self, width: int, height: int) -> list[Line]:
        """Labels where there is a row for them."""
        return [bar(self.shown, width, self.glyphs), labels(self.shown, width)][:height]

    def on_click(self, event: events.Click) -> None:
        """Go to the moment under the mouse."""
        length = self.size.width - 2
        self.post_message(self.Picked(max(0.0, min(1.0, (event.x - 1) / max(1, length - 1)))))
