"""What every report does with a plan: measure its targets, all at once or one by one, and make what is shown known."""

from __future__ import annotations

from ..process.garbage import collect_garbage_seldom
from ..process.signals import HURRY_S, DeferredSignals, Stopped, check
from ..process.streams import say
from ..resolve.facts import AS_NAME, AS_NUMBER
from .context import Context
from .not_sent import is_nothing_sent, tell_not_sent
from .short_rows import tell_short_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol, TypeVar

    from ..launch.plan import Plan
    from ..path.snapshot import EntryKind, Snapshot
    from ..session import Session
    from ..settings import Target

    Found = TypeVar("Found")

    class ShowsProgress(Protocol):
        """Says on a terminal how far a measurement is."""

        def show(self, session: Session) -> None:
            """Say it now."""

        def clear(self) -> None:
            """Leave no trace of it."""


TURN_S = 0.5
# Kinds of log entries that tell of a time in which nothing was measured, whatever the reason on the network's side.
NOT_MEASURED: frozenset[EntryKind] = frozenset({"restarted", "stalled"})


ALERTS: dict[EntryKind, str] = {
    "alert-raised": "alert",
    "alert-cleared": "alert cleared",
    "alert-command": "--on-alert",
}


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
    at_once = plan.options.format.is_all_in_one
    unprinted: list[Found] = []
    complete = plan.complete
    with DeferredSignals() as signals:
        check()
        for batch in batches:
            session, status, found = trace(batch)
            unprinted += found
            complete = complete and not is_nothing_sent(session.snapshots())
            ended = bool(status or session.error or batch is batches[-1])
            if unprinted and (ended or not at_once):
                status = show(unprinted, status)
                unprinted = []
            if session.error is not None:
                raise session.error
            status = status or signals.exit_status
            if status:
                return status
    return 0 if complete else 1


def measure(
    session: Session,
    plan: Plan,
    found: Callable[[], list[Found]],
    progress: ShowsProgress,
) -> tuple[int, list[Found]]:
    """Run a session to its end, or until a signal; the exit status of that, 0 for none, and what ``found`` gives.

    A signal that comes when the session is at its end does not keep what was found from being printed.
    """
    status = 0
    with DeferredSignals(session.interrupt) as signals:
        try:
            session.start()
            session.attach(plan.directory)
            session.fold()  # loads what that takes while the first answers are on their way
            collect_garbage_seldom()
            while not session.wait(TURN_S):
                progress.show(session)
        except Stopped as stop:  # while the line of progress was written
            status = stop.exit_status
        finally:
            progress.clear()
            session.stop()
            tell_notes(plan, session.snapshots())
            results = found()
    return status or signals.exit_status, results


def tell_notes(plan: Plan, snapshots: Sequence[Snapshot]) -> None:
    """Say what the user should know of the measuring, such as another protocol than was meant."""
    for note in dict.fromkeys(snapshot.note for snapshot in snapshots):
        if note:
            say(plan.program, note)
    entries = [one for snapshot in snapshots for one in snapshot.log_entries]
    gaps = [one.text for one in entries if one.kind in NOT_MEASURED]
    # Of many targets each finds it at its own moment.
    moves = {(one.old, one.new): one.text for one in reversed(entries) if one.kind == "source-changed"}
    for text in dict.fromkeys([*gaps, *reversed(moves.values())]):
        say(plan.program, text)
    for snapshot in snapshots:
        for one in snapshot.log_entries:
            if one.kind in ALERTS:
                say(plan.program, f"{snapshot.target.lane}: {ALERTS[one.kind]}: {one.text}")
    tell_not_sent(plan, snapshots)
    tell_short_rows(plan, snapshots)


def last_context(plan: Plan, snapshots: Sequence[Snapshot], status: int) -> tuple[Context, int]:
    """What reports need to know at the end, and the exit status of the signal that ended the trace, 0 for none.

    A signal that comes while names are waited for ends the waiting, not the report.
    """
    with DeferredSignals() as signals:
        wait_s = HURRY_S if status else None
        context = make_context(plan, snapshots, wait_s=wait_s, given_up=lambda: bool(signals.exit_status))
    return context, status or signals.exit_status


def make_context(
    plan: Plan,
    snapshots: Sequence[Snapshot] = (),
    *,
    wait_s: float | None = None,
    given_up: Callable[[], bool] | None = None,
) -> Context:
    """What reports need to know beside the traces; waits a little for what is still asked of their addresses."""
    directory, settings = plan.directory, plan.options.report
    kinds = settings.ipinfo or ((AS_NUMBER, AS_NAME) if plan.options.format.is_ticket else ())
    expected = (AS_NUMBER,) if any(one.needs_networks for one in plan.options.expectations) else ()
    for snapshot in snapshots:
        for hop in snapshot.hops:
            for responder in hop.responders:
                directory.name(responder.address)
                for kind in (*kinds, *expected):
                    directory.fact(responder.address, kind)
    directory.wait(given_up=given_up) if wait_s is None else directory.wait(wait_s, given_up)
    return Context(
        settings=settings,
        local_host=directory.privacy.local_host(plan.host),
        name=directory.name,
        fact=directory.fact,
    )
