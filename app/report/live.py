"""Outputs that are written line by line while the trace runs."""

from __future__ import annotations

from ..process.garbage import collect_garbage_seldom
from ..process.signals import DeferredSignals, PromptSignals, Quit, Stopped, check
from ..process.streams import is_stalled, write
from ..sanitize import document
from .backlog import Backlog
from .batches import make_context, tell_notes
from .expected import Expected
from .not_sent import is_nothing_sent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..launch.plan import Plan
    from ..path.snapshot import Snapshot
    from ..recording.replayed import ReplayedSession
    from ..settings import Target
    from .formats import LiveWriter

TURN_S = 0.2


def run_live(plan: Plan) -> int:
    """Trace and write as it happens; gives the exit status. Ends quietly when the reader goes away.

    mtr's own formats do not say which target a line belongs to, so there one target follows the other.

    Raises:
        HopscopeError: what ended the trace.
    """
    together = plan.options.format.targets_together and not plan.options.serial
    complete, expected = plan.complete, Expected(plan)
    for batch in [list(plan.targets)] if together else [[target] for target in plan.targets]:
        try:
            status, snapshots = _run(plan, batch)
        except Quit:
            break
        if status:
            return status
        complete = complete and not is_nothing_sent(snapshots)
        expected.see(snapshots, make_context(plan, snapshots))
    return expected.status if complete else 1


def _run(plan: Plan, targets: Sequence[Target]) -> tuple[int, Sequence[Snapshot]]:
    events = Backlog()
    events.session = session = plan.session(targets, listener=events.put)
    lines = plan.options.format.live(session, make_context(plan))
    status = 0
    with DeferredSignals(session.interrupt) as signals:
        check()
        try:
            session.start()
            collect_garbage_seldom()
            _write(lines.begin())
            ended = False
            while not signals.exit_status and (not ended or events):
                ended = session.wait(0)
                _write(_next_lines(lines, events, 0 if ended else TURN_S))
        except Stopped as stop:  # while a line was written
            status = stop.exit_status
        finally:
            session.stop()
            tell_notes(plan, session.snapshots())
        if not status:
            plan.directory.wait(given_up=lambda: bool(signals.exit_status))
        status = status or signals.exit_status
    if status and is_stalled():  # do not keep waiting for a reader that does not read
        return status, session.snapshots()
    while events:
        _write(_next_lines(lines, events))
    _write(lines.turn())
    _write(lines.end())
    if session.error is not None:
        raise session.error
    return status, session.snapshots()


def _next_lines(lines: LiveWriter, events: Backlog, timeout_s: float = 0) -> Iterator[str]:
    """The lines of the next events, and of what has become known meanwhile."""
    for index, event in events.take(timeout_s):
        yield from lines.event(index, event)
    yield from lines.turn()


def replay_live(plan: Plan, session: ReplayedSession) -> int:
    """Write what a recorded session would have written while it ran; gives the exit status.

    Raises:
        RecordingError: the file is damaged; what stands before the damage has been written.
    """
    status = 0
    lines = plan.options.format.live(session, make_context(plan))
    with DeferredSignals(session.interrupt) as signals:
        check()
        try:
            _write(lines.begin())
            for index, event in session.replay():
                _write(lines.event(index, event))
            _write(lines.turn())
            _write(lines.end())
        except Stopped as stop:
            status = stop.exit_status
        except Quit:
            return 0
    status = status or signals.exit_status
    if session.error is not None and not status:
        raise session.error
    if not status:
        expected = Expected(plan)
        snapshots = session.snapshots()
        expected.see(snapshots, make_context(plan, snapshots))
        status = expected.status
    return status


def _write(lines: Iterable[str]) -> None:
    text = document(lines)
    if text:
        with PromptSignals():
            write(text)
