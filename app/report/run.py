"""From a plan to what is printed when the trace has ended."""

from __future__ import annotations

from dataclasses import replace

from ..process.locking import write_report
from ..process.streams import is_watched, say
from ..sanitize import document
from .batches import in_batches, last_context, measure
from .expected import Expected
from .progress import RoundsProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..launch.plan import Plan
    from ..path.snapshot import Snapshot
    from ..sanitize import Document
    from ..session import Session
    from ..settings import Target
    from .batches import ShowsProgress
    from .context import Context


def run_report(plan: Plan) -> int:
    """Trace, print the report, and give the exit status; see ``in_batches``."""

    def trace(targets: Sequence[Target]) -> tuple[Session, int, list[Snapshot]]:
        once = list(dict.fromkeys(targets))  # one that is named several times is traced once, and shown as often
        session = plan.session(once)

        def found() -> list[Snapshot]:
            snapshots = session.snapshots()
            is_worth_it = session.error is None or any(snapshot.hops for snapshot in snapshots)
            by_target = dict(zip(once, snapshots, strict=True))
            return [by_target[target] for target in targets] if is_worth_it else []

        return session, *measure(session, plan, found, _progress(plan))

    expected = Expected(plan)
    status = in_batches(plan, trace, lambda found, status: print_report(plan, found, expected, status=status))
    return status or expected.status


def _progress(plan: Plan) -> ShowsProgress:
    """What is looked at several times a second while a report is measured."""
    if plan.options.format.is_ticket and not plan.options.replay:
        from .checks_beside import ChecksBeside

        return ChecksBeside(plan)
    return RoundsProgress(plan)


def print_report(
    plan: Plan, snapshots: Sequence[Snapshot], expected: Expected | None = None, *, status: int = 0
) -> int:
    """Print traces, in the order given, in the output that the options name, and see whether they are as expected.

    ``status`` is that of the signal that ended the trace, 0 for none; the answer may be another (see ``last_context``).
    """
    context, status = last_context(plan, snapshots, status)
    output = plan.options.format
    if output.is_page and plan.picture is not None:
        context = replace(context, picture=plan.picture(plan, snapshots))
    status = write_report(
        lambda: [
            *output.texts(snapshots, context),
            *_together(plan, snapshots, context),
            *_beside_baseline(plan, snapshots, context),
        ],
        status,
    )
    if not output.is_all_in_one:
        _tell_shared(plan, snapshots)
    if expected is not None:
        expected.see(snapshots, context)
    return status


def _beside_baseline(plan: Plan, snapshots: Sequence[Snapshot], context: Context) -> list[Document]:
    """How each trace differs from the one of the baseline, below text reports and Markdown."""
    if plan.baseline is None:
        return []
    from .compared.baseline import baseline_lines

    return [baseline_lines(plan.baseline, snapshots, context, markdown=plan.options.format.name == "markdown")]


def _together(plan: Plan, snapshots: Sequence[Snapshot], context: Context) -> list[Document]:
    """What lanes say together, below text reports that explain, and below Markdown; of two hosts below each."""
    name = plan.options.format.name
    if plan.options.both is not None and name in {"report", "markdown"}:
        from .writers import both_ways

        made = (both_ways.as_text if name == "report" else both_ways.as_markdown)(snapshots, context)
        return [made] if made is not None else []
    if not plan.options.vantages and not plan.options.lanes:
        return []
    if name == "markdown":
        from .writers.markdown import side_by_side_markdown

        return [side_by_side_markdown(snapshots, context)]
    if not context.settings.explain or name != "report":
        return []
    from .writers.explain import side_by_side

    return [document(list(side_by_side(snapshots, context)))]


def print_tables(plan: Plan, snapshots: Sequence[Snapshot]) -> int:
    """Print what the screen showed when it is left: text reports without their first line; gives the status."""
    from .writers.text import table

    context, status = last_context(plan, snapshots, 0)
    status = write_report(lambda: [table(snapshot, context) for snapshot in snapshots], status)
    _tell_shared(plan, snapshots)
    return status


def _tell_shared(plan: Plan, snapshots: Sequence[Snapshot]) -> None:
    """Tell people which figures stem from probes to another target; the layout of reports has no room for it."""
    if len(snapshots) == 1 or not is_watched():
        return
    shared = sorted({hop.ttl for snapshot in snapshots for hop in snapshot.hops if hop.shared})
    if shared:
        where = f"hop {shared[0]}" if len(shared) == 1 else f"hops {shared[0]}-{shared[-1]}"
        say(plan.program, f"{where}: shared hops were probed once for all targets (--serial: for each)")
