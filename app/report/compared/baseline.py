"""How traces differ from a baseline, below their reports."""

from __future__ import annotations

from ...compare.baseline import baseline_sentence
from ...compare.of_snapshot import of_snapshot
from ...sanitize import composed, document, sanitize
from ..writers.explain import wrapped
from ..writers.markdown import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...compare.baseline import Baseline
    from ...compare.comparison import Comparison
    from ...path.snapshot import Snapshot
    from ...sanitize import Document, Text
    from ..context import Context

NOT_IN_IT = "The baseline has no trace of this target."


def beside(baseline: Baseline, snapshot: Snapshot, context: Context, targets: int) -> Comparison | None:
    """A trace beside that of the baseline; None where it has none of that target."""

    def named(address: str) -> Text:
        return context.name(address) or sanitize(address)

    trace = of_snapshot(snapshot, sanitize("now"), context.source(snapshot.target), named, context.fact)
    return baseline.compare(trace, targets)


def baseline_lines(baseline: Baseline, snapshots: Sequence[Snapshot], context: Context, *, markdown: bool) -> Document:
    """A blank line and a sentence for each trace."""
    lines: list[str] = []
    for snapshot in snapshots:
        made = beside(baseline, snapshot, context, len(snapshots))
        said = NOT_IN_IT if made is None else baseline_sentence(made)
        text = f"{snapshot.target.called}: {said}" if len(snapshots) > 1 else said
        lines += [escaped(composed(text)), ""] if markdown else wrapped(text, "")
    return document(lines if markdown else ["", *lines])
