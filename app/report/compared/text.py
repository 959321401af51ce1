"""A comparison as text: the sentence, both paths side by side, and how it was found."""

from __future__ import annotations

from ...compare.sentence import notes, sentence
from ...sanitize import document
from ..writers.explain import wrapped
from .cells import Cells, origin, rtt_title, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...compare.comparison import Comparison
    from ...sanitize import Document
    from ..context import Context

HOST_MAX = 40  # characters of a hop; longer names are cut
CUT = "..."


def compared_text(comparisons: Sequence[Comparison], context: Context) -> Document:
    """All comparisons, one after the other; several are told apart by their targets."""
    lines: list[str] = []
    for made in comparisons:
        if lines:
            lines.append("")
        if len(comparisons) > 1:
            lines += [f"{made.second.target}:"]
        lines += [*wrapped(sentence(made), ""), "", *compared_lines(made, wide=context.settings.wide), ""]
        lines += [line for one in (made.first, made.second) for line in wrapped(origin(one), "  ")]
        lines += [line for note in notes(made) for line in wrapped(note, "")]
    return document(lines)


def compared_lines(made: Comparison, *, wide: bool = False) -> list[str]:
    """The table; a column without anything in it is left out."""
    rows = [_shown(cells, wide=wide) for cells in table(made)]
    widths = [max([len(title), *(len(row[at]) for row in rows)]) for at, title in enumerate(_titles(made))]
    heads = [
        f"{made.first.label:<{_joined(widths, 0)}}",
        f"{made.second.label:<{_joined(widths, 2)}}",
        f"{'Loss%':>{max(5, widths[4]) + max(5, widths[5]) + 2}}",
        f"{rtt_title(made):>{max(6, widths[6]) + max(6, widths[7]) + 2}}",
        "what",
    ]
    lines = [f"  {'  '.join(heads)}".rstrip()]
    for row in rows:
        cells = [
            _pair(row, widths, 0),
            _pair(row, widths, 2),
            f"{row.first_loss:>{max(5, widths[4])}}  {row.second_loss:>{max(5, widths[5])}}",
            f"{row.first_rtt:>{max(6, widths[6])}}  {row.second_rtt:>{max(6, widths[7])}}",
            f"{row.what:<{widths[8]}}",
            row.chance,
        ]
        lines.append(f"  {'  '.join(cells)}".rstrip())
    return lines


def _titles(made: Comparison) -> Cells:
    return Cells(made.first.label, "", made.second.label, "", "", "", "", "", "what", "")


def _joined(widths: list[int], at: int) -> int:
    """The width of a hop with its network."""
    return widths[at] + (1 + widths[at + 1] if widths[at + 1] else 0)


def _pair(row: Cells, widths: list[int], at: int) -> str:
    return f"{f'{row[at]:<{widths[at]}} {row[at + 1]}':<{_joined(widths, at)}}"[: _joined(widths, at)]


def _shown(cells: Cells, *, wide: bool) -> Cells:
    return cells if wide else cells._replace(first=_cut(cells.first), second=_cut(cells.second))


def _cut(host: str) -> str:
    return host if len(host) <= HOST_MAX else f"{host[: HOST_MAX - len(CUT)]}{CUT}"
