"""Reports that a signal ends before their time: nothing that was measured is lost, and nothing hangs."""

from __future__ import annotations

import signal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.process import signals
from hopscope.app.report.batches import in_batches, measure
from hopscope.app.report.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator


class Session:
    """A session whose measuring goes on until it is interrupted; a signal meets the waiting for its end."""

    error = None

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.interrupted = False

    def start(self) -> None:
        """Begin."""
        self.calls.append("start")

    def attach(self, _directory: object) -> None:
        """Take what is known of addresses."""
        self.calls.append("attach")

    def fold(self) -> None:
        """Nothing was measured."""

    def wait(self, _timeout_s: float) -> bool:
        """Whether it is over."""
        if not self.interrupted:
            signal.raise_signal(signal.SIGTERM)
            self.calls.append("wait")  # an exception within would leave what it holds as it is
        return self.interrupted

    def interrupt(self) -> None:
        """End soon."""
        self.interrupted = True

    def stop(self) -> None:
        """Have ended."""
        self.calls.append("stop")

    def snapshots(self) -> tuple[object, ...]:
        """None."""
        return ()


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Signals end the program, and the test runner's own handlers come back."""
    monkeypatch.setattr(signals, "_received", [])
    before = {number: signal.getsignal(number) for number in signals.ENDING}
    signals.raise_on_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


PLAN: Any = SimpleNamespace(
    directory=None, targets=["a"], complete=True, options=SimpleNamespace(serial=False, format=FORMATS["report"])
)
PROGRESS: Any = SimpleNamespace(show=lambda _session: None, clear=lambda: None)


def test_a_signal_raises_nothing_while_other_threads_run() -> None:
    """It has the measuring end, and what was found is given, with the status that tells of the signal."""
    session: Any = Session()
    assert measure(session, PLAN, lambda: ["found"], PROGRESS) == (143, ["found"])
    assert session.calls == ["start", "attach", "wait", "stop"]


def test_a_signal_between_measuring_and_printing_loses_nothing() -> None:
    """What was found is printed all the same."""
    printed: list[object] = []

    def trace(_targets: object) -> Any:
        signal.raise_signal(signal.SIGINT)
        return SimpleNamespace(error=None, snapshots=tuple), 0, ["found"]

    def show(found: list[str], status: int) -> int:
        printed.append((found, status))
        return status

    assert in_batches(PLAN, trace, show) == 130
    assert printed == [(["found"], 0)]


def test_a_signal_that_was_swallowed_before_keeps_from_measuring() -> None:
    """Code that swallows exceptions may have met it while the program was loaded."""
    with pytest.raises(signals.Stopped):
        signal.raise_signal(signal.SIGTERM)
    with pytest.raises(signals.Stopped):
        in_batches(PLAN, lambda _targets: pytest.fail("measured"), lambda _found, status: status)
