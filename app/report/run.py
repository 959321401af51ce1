"""From a plan to what is printed when the trace has ended."""

from __future__ import annotations

import gc
import socket

from ..process.locking import write_report
from ..process.signals import HURRY_S, Held, Stopped, check
from ..process.streams import is_watched, say
from .context import Context
from .progress import Progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeVar

    from ..launch.plan import Plan
    from ..path.snapshot import Snapshot
    from ..session import Session
    from ..settings import Target
    from .mtu.run import MtuProgress

    Found = TypeVar("Found")
    Format = Callable[[Snapshot, Context], str]

TURN_S = 0.5
ALL_IN_ONE = ("json-full", "dot")


def run_report(plan: Plan) -> int:
    """Trace, print the report, and give the exit status; see ``in_batches``."""

    def trace(targets: Sequence[Target]) -> tuple[Session, int, list[Snapshot]]:
        session = plan.session(targets)

        def found() -> list[Snapshot]:
            snapshots = session.snapshots()
            is_worth_it = session.error is None or any(snapshot.hops for snapshot in snapshots)
            return list(snapshots) if is_worth_it else []

        return session, *measure(session, plan, found)

    return in_batches(plan, trace, lambda found, status: print_report(plan, found, start_line=True, status=status))


def in_batches(
    plan: Plan,
    trace: Callable[[Sequence[Target]], tuple[Session, int, list[Found]]],
    show: Callable[[list[Found], int], int],
) -> int:
    """Measure all targets at once, or each on its own with ``--serial``, and print what was found; the exit status.

    ``trace`` measures targets, and gives the session that did, the status of a signal that ended it (0: none), and
    what was found. ``show`` prints it and gives the status. What has been measured is printed also when a signal or
    an error ends the measuring before its time.

    Raises:
        HopscopeError: what ended it, after the printing.
    """
    batches = [[target] for target in plan.targets] if plan.options.serial else [list(plan.targets)]
    at_once = plan.options.output == "json-full"  # one document for all
    kept: list[Found] = []
    with Held() as held:
        check()
        for batch in batches:
            session, status, found = trace(batch)
            kept += found
            ended = bool(status or session.error or batch is batches[-1])
            if kept and (ended or not at_once):
                status = show(kept, status)
                kept = []
            if session.error is not None:
                raise session.error
            status = status or held.exit_status
            if status:
                return status
    return 0 if plan.complete else 1


def measure(
    session: Session,
    plan: Plan,
    found: Callable[[], list[Found]],
    progress: Progress | MtuProgress | None = None,
) -> tuple[int, list[Found]]:
    """Run a session to its end, or until a signal; the exit status of that, 0 for none, and what ``found`` gives.

    A signal that comes when the session is at its end does not keep what was found from being printed.
    """
    progress = progress or Progress(plan)
    status = 0
    with Held(session.interrupt) as held:
        try:
            session.start()
            session.attach(plan.directory)
            gc.enable()
            while not session.wait(TURN_S):
                progress.show(session)
        except Stopped as stop:  # while the line of progress was written
            status = stop.exit_status
        finally:
            progress.clear()
            session.stop()
            tell_notes(plan, session.snapshots())
            results = found()
    return status or held.exit_status, results


def tell_notes(plan: Plan, snapshots: Sequence[Snapshot]) -> None:
    """Say what the user should know of the measuring, such as another protocol than was meant."""
    for note in dict.fromkeys(snapshot.note for snapshot in snapshots):
        if note:
            say(plan.program, note)
    for snapshot in snapshots:
        down = [entry.text for entry in snapshot.log_entries if entry.kind == "network-down"]
        if down and not snapshot.hops:
            say(plan.program, f"no probe to {snapshot.target.name} could be sent: {down[-1]}")


def print_report(plan: Plan, snapshots: Sequence[Snapshot], *, start_line: bool = False, status: int = 0) -> int:
    """Print traces, in the order given, in the output that the options name.

    ``status`` is that of the signal that ended the trace, 0 for none; the answer may be another (see ``last_context``).
    """
    context, status = last_context(plan, snapshots, status)
    status = write_report(lambda: _texts(plan, snapshots, context, start_line=start_line), status)
    if is_watched() and plan.options.output not in ALL_IN_ONE:
        _tell_shared(plan, snapshots)
    return status


def last_context(plan: Plan, snapshots: Sequence[Snapshot], status: int) -> tuple[Context, int]:
    """What reports need to know at the end, and the exit status of the signal that ended the trace, 0 for none.

    A signal that comes while names are waited for ends the waiting, not the report.
    """
    with Held() as held:
        wait_s = HURRY_S if status else None
        context = make_context(plan, snapshots, wait_s=wait_s, given_up=lambda: bool(held.exit_status))
    return context, status or held.exit_status


def _texts(plan: Plan, snapshots: Sequence[Snapshot], context: Context, *, start_line: bool) -> Iterable[str]:
    if plan.options.output == "json-full":
        from .writers.full import full_report

        return [full_report(snapshots, context)]
    if plan.options.output == "dot":
        from .writers.dot import dot_report

        return [dot_report(snapshots, context)]
    make = _format(plan.options.output, start_line=start_line)
    return [make(snapshot, context) for snapshot in snapshots]


def _tell_shared(plan: Plan, snapshots: Sequence[Snapshot]) -> None:
    """Tell people which figures stem from probes to another target; the layout of reports has no room for it."""
    if len(snapshots) == 1:
        return
    shared = sorted({hop.ttl for snapshot in snapshots for hop in snapshot.hops if hop.shared})
    if shared:
        where = f"hop {shared[0]}" if len(shared) == 1 else f"hops {shared[0]} to {shared[-1]}"
        say(plan.program, f"{where}: what several targets share was probed once for all of them (--serial: for each)")
    if any(not hop.sent for snapshot in snapshots for hop in snapshot.hops):
        say(plan.program, "hops with no probe sent: the routers there answer too seldom for so many targets (--serial)")


def make_context(
    plan: Plan,
    snapshots: Sequence[Snapshot] = (),
    *,
    wait_s: float | None = None,
    given_up: Callable[[], bool] | None = None,
) -> Context:
    """What reports need to know beside the traces; waits a little for what is still asked of their addresses."""
    directory, settings = plan.directory, plan.options.report
    for snapshot in snapshots:
        for hop in snapshot.hops:
            for responder in hop.responders:
                directory.name(responder.address)
                for kind in settings.ipinfo:
                    directory.fact(responder.address, kind)
    directory.wait(given_up=given_up) if wait_s is None else directory.wait(wait_s, given_up)
    return Context(
        settings=settings,
        local_host=directory.privacy.local_host(socket.gethostname()),
        name=directory.name,
        fact=directory.fact,
    )


def _format(output: str, *, start_line: bool) -> Format:
    if output == "json":
        from .writers.json import json_report

        return json_report
    if output == "xml":
        from .writers.xml import xml_report

        return xml_report
    if output == "csv":
        from .writers.csv import csv_report

        return csv_report
    if output == "markdown":
        from .writers.markdown import markdown_report

        return markdown_report
    from .writers.text import table, text_report

    return text_report if start_line else table
