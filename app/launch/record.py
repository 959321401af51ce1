"""``--record``: what a session tells is kept in a file, with what its addresses are called."""

from __future__ import annotations

from ...probe.version import VERSION
from ..process.streams import say
from ..recording.event_lines import LaneAdded, LaneGone
from ..recording.header import Header
from ..recording.writer import Recording, create
from ..sanitize import sanitize
from ..trace.events import ProbeAnswered, ProbeDuplicated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..resolve.directory import Directory
    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..session import Session
    from ..settings import Target, TraceSettings
    from ..trace.events import Event


class Record:
    """The file that ``--record`` names: made at once, and filled once there is a session.

    Args:
        path: of the new file.
        limit_bytes: how large it may become; 0: there is no limit.

    Raises:
        RecordingError: the file cannot be made.
    """

    def __init__(self, path: str, limit_bytes: int) -> None:
        self._path = path
        self._limit_bytes = limit_bytes
        self._file = create(path)  # before rights are given up
        self._recording: Recording | None = None
        self._known = _Known()

    def attach(
        self, session: Session, targets: Sequence[Target], settings: TraceSettings, host: Text, directory: Directory
    ) -> None:
        """Keep what this session tells from here on; it has not been started yet.

        Args:
            session: it measures some of ``targets``, or all.
            targets: as the file numbers them.
            settings: how they are traced.
            host: the name of the host that measures.
            directory: what is known of addresses.
        """
        hidden = directory.privacy.target
        started_us, offset_us = session.clock
        header = Header(
            host=directory.privacy.local_host(host),
            targets=tuple(hidden(target) for target in targets),
            settings=settings,
            started_us=started_us,
            clock_offset_us=offset_us,
            version=sanitize(VERSION),
        )
        self._known.directory = directory
        recording = Recording(self._path, self._file, header, limit_bytes=self._limit_bytes, known=self._known.news)
        self._recording = recording
        numbers = _numbers(targets, session.targets)
        session.tap(_Tap(recording, numbers, len(targets), self._known, hidden))

    @property
    def problem(self) -> str:
        """Why the recording ended before its time, a sentence; empty: it did not."""
        return self._recording.problem if self._recording is not None else ""

    def close(self, program: str) -> None:
        """End the file, and say what went wrong with it."""
        if self._recording is not None:
            self._recording.close()
            if self._recording.problem:
                say(program, self._recording.problem)


class _Tap:
    """Hands to a recording what a session tells.

    Args:
        recording: takes it.
        numbers: that under which the file has each target, by index.
        count: how many targets the file has.
        known: learns which addresses answer.
        hidden: a target as it may be shown.
    """

    def __init__(
        self, recording: Recording, numbers: list[int], count: int, known: _Known, hidden: Callable[[Target], Target]
    ) -> None:
        self._recording = recording
        self._numbers = numbers
        self._count = count
        self._known = known
        self._hidden = hidden

    def take(self, index: int, event: Event) -> None:
        self._recording.take(self._numbers[index], event)
        if isinstance(event, ProbeAnswered | ProbeDuplicated):
            self._known.seen(event.address)

    def added(self, target: Target, settings: TraceSettings, started_us: int) -> None:
        self._numbers.append(self._count)
        self._count += 1
        self._recording.lane(LaneAdded(self._hidden(target), settings, started_us))

    def removed(self, index: int) -> None:
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
