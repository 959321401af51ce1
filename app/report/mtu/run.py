"""From a plan to the path MTU of every target, printed when it is found."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from ...insight.subjects.mtu import host_caveat
from ...process.locking import write_report
from ...process.status_line import StatusLine
from ...sanitize import composed
from ...trace.hearing import Hearing
from ...trace.mtu.survey import MtuSurvey
from ..batches import in_batches, last_context, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...launch.plan import Plan
    from ...session import Session
    from ...settings import Target
    from ..context import MtuFound


def run_mtu(plan: Plan) -> int:
    """Find the path MTU to each target, print it, and give the exit status; see ``in_batches``."""

    def search(targets: Sequence[Target]) -> tuple[Session, int, list[MtuFound]]:
        survey = MtuSurvey(targets, plan.settings, hearing=Hearing())
        session = plan.session(targets, group=survey)

        def found() -> list[MtuFound]:
            results = survey.results()
            if session.error is not None and not any(result.hops for result in results):
                return []
            privacy = plan.directory.privacy
            return [
                (
                    privacy.path_mtu(
                        replace(result, caveat=host_caveat(result, session.discards(target))), snapshot.target
                    ),
                    snapshot,
                )
                for target, result, snapshot in zip(targets, results, session.snapshots(), strict=False)
            ]

        return session, *measure(session, plan, found, MtuProgress(survey))

    return in_batches(plan, search, lambda found, status: print_results(plan, found, status))


def print_results(plan: Plan, found: list[MtuFound], status: int) -> int:
    """Print what was found, in the output that the options name; see ``last_context`` for the status."""
    context, status = last_context(plan, [snapshot for _, snapshot in found], status)
    return write_report(lambda: plan.options.format.mtu_texts(found, context), status)


class MtuProgress:
    """Says on a terminal which size is being tried where."""

    def __init__(self, survey: MtuSurvey) -> None:
        self._survey = survey
        self._line = StatusLine(possible=sys.stderr is not None and sys.stderr.isatty())

    def show(self, session: Session) -> None:  # noqa: ARG002 - the survey knows
        """Bring the line up to date."""
        self._line.show(composed(f"path MTU, {self._survey.doing}"))

    def clear(self) -> None:
        """Leave no trace of the line."""
        self._line.clear()
