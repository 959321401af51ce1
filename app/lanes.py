"""Who is traced, and by which runner: targets come and go while others are traced, and disturb none of them."""

from __future__ import annotations

import threading

from .errors import HopscopeError, UsageError
from .settings import by_vantage
from .trace.several_runners import Part, SeveralRunners

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Protocol

    from .additions import Addition
    from .path.recorder import Recorder
    from .sanitize import Text
    from .settings import Target, TraceSettings
    from .trace.child import Child
    from .trace.events import Event
    from .trace.group import Group
    from .trace.runner import Runner
    from .vantage.point import VantagePoint

    # A lane, and where it is traced from; None: this host.
    Found = tuple[Target, VantagePoint | None]

    class MakeRunner(Protocol):
        """Makes a runner with these settings that tells of its targets' events by their indices in it."""

        def __call__(
            self,
            targets: Sequence[Target],
            settings: TraceSettings,
            on_event: Callable[[int, Event], None],
            *,
            child: Child | None = None,
            group: Group | None = None,
            point: VantagePoint | None = None,
        ) -> Runner:
            """The runner; without a child it starts its probe process, or reaches it at a vantage point."""

    class Finder(Protocol):
        """Finds what is to be traced, too. Called in a thread of the addition's own."""

        def find(self, addition: Addition, present: Sequence[Target]) -> Iterator[Found | HopscopeError]:
            """What an addition asks for, beside what is traced; an error stands in the place of what cannot be had.

            Raises:
                HopscopeError: nothing can be.
            """


class Lanes:
    """The targets of a session, and what traces them.

    Each has an index for good, by which events tell of it, and a position among those that are traced now, which
    callers know. What is added comes last, so positions change by ``remove`` alone.

    Args:
        targets: what is traced first.
        recorder: is told who comes and goes; it counts as we do.
        settings: those of all.
        make: makes a runner.
        take: is told the index of a target and each event, of one runner at a time.
        points: the vantage points that targets name.
        grows: targets may come and go.
    """

    def __init__(
        self,
        targets: Iterable[Target],
        recorder: Recorder,
        settings: TraceSettings,
        make: MakeRunner,
        take: Callable[[int, Event], None],
        *,
        points: Iterable[VantagePoint] = (),
        grows: bool = False,
        child: Child | None = None,
        group: Group | None = None,
    ) -> None:
        self.settings = settings
        self.points = {point.name: point for point in points}
        self.all = list(targets)
        """Everything that was ever traced, by index."""
        self._live = tuple(range(len(self.all)))
        self._recorder = recorder
        self._make = make
        self._take = take
        self._lock = threading.Lock()  # of what the runners tell, and of who is traced
        self.runner: Runner | SeveralRunners
        """What traces them all."""
        if self.points or grows:
            parts = [self._part(name, indices, child) for name, indices in by_vantage(self.all).items()]
            self.runner = SeveralRunners(parts)
        else:
            self.runner = make(self.all, settings, take, child=child, group=group)

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is traced, by position."""
        return tuple([self.all[index] for index in self._live])

    def index(self, position: int) -> int:
        """The index of what is traced at a position."""
        return self._live[position]

    def tell(self, index: int, event: Event) -> None:
        """Something happened to a target that its runner does not tell of; from any thread."""
        with self._lock:
            self._take(index, event)

    def add(self, target: Target, point: VantagePoint | None, addition: Addition) -> None:
        """Trace one more: by the runner of its vantage point, or by a new one. Nothing is done once that is cancelled.

        Raises:
            HopscopeError: it cannot be traced.
        """
        if point is not None:
            self.points[point.name] = point
        part = self._several.part(target.vantage)
        if part is None or not part.add(target, lambda: self._place(target), lambda: addition.cancelled):
            if addition.cancelled:
                return
            index = self._place(target)
            try:
                self._several.join(self._part(target.vantage, [index]))
            except HopscopeError:
                self._forget(index)
                raise
        addition.added += 1

    def remove(self, position: int) -> None:
        """Trace one no more; the positions of those after it fall by one.

        Raises:
            UsageError: it is the only one.
        """
        if len(self._live) == 1:
            raise UsageError("this is the only target: nothing would be left")
        gone = self._live[position]
        self._several.remove(gone)
        self._forget(gone)

    @property
    def _several(self) -> SeveralRunners:
        assert isinstance(self.runner, SeveralRunners)
        return self.runner

    def _part(self, name: Text, indices: Sequence[int], child: Child | None = None) -> Part:
        """A runner for the targets of one vantage point; ``child`` is this host's probe process."""
        part = Part(name, indices, self._take, self._lock)
        targets = [self.all[index] for index in indices]
        point = self.points.get(name)
        child = child if point is None else point.take_child()
        part.runner = self._make(targets, self.settings, part.listen, child=child, point=point)
        return part

    def _place(self, target: Target) -> int:
        """The index of a target that is traced from now on."""
        with self._lock:
            index = len(self.all)
            self._recorder.add(target, self.settings)
            self.all.append(target)
            self._live = (*self._live, index)
            return index

    def _forget(self, index: int) -> None:
        with self._lock:
            self._live = tuple([one for one in self._live if one != index])
            self._recorder.remove(index)
