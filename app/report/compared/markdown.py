"""A comparison as a table in Markdown."""

from __future__ import annotations

from ...compare.sentence import notes, sentence
from ...sanitize import composed, document
from ..writers.markdown import escaped, row
from .cells import origin, rtt_title, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...compare.comparison import Comparison
    from ...sanitize import Document
    from ..context import Context


def compared_markdown(comparisons: Sequence[Comparison], _context: Context) -> Document:
    """All comparisons, one after the other."""
    lines: list[str] = []
    for made in comparisons:
        first, second = escaped(made.first.label), escaped(made.second.label)
        rtt = rtt_title(made)
        heads = [first, "AS", second, "AS", f"Loss% {first}", f"Loss% {second}", f"{rtt} {first}", f"{rtt} {second}"]
        lines += [
            f"**{escaped(made.second.target)}**: {escaped(composed(sentence(made)))}",
            "",
            row([*heads, "What", "p"]),
            row(["---"] * 4 + ["--:"] * 4 + ["---"] * 2),
            *(row([escaped(composed(cell)) for cell in cells]) for cells in table(made)),
            "",
            *(f"- {escaped(origin(one))}" for one in (made.first, made.second)),
            *(f"- {escaped(composed(note))}" for note in notes(made)),
            "",
        ]
    return document(lines)
