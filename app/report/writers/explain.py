"""What the numbers of a report mean, in words: the answer, then each verdict with its reasons."""

from __future__ import annotations

from textwrap import wrap

from ...insight.assessment import capitalized
from ...insight.lanes.together import about_lanes, by_target
from ...insight.since import since
from ...insight.verdicts import verdicts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...path.snapshot import Snapshot
    from ..context import Context

WIDTH = 79


def explanation(snapshot: Snapshot, context: Context) -> Iterator[str]:
    """Lines of at most 79 characters."""
    assessment = verdicts(snapshot, context.owner, context.host)
    yield from wrapped(assessment.sentence, "")
    for verdict in assessment.verdicts:
        yield from wrapped(f"- {verdict.sentence}", "  ")
        began = since(snapshot, verdict)
        for text in (f"{capitalized(began)}." if began else "", *verdict.reasons, verdict.settle):
            yield from wrapped(f"  {text}" if text else "", "  ")


def side_by_side(snapshots: Sequence[Snapshot], context: Context) -> Iterator[str]:
    """What the lanes of each target say together, with the evidence; nothing where that is nothing."""
    judged = ((one, verdicts(one, context.owner, context.host)) for one in snapshots)
    for name, traces in by_target(judged).items():
        together = about_lanes(traces, context.owner, context.host)
        if together is None:
            continue
        yield from wrapped(f"To {name}: {together.sentence}", "")
        for verdict in together.verdicts:
            yield from wrapped(f"- {verdict.sentence}", "  ")
            for text in verdict.reasons:
                yield from wrapped(f"  {text}", "  ")


def wrapped(text: str, indent: str) -> list[str]:
    """A text in lines of at most 79 characters, those after the first indented."""
    whole = text.replace(" %", "\u00a0%").replace(" ms", "\u00a0ms")  # a number keeps its unit
    lines = wrap(whole, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\u00a0", " ") for line in lines]
