"""A session file in the place of a plan: as of a measurement, but nothing is probed and nothing looked up."""

from __future__ import annotations

import dataclasses

from ..process.signals import DeferredSignals
from ..recording.replayed import ReplayedSession
from .plan import Plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..options.model import Options
    from ..replay.past import Past
    from ..resolve.directory import Directory
    from ..sanitize import Text


class ReplayPlan(Plan):
    """What reports ask of a ``Plan``, of a session file.

    Raises:
        RecordingError: the file cannot be read.
        UsageError: the part of it that is asked for is none.
    """

    def __init__(self, program: str, options: Options) -> None:
        self.replayed = ReplayedSession(options.replay, options.between)
        options = dataclasses.replace(options, settings=self.replayed.settings)
        super().__init__(program, options, self.replayed.targets, None)

    def past(self) -> Past:
        """Keeps any moment of it, once all is read."""
        from ..replay.past import Past

        replayed = self.replayed
        past = Past(replayed.targets, replayed.settings, replayed.clock)
        replayed.keep(past)
        return past

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

            self._directory = directory.Directory(
                self.options.lookups, fixed_names=self.replayed.names, fixed_origins=self.replayed.origins
            )
            self._directory.open()
            self.replayed.attach(self._directory)
        return self._directory

    def session(self, *_: object, **__: object) -> ReplayedSession:  # type: ignore[override]
        """The session of the file; there is one."""
        return self.replayed
