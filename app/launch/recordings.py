"""What a session of the screen is recorded to, as keys and the screen ask for it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from ..errors import RecordingError
from ..recording.kept import name_of
from ..sanitize import NOTHING, composed, sanitize
from .record import Record
from .sessions import size_text

if TYPE_CHECKING:
    from ..insight.assessment import Assessment
    from ..path.snapshot import Snapshot
    from ..resolve.directory import Directory
    from ..sanitize import Text
    from ..session import Session


class Recorded(NamedTuple):
    """A recording that was asked for, while it goes on."""

    name: Text
    """Of the file, without its folder."""
    written_bytes: int
    """How large that is."""

    @property
    def size(self) -> str:
        """The same in words."""
        return size_text(self.written_bytes)


class Recordings:
    """The recordings of one session.

    Args:
        session: it is measured.
        asked: the file that ``--record`` named, which is written already; None: none.
        kept: that in which the session is kept; None: it is not.
        host: the name of the host that measures.
        directory: what is known of addresses.
        note: what the user is to know at the start; empty: nothing.
    """

    def __init__(
        self,
        session: Session,
        asked: Record | None,
        kept: Record | None,
        host: Text,
        directory: Directory,
        *,
        note: Text = NOTHING,
    ) -> None:
        self.note = note
        self._session = session
        self._asked = asked
        self._kept = kept
        self._host = host
        self._directory = directory
        self._told: set[str] = set()
        self._judged: dict[Text, tuple[str, str]] = {}

    @property
    def going(self) -> Recorded | None:
        """The recording that was asked for; None: there is none, or it has ended."""
        asked = self._asked
        if asked is None or asked.problem:
            return None
        return Recorded(sanitize(os.path.basename(asked.path)), asked.written_bytes)  # noqa: PTH119 - not worth a path

    def switch(self) -> Text:
        """Begin a recording in the current folder, or end the one that goes on; what came of it, a sentence."""
        asked, self._asked = self._asked, None
        if asked is not None:
            asked.end()
            if not asked.problem:
                return composed(f"Recording ended: {asked.path}, {size_text(asked.written_bytes)}")
        path = f"hopscope-{name_of(str(self._session.targets[0].name), time.time())}.hops.gz"
        try:
            self._asked = Record(path)
        except RecordingError as error:
            return composed(f"Not recorded: {error.what}")
        self._asked.join(self._session, self._host, self._directory)
        return composed(f"Recording to {path}")

    def problem(self) -> Text:
        """Why a recording has ended before its time, told once; empty: none has."""
        for record in (self._asked, self._kept):
            if record is not None and record.problem and record.path not in self._told:
                self._told.add(record.path)
                return composed(f"{record.problem[:1].upper()}{record.problem[1:]}")
        return NOTHING

    def judged(self, snapshot: Snapshot, assessment: Assessment) -> None:
        """Keep what is thought of a trace, where that is something else than before."""
        target = snapshot.target
        now = str(assessment.severity), assessment.sentence
        if now[1] and self._judged.get(target.lane) != now:
            self._judged[target.lane] = now
            for record in (self._asked, self._kept):
                if record is not None:
                    record.judged(target, *now)

    def close(self) -> None:
        """End all of them."""
        for record in (self._asked, self._kept):
            if record is not None:
                record.end()
