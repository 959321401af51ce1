"""From a plan to the path MTU of every target, printed when it is found."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from ..insight.about_mtu import host_caveat
from ..insight.statistics import fisher_greater
from ..interfaces import discards_sizes
from ..trace.mtu_survey import MtuSurvey
from .locking import write_report
from .progress import Line
from .run import in_batches, last_context, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..path.snapshot import Snapshot
    from ..plan import Plan
    from ..resolve.privacy import Privacy
    from ..session import Session
    from ..settings import Target
    from ..trace.path_mtu import PathMtu
    from .context import Context

    Found = tuple[PathMtu, Snapshot]
    Report = Callable[[PathMtu, Snapshot, Context], str]


def run_mtu(plan: Plan) -> int:
    """Find the path MTU to each target, print it, and give the exit status; see ``run.in_batches``."""

    def search(targets: Sequence[Target]) -> tuple[Session, int, list[Found]]:
        survey = MtuSurvey(targets, plan.settings, fisher_greater)
        session = plan.session(targets, group=survey)

        def found() -> list[Found]:
            results = survey.results()
            if session.error is not None and not any(result.hops for result in results):
                return []
            discards, privacy = _discards(plan), plan.directory.privacy
            return [
                (as_shown(replace(result, caveat=host_caveat(result, discards)), snapshot, privacy), snapshot)
                for result, snapshot in zip(results, session.snapshots(), strict=False)
            ]

        return session, *measure(session, plan, found, MtuProgress(survey))

    return in_batches(plan, search, lambda found, status: print_results(plan, found, status))


def _discards(plan: Plan) -> int:
    """Whether this host hears what routers say of sizes: Linux's setting, 0 where it does."""
    return discards_sizes() if plan.options.demo is None else 0


def print_results(plan: Plan, found: list[Found], status: int) -> int:
    """Print what was found, in the output that the options name; see ``run.last_context`` for the status."""
    context, status = last_context(plan, [snapshot for _, snapshot in found], status)
    return write_report(lambda: _texts(plan, found, context), status)


def _texts(plan: Plan, found: list[Found], context: Context) -> list[str]:
    if plan.options.output == "json-full":
        from .mtu_json import mtu_full

        return [mtu_full(found, context)]
    report = _report(plan.options.output)
    return [report(result, snapshot, context) for result, snapshot in found]


def _report(output: str) -> Report:
    if output == "json":
        from .mtu_json import mtu_json

        return mtu_json
    if output == "markdown":
        from .mtu_markdown import mtu_markdown

        return mtu_markdown
    from .mtu_text import mtu_text

    return mtu_text


def as_shown(result: PathMtu, snapshot: Snapshot, privacy: Privacy) -> PathMtu:
    """The result as it may be shown; ``snapshot`` is so already."""
    if not privacy.hops:
        return result
    target = result.target.address

    def shown(address: str, ttl: int) -> str:
        return snapshot.target.address if address == target else privacy.address(address, ttl)

    return replace(
        result,
        target=snapshot.target,
        hops=tuple(
            hop if hop.address is None else replace(hop, address=shown(hop.address, hop.ttl)) for hop in result.hops
        ),
        falls=tuple(
            replace(fall, reporter=shown(fall.reporter, max(fall.after_ttl, 1))) if fall.reporter else fall
            for fall in result.falls
        ),
    )


class MtuProgress:
    """Says on a terminal which size is being tried where."""

    def __init__(self, survey: MtuSurvey) -> None:
        self._survey = survey
        self._line = Line(possible=sys.stderr is not None and sys.stderr.isatty())

    def show(self, session: Session) -> None:  # noqa: ARG002 - the survey knows
        """Bring the line up to date."""
        self._line.show(f"path MTU, {self._survey.doing}")

    def clear(self) -> None:
        """Leave no trace of the line."""
        self._line.clear()
