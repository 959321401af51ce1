"""``--record``: what a session tells is kept in a file, with what its addresses are called."""

from __future__ import annotations

import os

from ...probe.version import VERSION
from ..clock import monotonic_us
from ..process.streams import say
from ..recording.event_lines import Judged, LaneAdded, LaneGone
from ..recording.header import Header
from ..recording.part import Part
from ..recording.writer import Recording, create
from ..sanitize import sanitize
from ..trace.events import ProbeAnswered, ProbeDuplicated

FOREVER_US = 1 << 62

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..resolve.directory import Directory
    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..session import Session
    from ..settings import Target, TraceSettings
    from ..trace.events import Event
    from .pending import Pending


class Record:
    """The file that ``--record`` names: made at once, and filled once there is a session.

    Args:
        path: of the new file.
        limit_bytes: how large it may become; 0: there is no limit.
        file: its descriptor, where it has been made already; -1: it has not.

    Raises:
        RecordingError: the file cannot be made.
    """

    def __init__(self, path: str, limit_bytes: int = 0, file: int = -1) -> None:
        self.path = path
        self._limit_bytes = limit_bytes
        self._file = create(path) if file < 0 else file  # before rights are given up
        self._recording: Recording | None = None
        self._known = _Known()
        self._session: Session | None = None
        self._tap: _Tap | None = None

    def attach(
        self,
        session: Session,
        targets: Sequence[Target],
        settings: TraceSettings,
        host: Text,
        directory: Directory,
        *,
        pending: Pending | None = None,
    ) -> None:
        """Keep what this session tells from here on; it has not been started yet.

        Args:
            session: it measures some of ``targets``, or all.
            targets: as the file numbers them.
            settings: how they are traced.
            host: the name of the host that measures.
            directory: what is known of addresses.
            pending: has what was told until now, where the session has been started; it goes on telling.
        """
        numbers = dict(enumerate(_numbers(targets, session.targets)))
        self._begin(session, targets, settings, session.clock, numbers=numbers, names=(host, directory))
        assert self._tap is not None
        if pending is None:
            session.tap(self._tap)
        else:
            pending.give_to(self._tap)

    def join(self, session: Session, host: Text, directory: Directory) -> None:
        """Keep what this session tells from its next round on, as if it had begun then; it is being measured."""
        now_us, offset_us = monotonic_us(), session.clock[1]
        numbers = {index: number for number, index in enumerate(session.indices)}
        part = Part((), now_us, FOREVER_US, session.settings)
        self._begin(
            session,
            session.targets,
            session.settings,
            (now_us, offset_us),
            numbers=numbers,
            names=(host, directory),
            part=part,
        )
        assert self._tap is not None
        session.tap(self._tap)

    def _begin(
        self,
        session: Session,
        targets: Sequence[Target],
        settings: TraceSettings,
        clock: tuple[int, int],
        *,
        numbers: dict[int, int],
        names: tuple[Text, Directory],
        part: Part | None = None,
    ) -> None:
        host, directory = names
        hidden = directory.privacy.target
        header = Header(
            host=directory.privacy.local_host(host),
            targets=tuple(hidden(target) for target in targets),
            settings=settings,
            started_us=clock[0],
            clock_offset_us=clock[1],
            version=sanitize(VERSION),
        )
        self._known.directory = directory
        recording = Recording(self.path, self._file, header, limit_bytes=self._limit_bytes, known=self._known.news)
        self._recording = recording
        self._session = session
        self._tap = _Tap(recording, numbers, (session.ever, len(targets)), self._known, hidden, part=part)

    @property
    def written_bytes(self) -> int:
        """How large the file is."""
        return self._recording.written_bytes if self._recording is not None else 0

    def judged(self, target: Target, severity: str, sentence: str) -> None:
        """Keep what is thought of a target now."""
        if self._recording is not None:
            self._recording.judged(Judged(monotonic_us(), target.lane, severity, sentence))

    @property
    def problem(self) -> str:
        """Why the recording ended before its time, a sentence; empty: it did not."""
        return self._recording.problem if self._recording is not None else ""

    def close(self, program: str) -> None:
        """End the file, and say what went wrong with it."""
        self.end()
        if self.problem:
            say(program, self.problem)

    def end(self) -> None:
        """End the file."""
        if self._recording is None and self._file >= 0:
            os.close(self._file)
            self._file = -1
        if self._session is not None and self._tap is not None:
            self._session.untap(self._tap)
        if self._recording is not None:
            self._recording.close()


class _Tap:
    """Hands to a recording what a session tells.

    Args:
        recording: takes it.
        numbers: that under which the file has each target, by the index of the session; others are not in it.
        following: the index that the session gives next, and the number that the file does.
        known: learns which addresses answer.
        hidden: a target as it may be shown.
        part: where the session had begun before: makes it begin now.
    """

    def __init__(
        self,
        recording: Recording,
        numbers: dict[int, int],
        following: tuple[int, int],
        known: _Known,
        hidden: Callable[[Target], Target],
        *,
        part: Part | None,
    ) -> None:
        self._recording = recording
        self._numbers = numbers
        self._index, self._count = following
        self._known = known
        self._hidden = hidden
        self._part = part

    def take(self, index: int, event: Event) -> None:
        number = self._numbers.get(index)
        if number is None:
            return
        for one in (event,) if self._part is None else self._part.of(number, event):
            self._recording.take(number, one)
            if isinstance(one, ProbeAnswered | ProbeDuplicated):
                self._known.seen(one.address)

    def added(self, target: Target, settings: TraceSettings, started_us: int) -> None:
        self._numbers[self._index] = self._count
        self._index += 1
        self._count += 1
        self._recording.lane(LaneAdded(self._hidden(target), settings, started_us))

    def removed(self, index: int) -> None:
        if index in self._numbers:
            self._recording.lane(LaneGone(self._numbers[index]))


class _Known:
    """Names and networks of the addresses that answered, each told when it becomes known."""

    def __init__(self) -> None:
        self.directory: Directory | None = None
        self._addresses: dict[str, None] = {}
        self._told: dict[tuple[str, bool], Text | Origin] = {}
        self._version = -1

    def seen(self, address: str) -> None:
        """Learn that an address answered."""
        if address not in self._addresses:
            self._addresses[address] = None
            self._version = -1

    def news(self) -> Iterator[tuple[str, Text | Origin]]:
        """What has become known since this was last asked."""
        directory = self.directory
        if directory is None or self._version == directory.version:
            return
        self._version = directory.version
        for address in list(self._addresses):
            for is_name, what in ((True, directory.name(address)), (False, directory.known_origin(address))):
                if what is not None and self._told.get((address, is_name)) != what:
                    self._told[address, is_name] = what
                    yield address, what


def _numbers(recorded: Sequence[Target], measured: Sequence[Target]) -> list[int]:
    """The number under which the file has each target that is measured; of equal ones that of the first."""
    first = {target: index for index, target in reversed(list(enumerate(recorded)))}
    return [first[target] for target in measured]
