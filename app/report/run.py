"""From a session to what is printed: wait for the end, print each target in the order given."""

from __future__ import annotations

import socket

from ..options.model import Options
from ..output import say, write
from ..path.snapshot import Snapshot
from ..signals import Stopped
from .context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..session import Session

    Format = Callable[[Snapshot, Context], str]


def run_report(session: Session, options: Options, program: str) -> int:
    """Trace, print the report, and give the exit status.

    What has been measured is printed also when a signal or an error ends the trace before its time.

    Raises:
        HopscopeError: what ended the trace, after the printing.
    """
    status = 0
    try:
        session.start()
        session.wait()
    except Stopped as stop:
        status = stop.exit_status
    finally:
        session.stop()
    snapshots = session.snapshots()
    for note in dict.fromkeys(snapshot.note for snapshot in snapshots):
        if note:
            say(program, note)
    for snapshot in snapshots:
        down = [entry.text for entry in snapshot.happenings if entry.kind == "network-down"]
        if down and not snapshot.hops:
            say(program, f"no probe to {snapshot.target.name} could be sent: {down[-1]}")
    if session.error is None or any(snapshot.rounds for snapshot in snapshots):
        _print(session, snapshots, options)
    if session.error is not None:
        raise session.error
    return status


def _print(session: Session, snapshots: tuple[Snapshot, ...], options: Options) -> None:
    make = _format(options.output)
    addresses = {one.address for trace in snapshots for hop in trace.hops for one in hop.responders}
    for address in addresses:
        session.name(address)
        for kind in options.report.ipinfo:
            session.fact(address, kind)
    session.wait_names()
    context = Context(
        settings=options.report,
        local_host=session.privacy.local_host(socket.gethostname()),
        name=session.name,
        fact=session.fact,
    )
    for snapshot in snapshots:
        write(make(snapshot, context))


def _format(output: str) -> Format:
    if output == "json":
        from .json import json_report

        return json_report
    from .text import text_report

    return text_report
