"""A session file while it is written: whoever measures hands events over and never waits for the disk."""

from __future__ import annotations

import os
import threading
import time
import zlib
from collections import deque

from ..errors import RecordingError
from ..process.folder import open_folder
from ..process.raised import caller, open_for_caller
from .encoder import Encoder
from .event_lines import Judged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..trace.events import Event
    from .event_lines import LaneAdded, LaneGone, Told
    from .header import Header

TURN_S = 0.5
SYNC_S = 5.0  # a file that is cut lacks no more than this
FULL_S = 30.0  # and can be read on from such a place even where a part before it is damaged
BACKLOG_MAX = 200_000  # events: the disk has stood still for long
GZIP = ".gz"


def create(path: str) -> int:
    """A new file that only its owner may read, as a descriptor; nothing that exists is touched, no link followed.

    Where another user had our rights raised, it is made with that user's, and theirs. To be called while there is one
    thread.

    Raises:
        RecordingError: it cannot be made.
    """
    try:
        return open_for_caller(path, os.environ, _new)
    except FileExistsError:
        raise RecordingError(
            f"{path} exists already", remedy="a recording never replaces a file: take another name"
        ) from None
    except (OSError, ValueError) as error:
        theirs = isinstance(error, PermissionError) and caller(os.environ) is not None
        what = "the user who called sudo may not write there" if theirs else getattr(error, "strerror", None) or error
        raise RecordingError(f"cannot record to {path}: {what}") from None


def _new(path: str) -> int:
    head, name = os.path.split(path)
    folder = open_folder(head or ".")  # of root it follows no link of another user
    try:
        return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    finally:
        os.close(folder)


class Recording:
    """Writes one session; ``take`` may be called from any thread and returns at once.

    Args:
        path: of the file, as the user named it; a name that ends in ``.gz`` is written compressed.
        file: the new file's descriptor (see ``create``), which this closes.
        header: its first line.
        limit_bytes: the recording ends when the file would grow beyond this; 0: there is no limit.
        known: gives the names and networks that have become known since it was last asked.
    """

    def __init__(
        self,
        path: str,
        file: int,
        header: Header,
        *,
        limit_bytes: int = 0,
        known: Callable[[], Iterable[tuple[str, Text | Origin]]] = tuple,
    ) -> None:
        self.path = path
        self.problem = ""  # why it ended before its time, a sentence; empty: it did not
        self.written_bytes = 0
        self._limit_bytes = limit_bytes
        self._known = known
        self._events: deque[Told | Judged] = deque()
        self._encoder = Encoder(header, compressed=path.endswith(GZIP))
        self._file = file
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    def take(self, index: int, event: Event) -> None:
        """Record an event of the target with this index."""
        if not self.problem:
            self._events.append((index, event))

    def lane(self, lane: LaneAdded | LaneGone) -> None:
        """Record who comes or goes."""
        if not self.problem:
            self._events.append(lane)

    def judged(self, judged: Judged) -> None:
        """Record what is thought of a target."""
        if not self.problem:
            self._events.append(judged)

    def close(self) -> None:
        """Write what is left and end the file; further calls do nothing."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        synced_s = full_s = time.monotonic()
        try:
            self._write(self._encoder.data())  # the header: what is cut at once can be told from what is none
            while not self._ending.wait(TURN_S):
                self._encode()
                now_s = time.monotonic()
                if now_s - full_s >= FULL_S:
                    synced_s = full_s = now_s
                    self._write(self._encoder.data(zlib.Z_FULL_FLUSH))
                elif now_s - synced_s >= SYNC_S:
                    synced_s = now_s
                    self._write(self._encoder.data())
            self._encode()
            self._write(self._encoder.end())
        except (OSError, RecordingError) as error:
            what = error.strerror if isinstance(error, OSError) else error.what
            self.problem = f"the recording to {self.path} has ended: {what}; what is in it can be read"
            self._events.clear()
        finally:
            os.close(self._file)

    def _encode(self) -> None:
        if len(self._events) > BACKLOG_MAX:
            raise RecordingError("the disk is too slow")
        for _ in range(len(self._events)):
            one = self._events.popleft()
            if isinstance(one, Judged):
                self._encoder.judge(one)
            else:
                self._encoder.take(one)
        for address, what in self._known():
            self._encoder.know(address, what)

    def _write(self, data: bytes) -> None:
        """Hand bytes to the kernel."""
        if self._limit_bytes and self.written_bytes + len(data) > self._limit_bytes:
            raise RecordingError(f"it has reached its limit of {self._limit_bytes:,} bytes")
        while data:
            count = os.write(self._file, data)
            self.written_bytes += count
            data = data[count:]
