"""Look-ups in the background: a daemon thread that asks, and tables whose readers never wait.

The thread starts with the first look-up. It holds its own event loop; nothing that happens there, a dead resolver
included, can delay a probe, a row of the screen, or the exit.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from .cache import Cache

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Sequence

    from .client import Client

Value = TypeVar("Value")

IN_FLIGHT_MAX = 8  # queries at once: a few, so that a small home router is not flooded
PENDING_MAX = 1024  # keys of a table waiting for their answer; further ones are asked for again later
HEAD_START_S = 0.3  # the first look-up waits for this long: loading dnspython must not compete with the first frame
CLOSE_WAIT_S = 0.2


class Asker:
    """The thread that asks DNS servers.

    Args:
        servers: ``(address, port)`` of the servers; empty: those of ``configuration``.
        configuration: a file in the form of resolv.conf(5).
        head_start_s: for how long the first look-up waits, unless somebody waits for it.
    """

    def __init__(
        self,
        servers: Sequence[tuple[str, int]] = (),
        configuration: Path = Path("/etc/resolv.conf"),
        head_start_s: float = HEAD_START_S,
    ) -> None:
        self._servers = servers
        self._configuration = configuration
        self._head_start_s = head_start_s
        self._lock = threading.Lock()
        self._hurry = threading.Event()
        self._jobs: deque[tuple[LookupTable[object], str]] = deque()
        self._tasks: dict[asyncio.Task[None], LookupTable[object]] = {}
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._client: Client | None = None
        self._closed = False

    @property
    def is_running(self) -> bool:
        """Whether there was ever something to ask, so that the thread lives."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_closed(self) -> bool:
        """Whether nothing will be answered any more."""
        return self._closed

    def submit(self, table: LookupTable[object], key: str) -> bool:
        """Have a table's key looked up; returns at once, from any thread. False after ``close``."""
        with self._lock:
            if self._closed:
                return False
            self._jobs.append((table, key))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="look-ups", daemon=True)
                self._thread.start()
        self._call(self._take_jobs)
        return True

    def cancel(self, table: LookupTable[object]) -> None:
        """Ask nothing more for a table, and forget what is being asked."""
        with self._lock:
            self._jobs = deque(job for job in self._jobs if job[0] is not table)
        self._call(lambda: [task.cancel() for task, owner in self._tasks.items() if owner is table])

    def hurry(self) -> None:
        """Somebody waits: no head start for others."""
        self._hurry.set()

    def close(self) -> None:
        """End the thread; waits for it for a moment at most."""
        with self._lock:
            self._closed = True
            self._jobs.clear()
        self._hurry.set()
        self._call(lambda: self._stop.set() if self._stop else None)
        if self._thread is not None:
            self._thread.join(CLOSE_WAIT_S)

    def _call(self, function: Callable[[], object]) -> None:
        """Run a function in the look-up thread, if it is up: what it finds in the lists when it comes up, it does."""
        loop = self._loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(function)
            except RuntimeError:  # the loop has been closed meanwhile
                return

    def _run(self) -> None:
        self._hurry.wait(self._head_start_s)
        if self._closed:
            return
        try:
            import asyncio

            asyncio.run(self._serve())
        except Exception:  # noqa: BLE001 - no file descriptor left, no dnspython: there are no names then
            self._closed = True

    async def _serve(self) -> None:
        import asyncio

        from .client import Client

        self._client = Client(self._servers, self._configuration)
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if self._closed:
            return
        self._take_jobs()
        await self._stop.wait()
        self._loop = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _take_jobs(self) -> None:
        import asyncio

        while self._jobs and len(self._tasks) < IN_FLIGHT_MAX and not self._closed:
            with self._lock:
                if not self._jobs:
                    return
                table, key = self._jobs.popleft()
            assert self._client is not None
            task = asyncio.get_running_loop().create_task(table.look_up(self._client, key))
            self._tasks[task] = table
            task.add_done_callback(self._end_task)

    def _end_task(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        self._take_jobs()


class LookupTable(Generic[Value]):
    """Answers by key: read at once, looked up in the background.

    Args:
        asker: the thread that asks.
        ask: gives a key's value (None: there is none) and for how long it may be kept in seconds; raises where
            nothing could be learnt.
        now_s: a monotonic clock in seconds.
    """

    def __init__(
        self,
        asker: Asker,
        ask: Callable[[Client, str], Awaitable[tuple[Value | None, float]]],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._asker = asker
        self._ask = ask
        self._now_s = now_s
        self._cache: Cache[Value] = Cache()
        self._pending: dict[str, int] = {}  # key and the era in which it was asked for
        self._era = 0
        self._changed = threading.Condition()
        self._version = 0

    @property
    def version(self) -> int:
        """Rises with every answer, so that readers see cheaply that there is something new."""
        return self._version

    def get(self, key: str) -> Value | None:
        """What is known now; what is unknown or old is looked up."""
        entry = self._cache.get(key)
        if (entry is None or entry.expires_s <= self._now_s()) and key not in self._pending:
            with self._changed:
                wanted = key not in self._pending and len(self._pending) < PENDING_MAX
                if wanted:
                    self._pending[key] = self._era
            # The asker does not look at values.
            if wanted and not self._asker.submit(self, key):  # type: ignore[arg-type]
                self._forget(key, self._era)
        return entry.value if entry else None

    def wait(self, timeout_s: float) -> bool:
        """Wait until nothing is being looked up, for ``timeout_s`` at most; whether that came about."""
        self._asker.hurry()
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending or self._asker.is_closed, timeout_s)

    def cancel(self) -> None:
        """Ask nothing more; what is known stays."""
        self._asker.cancel(self)  # type: ignore[arg-type]
        with self._changed:
            self._era += 1
            self._pending.clear()
            self._changed.notify_all()

    async def look_up(self, client: Client, key: str) -> None:
        """Ask for one key and keep the answer; runs in the look-up thread."""
        era = self._era
        try:
            value, ttl_s = await self._ask(client, key)
        except Exception:  # noqa: BLE001 - whatever it is, the key must not be asked for again at once
            self._cache.fail(key, self._now_s())
        else:
            self._cache.store(key, value, ttl_s, self._now_s())
        finally:
            self._version += 1
            self._forget(key, era)

    def _forget(self, key: str, era: int) -> None:
        with self._changed:
            if self._pending.get(key) == era:
                del self._pending[key]
            if not self._pending:
                self._changed.notify_all()
