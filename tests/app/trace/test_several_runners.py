"""Several runners as one."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hopscope.app.errors import HopscopeError, ProbeProcessError
from hopscope.app.trace.several_runners import Part, SeveralRunners


class Double:
    """A runner that notes what it is told."""

    def __init__(self, *, ends: bool = True, starts: bool = True) -> None:
        self.error: HopscopeError | None = None
        self.calls: list[tuple[str, tuple[object, ...]]] = []
        self._ends, self._starts = ends, starts

    def start(self) -> None:
        """Start, or fail to."""
        if not self._starts:
            raise ProbeProcessError("it cannot be run")

    def wait(self, _timeout_s: float | None = None) -> bool:
        """Whether it has ended."""
        return self._ends

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *words, **named: self.calls.append((name, (*words, *named.items())))


def several(*doubles: tuple[Double, list[int]]) -> SeveralRunners:
    """The doubles as one runner."""
    return SeveralRunners([part(f"place{at}", double, indices) for at, (double, indices) in enumerate(doubles)])


def part(name: str, double: Double, indices: list[int], heard: list[tuple[int, object]] | None = None) -> Part:
    """A double as the runner of a place; what it tells is noted."""
    noted = [] if heard is None else heard
    made = Part(name, indices, lambda index, event: noted.append((index, event)), threading.Lock())
    made.runner = double  # type: ignore[assignment]
    return made


def test_targets_keep_their_places() -> None:
    """A check goes to the runner that traces the target, and events come with the index among all."""
    first, second = Double(), Double()
    runners = several((first, [0, 2]), (second, [1, 3]))
    runners.check(3, "plan")  # type: ignore[arg-type]
    runners.end_check()
    assert (first.calls, second.calls) == ([], [("check", (1, "plan")), ("end_check", ())])
    heard: list[tuple[int, object]] = []
    part("place", Double(), [1, 3], heard).listen(1, "event")  # type: ignore[arg-type]
    assert heard == [(3, "event")]


def test_all_are_told() -> None:
    """What concerns the whole session concerns every runner."""
    doubles = Double(), Double()
    runners = several(*((double, [at]) for at, double in enumerate(doubles)))
    runners.pause()
    runners.resume()
    runners.reset()
    runners.change(tos=4)
    runners.stop()
    names = ["pause", "resume", "reset", "change", "interrupt", "stop"]
    assert [[name for name, _ in double.calls] for double in doubles] == [names, names]


def test_it_ends_with_the_last_one() -> None:
    """It has ended when all have; an error counts only where no runner came to its end."""
    first, second = Double(), Double(ends=False)
    runners = several((first, [0]), (second, [1]))
    runners.start()
    assert not runners.wait(0)
    first.error = ProbeProcessError("cut off")
    assert runners.error is None
    second.error = ProbeProcessError("cut off too")
    assert runners.error is first.error


def test_one_that_cannot_start_leaves_the_others() -> None:
    """It is not waited for; where none can start, the first one's error is raised."""
    runners = several((Double(starts=False), [0]), (Double(), [1]))
    runners.start()
    assert runners.wait(0)
    with pytest.raises(ProbeProcessError, match="it cannot be run"):
        several((Double(starts=False), [0]), (Double(starts=False), [1])).start()


def test_what_joins_is_told_as_the_others_are() -> None:
    """It starts, and is paused where all are; what cannot start does not join."""
    runners, late = several((Double(), [0])), Double()
    runners.pause()
    runners.join(part("late", late, [1]))
    assert late.calls == [("wait_begun", ()), ("pause", ())]
    runners.remove(1)
    assert late.calls[2:] == [("remove", (0,))]
    with pytest.raises(ProbeProcessError):
        runners.join(part("never", Double(starts=False), [2]))
    assert runners.part("never") is None
    found = runners.part("late")
    assert found is not None
    assert found.runner is late  # type: ignore[comparison-overlap]


def test_nothing_is_added_to_what_has_failed() -> None:
    """It would never begin; what has not failed is asked."""
    failed, fine = Double(), Double()
    failed.error = HopscopeError("it cannot be run")
    target: Any = "target"
    assert not part("place", failed, [0]).add(target, lambda: 1, lambda: False)
    assert failed.calls == []
    part("place", fine, [0]).add(target, lambda: 1, lambda: False)
    assert [name for name, _ in fine.calls] == ["add"]
