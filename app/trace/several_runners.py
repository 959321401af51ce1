"""Traces from several vantage points as one: each has its own runner, and targets keep their places."""

from __future__ import annotations

import time

from ..errors import HopscopeError, ProbeProcessError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from .checks import CheckPlan
    from .events import Event
    from .runner import Runner


class SeveralRunners:
    """What a ``Runner`` is, for the targets of several.

    Args:
        runners: each with the indices of its targets among all, in its own order.
    """

    def __init__(self, runners: Sequence[tuple[Runner, Sequence[int]]]) -> None:
        self._runners = [runner for runner, _ in runners]
        self._places = {index: (runner, local) for runner, indices in runners for local, index in enumerate(indices)}
        self._checked: Runner | None = None
        self._unstarted: list[Runner] = []

    @staticmethod
    def listener(
        indices: Sequence[int], on_event: Callable[[int, Event], None], lock: threading.Lock
    ) -> Callable[[int, Event], None]:
        """What one of the runners is to call: it tells ``on_event`` the index among all targets, one at a time."""

        def listen(local: int, event: Event) -> None:
            with lock:
                on_event(indices[local], event)

        return listen

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
        for runner in self._runners:
            runner.interrupt()

    def pause(self) -> None:
        """Stop sending everywhere."""
        for runner in self._runners:
            runner.pause()

    def resume(self) -> None:
        """Send again."""
        for runner in self._runners:
            runner.resume()

    def reset(self) -> None:
        """Begin the statistics anew."""
        for runner in self._runners:
            runner.reset()

    def change(self, **fields: object) -> None:
        """Take new values for fields of ``TraceSettings``."""
        for runner in self._runners:
            runner.change(**fields)

    def check(self, index: int, plan: CheckPlan) -> None:
        """Run a check beside the trace of a target."""
        self._checked, local = self._places[index]
        self._checked.check(local, plan)

    def end_check(self) -> None:
        """End the check before its time."""
        if self._checked is not None:
            self._checked.end_check()

    @property
    def _started(self) -> list[Runner]:
        return [runner for runner in self._runners if runner not in self._unstarted]
