"""What was counted one way between two hosts that are traced from each other, below their reports."""

from __future__ import annotations

from ...insight import rules
from ...insight.both_ways import about_both, pair_of
from ...insight.verdicts import verdicts
from ...insight.wording import interval, of
from ...sanitize import composed, document
from ...statistics.exact_tests import proportion_interval
from .explain import wrapped
from .markdown import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...insight.both_ways import BothAnswer
    from ...path.snapshot import Snapshot
    from ...sanitize import Document
    from ...trace.events import WayCount
    from ..context import Context


def judged(snapshots: Sequence[Snapshot], context: Context) -> BothAnswer | None:
    """What two traces of each other and the count between them say; None: there is no such count."""
    pair = pair_of(snapshots)
    if pair is None:
        return None
    forward, back = ((one, verdicts(one, context.owner, context.host)) for one in pair)
    return about_both(forward, back, context.owner, context.host)


def as_text(snapshots: Sequence[Snapshot], context: Context) -> Document | None:
    """A blank line, the figures of both directions, and the sentence; None where nothing is counted."""
    lines = [line for sentence in told(snapshots, context) for line in wrapped(sentence, "  ")]
    return document(["", *lines]) if lines else None


def as_markdown(snapshots: Sequence[Snapshot], context: Context) -> Document | None:
    """The same as paragraphs."""
    lines = [line for sentence in told(snapshots, context) for line in (escaped(composed(sentence)), "")]
    return document(lines) if lines else None


def told(snapshots: Sequence[Snapshot], context: Context) -> Iterator[str]:
    """The figures of both directions, and what they say, a sentence each; nothing where nothing is counted."""
    answer, pair = judged(snapshots, context), pair_of(snapshots)
    if answer is None or pair is None or pair[0].one_way is None:
        return
    count = pair[0].one_way
    if count.forward.sent or count.back.sent:
        yield f"One-way count: forward {_figures(count.forward)}; return {_figures(count.back)}."
        if answer.rule in {rules.NO_ONE_WAY_LOSS, rules.ONE_WAY_EARLY}:  # that says it all
            if answer.rest:
                yield answer.rest
            return
    yield f"{answer.lead} {answer.rest}".strip()


def _figures(way: WayCount) -> str:
    """``13 of 310 lost (95 %: 2.3-7.1 %), 2 late, 9 foreign``; the interval only where something is lost."""
    likely = f" ({interval(*proportion_interval(way.lost, way.sent))})" if way.lost else ""
    late = f", {way.late:,} late" if way.late else ""
    foreign = f", {way.foreign:,} foreign" if way.foreign else ""
    return f"{of(way.lost, way.sent)} lost{likely}{late}{foreign}"
