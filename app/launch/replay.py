"""A session file in the place of a plan: as of a measurement, but nothing is probed and nothing looked up."""

from __future__ import annotations

import dataclasses
import os

from ..process.raised import is_raised
from ..process.signals import DeferredSignals
from ..recording.kept import path_of
from ..recording.replayed import ReplayedSession
from .plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..options.model import Options
    from ..recording.recorded import Recorded
    from ..replay.cursor import History
    from ..resolve.directory import Directory
    from ..sanitize import Text


def session_path(asked: str, environ: Mapping[str, str]) -> str:
    """The file that is asked for: one of this name, or, where there is none, the kept session that is called so."""
    kept = path_of(asked, environ)
    if not kept or os.path.lexists(asked) or is_raised(environ):
        return asked
    return kept


class ReplayPlan(Plan):
    """What reports ask of a ``Plan``, of a session file.

    Raises:
        RecordingError: the file cannot be read.
        UsageError: the part of it that is asked for is none.
    """

    def __init__(self, program: str, options: Options) -> None:
        self.replayed = ReplayedSession(
            session_path(options.replay, os.environ), options.between, follow=options.follow
        )
        self.recorded: Recorded | None = None  # the same file, where it is looked at moment by moment
        options = dataclasses.replace(options, settings=self.replayed.settings)
        super().__init__(program, options, self.replayed.targets, None)

    def history(self) -> History | int:
        """Any moment of it; the exit status of a signal that ended the reading before its time.

        Raises:
            RecordingError: the file cannot be read.
        """
        if self.options.between:  # its rounds are counted anew
            from ..replay.past import Past

            past = Past(self.replayed.targets, self.replayed.settings, self.replayed.clock)
            self.replayed.keep(past)
            return self.load() or past
        from ..recording.recorded import Recorded
        from ..replay.recorded_history import RecordedHistory
        from .reading import Reading

        reading = Reading(self.replayed.path)
        with DeferredSignals(reading.end) as signals:
            self.recorded = Recorded(self.replayed.path, reading.shows)
            reading.close()
        return signals.exit_status or RecordedHistory(self.recorded)

    @property
    def was_cut(self) -> bool:
        """Whether the recording was not ended in order."""
        return (self.recorded or self.replayed).was_cut

    @property
    def holds_rounds(self) -> bool:
        """Whether a round began in what was read, or it tells why there is none: then there is something to report."""
        replayed = self.replayed
        return replayed.error is not None or any(one.rounds or one.hops for one in replayed.snapshots())

    @property
    def damage(self) -> str:
        """Where it could not be read further and why, a sentence; empty: all of it was read."""
        if self.recorded is not None:
            return self.recorded.damage
        return self.replayed.error.what if self.replayed.error is not None else ""

    def load(self) -> int:
        """Read all of it; the exit status of a signal that ended that before its time, 0 for none."""
        with DeferredSignals(self.replayed.interrupt) as signals:
            self.replayed.start()
        self.targets = self.replayed.targets
        return signals.exit_status

    @property
    def host(self) -> Text:
        """The name of the host that measured."""
        return self.replayed.host

    @property
    def directory(self) -> Directory:
        """What the session file says of addresses."""
        if self._directory is None:
            from ..resolve import directory

            known = self.recorded or self.replayed
            self._directory = directory.Directory(
                self.options.lookups, fixed_names=known.names, fixed_origins=known.origins
            )
            self._directory.open()
            self.replayed.attach(self._directory)
        return self._directory

    def session(self, *_: object, **__: object) -> ReplayedSession:  # type: ignore[override]
        """The session of the file; there is one."""
        return self.replayed
