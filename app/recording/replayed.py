"""A recorded session in the place of one that is measured: its events are folded again, and reports look at that."""

from __future__ import annotations

import time

from ..errors import RecordingError, UsageError
from ..path.recorder import Recorder
from .event_lines import LaneAdded
from .part import Part
from .reader import open_session
from .span import span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..errors import HopscopeError
    from ..path.privacy import Privacy
    from ..path.recorder import Log
    from ..path.snapshot import Snapshot
    from ..resolve.directory import Directory
    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..settings import Target
    from ..trace.events import Event
    from .event_lines import Told
    from .header import Header

FOLLOW_S = 0.2  # between two looks at a file that grows
LOOK_EVERY = 4096  # events, between two looks at whether reading is given up


class ReplayedSession:
    """What reports ask of a ``Session``, of a recording.

    Args:
        path: of the session file.
        between: a part of it, as ``span`` reads it; empty: all of it.
        follow: it is still being written: what comes is waited for, until the recording is ended.

    Raises:
        RecordingError: it cannot be read.
        UsageError: ``between`` names no part of it.
    """

    def __init__(self, path: str, between: str = "", *, follow: bool = False) -> None:
        self.path = path
        """Of the session file."""
        self._file = open_session(path, self._more if follow else None)
        header = self._file.header
        self._all = list(header.targets)
        self._gone: set[int] = set()
        self.host: Text = header.host
        self.error: HopscopeError | None = None
        self._attached: Directory | None = None
        self._given_up = False
        self._follows = follow
        self._events = self._file.events()
        settings, started_us = header.settings, header.started_us
        if between:
            from_us, to_us = _span(path, between)
            first = Part(open_session(path).events(), from_us, to_us, header.settings)
            first_us = next((told[1].time_us for told in first.events() if isinstance(told, tuple)), None)
            if first_us is None:
                raise UsageError(f"option --between: no round of {path} began then")
            self._file = open_session(path)
            settings, started_us = first.settings, first_us
            self._events = Part(self._file.events(), from_us, to_us, settings).events()
        self.settings = settings
        self.clock = (started_us, header.clock_offset_us)
        """When it began, in microseconds of the recording's monotonic clock, and what makes its wall clock of that."""
        self._recorder = Recorder(header.targets, settings, self.clock)

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is traced at the moment that was read last; one that was named twice is there twice."""
        return tuple([target for index, target in enumerate(self._all) if index not in self._gone])

    @property
    def names(self) -> dict[str, Text]:
        """Reverse names by address, as far as it has been read."""
        return self._file.names

    @property
    def origins(self) -> dict[str, Origin]:
        """Networks by address, likewise."""
        return self._file.origins

    def replay(self) -> Iterator[tuple[int, Event]]:
        """Fold event by event; each is given, with the index of its target, when the snapshots show it."""
        for count, told in enumerate(self._events):
            if isinstance(told, tuple):
                self._recorder.record(*told)
                yield told
            elif isinstance(told, LaneAdded):
                self._all.append(told.target)
                self._recorder.add(told.target, told.settings, told.started_us)
            else:
                self._gone.add(told.target)
                self._recorder.remove(told.target)
            if self._given_up and (count % LOOK_EVERY == 0 or self._follows):
                return
        self._recorder.fold()
        if self._file.damage:
            self.error = RecordingError(self._file.damage, remedy="what stands before that is shown")

    def _more(self) -> bool:
        """Wait a moment for more of the file; whether any may come."""
        if self._file.is_whole or self._given_up:
            return False
        time.sleep(FOLLOW_S)
        return not self._given_up

    def told(self) -> Iterator[Told]:
        """What happened, as it stands in the file, in the place of ``replay``: nothing is folded."""
        return self._events

    @property
    def header(self) -> Header:
        """The first line of the file."""
        return self._file.header

    @property
    def damage(self) -> str:
        """Where the file could not be read further, a sentence; known once it has been read to there."""
        return self._file.damage

    @property
    def share(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return self._file.share

    def keep(self, log: Log) -> None:
        """Tell somebody what is folded; before anything is."""
        self._recorder.log = log

    def start(self) -> None:
        """Fold all of it; it takes a while, and ``interrupt`` ends it before its time."""
        for _ in self.replay():
            pass

    def wait(self, timeout_s: float | None = None) -> bool:  # noqa: ARG002 - as of a session that is measured
        """Whether it has come to its end: it has."""
        return True

    def interrupt(self) -> None:
        """Read no further: for a signal handler."""
        self._given_up = True

    def stop(self) -> None:
        """Nothing is measured."""

    def fold(self) -> None:
        """Nothing is left to fold."""

    def attach(self, directory: Directory) -> None:
        """Bring what is known of addresses."""
        self._attached = directory

    def pause(self) -> None:
        """Nothing is sent."""

    def resume(self) -> None:
        """Nothing is sent."""

    def reset(self) -> None:
        """What was recorded stays."""

    @property
    def names_on(self) -> bool:
        """Whether reverse names are shown."""
        return self._attached is not None and self._attached.names.on

    def set_names(self, *, on: bool) -> None:
        """Show reverse names, or not."""
        if self._attached is not None:
            self._attached.names.set_on(on=on)

    def rounds_begun(self) -> int:
        """How many rounds have begun for all targets."""
        return self._recorder.rounds_begun()

    def starting(self) -> tuple[Snapshot, ...]:
        """The snapshot of each target before anything happened, as it may be shown; of equal ones, one."""
        by_target = {one.target: one for one in reversed(self._recorder.starting())}
        snapshots = tuple(by_target[target] for target in dict.fromkeys(self.targets))
        return snapshots if self._attached is None else self._attached.privacy.snapshots(snapshots)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The snapshot of each target at the moment that was read last, as it may be shown; of equal ones, one."""
        by_target: dict[Target, Snapshot] = {}
        for target, snapshot in zip(self.targets, self._recorder.snapshots(), strict=True):
            by_target.setdefault(target, snapshot)
        snapshots = tuple(by_target.values())
        return snapshots if self._attached is None else self._attached.privacy.snapshots(snapshots)

    def snapshot(self, index: int) -> Snapshot:
        """That of one target, by its index."""
        snapshot = self._recorder.snapshot(index)
        return snapshot if self._attached is None else self._attached.privacy.snapshot(snapshot)

    @property
    def known_version(self) -> int:
        """Rises when a name or a network has been read."""
        return len(self._file.names) + len(self._file.origins)

    @property
    def privacy(self) -> Privacy:
        """Hides the first hops, in all that leaves here."""
        assert self._attached is not None
        return self._attached.privacy

    @property
    def was_cut(self) -> bool:
        """Whether the recording was not ended in order; known once all of it has been read."""
        return not self._file.is_whole and not self._file.damage


def _span(path: str, between: str) -> tuple[int, int]:
    """The two moments of a session file that are meant (monotonic)."""
    whole = open_session(path)
    header = whole.header
    offset_us = header.clock_offset_us
    last_us = header.started_us
    for told in whole.events():
        if isinstance(told, tuple):
            last_us = told[1].time_us
    try:
        from_us, to_us = span(between, header.started_us + offset_us, last_us + offset_us)
    except ValueError as error:
        raise UsageError(f"option --between: {error}") from None
    return from_us - offset_us, to_us - offset_us
