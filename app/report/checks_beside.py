"""What a ticket tries beside its trace: TCP port 443 of the target, as often as the trace allows, then the path MTU."""

from __future__ import annotations

from ..insight.checks.offers import PATIENCE, path_mtu, tcp_beside
from ..process.streams import say
from ..protocols import PROTOCOLS, TCP
from .progress import RoundsProgress, time_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..launch.plan import Plan
    from ..path.snapshot import Snapshot
    from ..session import Session
    from ..trace.checks import CheckPlan

SHARE = 0.6  # of the rounds, in which TCP is tried; the search for the path MTU takes of the rest
LEAST = 5


class ChecksBeside:
    """Shows the progress of a report, and begins one check after the other while its trace runs.

    Args:
        plan: of the report. It is told at once how long it takes, and what is sent beside it.
    """

    def __init__(self, plan: Plan) -> None:
        self._progress = RoundsProgress(plan)
        self._rounds = plan.settings.rounds or 0
        self._targets = len(plan.targets)
        interval_s = plan.settings.interval_us / 1_000_000
        time_s = SHARE * self._rounds * interval_s / max(1, self._targets)
        self._count = max(LEAST, int(time_s / max(interval_s, 1.0)))
        self._asked: int | None = None  # how many checks the target had before the one that runs now
        self._order = self._all()
        self._next = next(self._order, None)
        say(plan.program, self._told(plan))

    def _told(self, plan: Plan) -> str:
        """How long it takes, and which further probes are sent."""
        takes = time_words(self._rounds * plan.settings.interval_us / 1_000_000)
        each = "" if self._targets == 1 else " of each target"
        beside = [f"up to {self._count} TCP probes to port 443{each}"] if self._tries_tcp(plan) else []
        if PROTOCOLS[plan.settings.protocol].any_size:
            beside.append("probes of up to 1,500 bytes that find the path MTU")
        extra = f"; beside the trace it sends {' and '.join(beside)}" if beside else ""
        return f"the ticket takes about {takes}{extra}"

    @staticmethod
    def _tries_tcp(plan: Plan) -> bool:
        return plan.settings.protocol != TCP.name

    def _all(self) -> Iterator[tuple[int, bool]]:
        """The index of each target, and whether it is the path MTU's turn."""
        for index in range(self._targets):
            yield index, False
            yield index, True

    def show(self, session: Session) -> None:
        """Bring the line of progress up to date, and begin the next check once the last one is over."""
        self._progress.show(session)
        snapshots = session.snapshots()
        while self._next is not None:
            index, is_mtu = self._next
            snapshot = snapshots[index]
            if self._asked is not None:
                if len(snapshot.checks) <= self._asked or snapshot.checks[-1].state == "running":
                    return
                self._asked, self._next = None, next(self._order, None)
                continue
            if not snapshot.hops or snapshot.rounds < 2:  # what is on the path is not known yet
                return
            plan = path_mtu(snapshot) if is_mtu else self._tcp(snapshot)
            if plan is None:
                self._next = next(self._order, None)
                continue
            self._asked = len(snapshot.checks)
            session.check(index, plan)
            return

    def clear(self) -> None:
        """Leave no trace of the line."""
        self._progress.clear()

    def _tcp(self, snapshot: Snapshot) -> CheckPlan | None:
        return tcp_beside(snapshot.settings, snapshot.hops[-1].ttl, self._count, PATIENCE)
