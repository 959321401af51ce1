"""The panes of words: verdicts with their reasons, and the log of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .ink import SEVERITY_INKS, WORDS_INKS, Ink
from .line import MUTED, TEXT, Line, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .glyphs import Glyphs

WHERE_COLUMN = 3
TITLE_COLUMN = 15
EVENT_COLUMN = 22
ADDRESS_FROM = 92  # panes narrower than this leave addresses out


class VerdictEntry(NamedTuple):
    """A verdict in its pane."""

    severity: str  # its mark and colour
    where: str  # it holds: ``hop 7-8``
    title: str  # what it is, in a few words
    brief: str = ""  # the figure beside the title
    figures: str = ""  # a sentence of numbers
    reasons: tuple[str, ...] = ()  # and what would settle it


class EventEntry(NamedTuple):
    """An event in its pane."""

    clock: str  # the user's time
    severity: str  # its mark and colour
    where: str  # a place, or a kind of event
    text: str  # what happened
    # ``(ttl, now, was)`` with ``(address, name, AS)`` each; an empty address: none answered; None: no such hop.
    changes: tuple[tuple[int, tuple[str, str, str] | None, tuple[str, str, str] | None], ...] = ()
    unlisted: int = 0  # hops that changed, too, and are not among these


def finding_lines(findings: Sequence[VerdictEntry], width: int, glyphs: Glyphs) -> list[Line]:
    """All verdicts, wrapped to the width of the pane."""
    made: list[Line] = []
    room = max(20, width - WHERE_COLUMN - 1)
    for finding in findings:
        ink = Ink(SEVERITY_INKS[finding.severity])
        line = Line().add(" ").add(glyphs.mark(finding.severity), ink).add(" ")
        line.add(finding.where, Ink("text", bold=True)).add("  ").pad(TITLE_COLUMN)
        coloured = finding.severity in {"fault", "warning", "changed"}
        title = Ink(WORDS_INKS[finding.severity]) if coloured else TEXT
        line.add(cut(finding.title, max(8, width - 1 - line.width), glyphs.ellipsis), title)
        below: list[tuple[str, Ink]] = []
        for text, tone in ((finding.brief, MUTED), (finding.figures, TEXT)):
            if not text:
                continue
            beside = tone is MUTED or finding.severity in {"note", "fine"}
            if not below and beside and line.width + 2 + len(text) < width:
                line.add("  " + text, MUTED)
            else:
                below.append((text, tone))
        made.append(line)
        below += [(reason, MUTED) for reason in finding.reasons]
        for text, tone in below:
            made += [Line().pad(WHERE_COLUMN).add(part, tone) for part in _wrapped(text, room)]
    return made


def _wrapped(text: str, room: int) -> list[str]:
    """A text in lines: names are not broken at their hyphens, nor figures from their units and what they are of."""
    import re
    import textwrap

    glued = re.sub(
        r"(?<=\d) (?=(?:%|ms\b|s\b|min\b))|(?<=\bp) (?=[<=])|(?<=[<=]) (?=\d)|(?<=\bhop) (?=\d)", "\u00a0", text
    )
    return [part.replace("\u00a0", " ") for part in textwrap.wrap(glued, room, break_on_hyphens=False)]


def entry_lines(entries: Sequence[EventEntry], width: int, glyphs: Glyphs) -> list[Line]:
    """The log, newest first as given."""
    made: list[Line] = []
    for entry in entries:
        line = Line().add(f" {entry.clock} ", MUTED)
        line.add(glyphs.mark(entry.severity) + " ", Ink(SEVERITY_INKS[entry.severity]))
        line.add(entry.where, Ink("text", bold=True)).add(" ").pad(EVENT_COLUMN)
        made.append(line.add(cut(entry.text, max(4, width - 1 - line.width), glyphs.ellipsis)))
        for ttl, now, was in entry.changes:
            for number, word, who in ((f"{ttl:>2}", "now", now), ("  " if now else f"{ttl:>2}", "was", was)):
                if who is None:
                    continue
                text = _who(who, wide=width >= ADDRESS_FROM)
                below = Line(MUTED).pad(12).add(f"{number} {word} ")
                made.append(below.add(cut(text, max(4, width - 1 - below.width), glyphs.ellipsis)))
        if entry.unlisted:
            made.append(Line(MUTED).pad(15).add(f"and {entry.unlisted} more hop{'s' * (entry.unlisted > 1)}"))
    return made


def _who(who: tuple[str, str, str], *, wide: bool) -> str:
    address, name, network = who
    if not address:
        return "no answer"
    parts = [address.ljust(15), name] if wide and name else [name or address]
    return "  ".join(part for part in [*parts, network] if part)
