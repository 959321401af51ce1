"""Traces from several vantage points as one: each has its own runner, and targets keep their places."""

from __future__ import annotations

import time

from ..errors import HopscopeError, ProbeProcessError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from ..settings import Target
    from .checks import CheckPlan
    from .events import Event
    from .runner import Runner


class Part:
    """One of the runners, and the indices of its targets among all.

    Args:
        name: of its vantage point; empty: this host, which was not named.
        indices: of the targets that it begins with, in their order.
        on_event: is told the index among all targets and each event.
        lock: keeps what the runners tell apart: one at a time.
    """

    def __init__(
        self, name: str, indices: Sequence[int], on_event: Callable[[int, Event], None], lock: threading.Lock
    ) -> None:
        self.name = name
        self.runner: Runner
        self._indices = dict(enumerate(indices))
        self._on_event = on_event
        self._lock = lock

    def listen(self, local: int, event: Event) -> None:
        """What the runner is to call."""
        with self._lock:
            self._on_event(self._indices[local], event)

    def local(self, index: int) -> int | None:
        """The runner's own index of a target; None: it is none of this runner's."""
        return next((local for local, one in self._indices.copy().items() if one == index), None)

    def add(self, target: Target, place: Callable[[], int], given_up: Callable[[], bool]) -> bool:
        """Trace one more target; whether it is traced. It is not where the runner is over, or nobody waits any more.

        ``place`` gives the index among all, and is called as soon as the target is begun, in the runner's thread.

        Raises:
            UnsupportedError: the probe process cannot trace it.
        """
        if self.runner.error is not None:
            return False

        def begun(local: int) -> None:
            self._indices[local] = place()

        return self.runner.add(target, begun, given_up)


class SeveralRunners:
    """What a ``Runner`` is, for the targets of several."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = list(parts)
        self._checked: Runner | None = None
        self._unstarted: list[Runner] = []
        self._paused = False
        self._stopped = False

    def part(self, name: str) -> Part | None:
        """The latest runner of a vantage point; None: there is none."""
        return next((part for part in reversed(self._parts) if part.name == name), None)

    def join(self, part: Part) -> None:
        """Start a further runner beside the others, and wait until it measures; it is paused as they are.

        Raises:
            HopscopeError: it cannot be started, or its probe process cannot trace what is asked for.
        """
        part.runner.start()
        try:
            part.runner.wait_begun()
        except HopscopeError:
            part.runner.stop()
            raise
        self._parts.append(part)
        if self._paused:
            part.runner.pause()
        if self._stopped:
            part.runner.stop()

    def remove(self, index: int) -> None:
        """Trace a target no more."""
        part, local = self._place(index)
        part.runner.remove(local)

    @property
    def error(self) -> HopscopeError | None:
        """What ended all of them before their time; None where one goes on, or has come to its end."""
        errors = [runner.error for runner in self._runners]
        return errors[0] if all(errors) else None

    def start(self) -> None:
        """Start all that can be.

        Raises:
            ProbeProcessError: none can.
        """
        failures = []
        for runner in self._runners:
            try:
                runner.start()
            except ProbeProcessError as error:
                runner.error = error
                self._unstarted.append(runner)
                failures.append(error)
        if len(failures) == len(self._runners):
            raise failures[0]

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end of all; whether it has come."""
        end_s = None if timeout_s is None else time.monotonic() + timeout_s
        return all(
            runner.wait(None if end_s is None else max(end_s - time.monotonic(), 0.0)) for runner in self._started
        )

    def stop(self) -> None:
        """End all."""
        self.interrupt()
        for runner in self._runners:
            runner.stop()

    def interrupt(self) -> None:
        """Have all end, without waiting for that."""
        self._stopped = True
        for runner in self._runners:
            runner.interrupt()

    def pause(self) -> None:
        """Stop sending everywhere."""
        self._paused = True
        for runner in self._runners:
            runner.pause()

    def resume(self) -> None:
        """Send again."""
        self._paused = False
        for runner in self._runners:
            runner.resume()

    def hold(self) -> None:
        """Send nothing anywhere."""
        for runner in self._runners:
            runner.hold()

    def release(self, reason: str) -> None:
        """Go on everywhere; the sentence ``reason`` is told."""
        for runner in self._runners:
            runner.release(reason)

    def reset(self) -> None:
        """Begin the statistics anew."""
        for runner in self._runners:
            runner.reset()

    def change(self, **fields: object) -> None:
        """Take new values for fields of ``TraceSettings``."""
        for runner in self._runners:
            runner.change(**fields)

    def source_changed(self, index: int, source: str) -> None:
        """Probes to a target leave from this address from now on."""
        part, local = self._place(index)
        part.runner.source_changed(local, source)

    def check(self, index: int, plan: CheckPlan) -> None:
        """Run a check beside the trace of a target."""
        part, local = self._place(index)
        self._checked = part.runner
        self._checked.check(local, plan)

    def end_check(self) -> None:
        """End the check before its time."""
        if self._checked is not None:
            self._checked.end_check()

    def _place(self, index: int) -> tuple[Part, int]:
        return next((part, local) for part in self._parts if (local := part.local(index)) is not None)

    @property
    def _runners(self) -> list[Runner]:
        return [part.runner for part in self._parts]

    @property
    def _started(self) -> list[Runner]:
        return [runner for runner in self._runners if runner not in self._unstarted]
