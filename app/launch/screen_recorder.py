"""What records a session of the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..process.streams import say
from .keep import NOT_KEPT
from .pending import Pending

if TYPE_CHECKING:
    from ..session import Session
    from .plan import Plan
    from .recordings import Recordings


class ScreenRecorder:
    """What a session of the screen is recorded by: loaded when the figures are on the screen, told from the start.

    Args:
        plan: of the session.
        session: it has not been started yet.
    """

    def __init__(self, plan: Plan, session: Session) -> None:
        self._plan = plan
        self._session = session
        self._keeping = plan.keeping or NOT_KEPT
        self._pending = Pending()
        self._made: Recordings | None = None
        if self._keeping.path:
            session.tap(self._pending)

    def recordings(self) -> Recordings:
        """The recordings of the session; the one that it is kept in begins."""
        if self._made is None:
            from .record import Record
            from .recordings import Recordings

            plan, keeping, kept = self._plan, self._keeping, None
            if keeping.path:
                kept = Record(keeping.path, keeping.limit_bytes, keeping.file)
                kept.attach(
                    self._session, plan.targets, plan.settings, plan.host, plan.directory, pending=self._pending
                )
            self._made = Recordings(self._session, plan.record, kept, plan.host, plan.directory, note=keeping.note)
        return self._made

    def close(self, program: str) -> None:
        """End all of them; what is wrong with them is said."""
        if self._made is None and not self._keeping.path:
            return
        made = self.recordings()
        made.close()
        if problem := made.problem():
            say(program, problem)
