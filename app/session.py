"""A measurement put together: probe process, engine, paths and names, for screens and reports alike."""

from __future__ import annotations

import time
from dataclasses import replace

from .errors import HopscopeError, UsageError
from .host_watch import HostWatch
from .lanes import Lanes
from .path.recorder import Recorder
from .trace.events import Event, ProbeAnswered, RoundStarted, SourceChanged, TrafficRead
from .trace.runner import Runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Protocol

    from .additions import Addition
    from .alerting import Alerting
    from .host_watch import Traffic
    from .lanes import Finder
    from .path.privacy import Privacy
    from .path.recorder import Watch
    from .path.snapshot import LogEntry, Snapshot
    from .replay.past import Past
    from .resolve.directory import Directory
    from .resolve.origin import Origin
    from .sanitize import Text
    from .settings import Target, TraceSettings
    from .trace.checks import CheckPlan
    from .trace.child import Child, Start
    from .trace.group import Group
    from .trace.one_way import EndSettings, OneWayCount
    from .vantage.point import VantagePoint

    CountEnds = tuple[EndSettings, EndSettings]

    class Tap(Watch, Protocol):
        """Is told all that happens."""

        def take(self, index: int, event: Event) -> None:
            """An event of the target with this index, as it may be shown; must not wait."""


ADDITIONS_END_S = 3.0  # what is still being added is waited for so long, when all is to end


class Session:
    """Targets under measurement, and what their addresses are called.

    Args:
        targets: what is traced.
        settings: how.
        directory: what is known of addresses; None: ``attach`` brings it before it is used.
        command: the probe process's, to start it again should it die.
        child: the probe process where it runs already.
        explicit: the protocol was asked for by name, and none stands in for it.
        flows_explicit: flows were asked for, and it is said where they cannot be had.
        listener: called with the index of the target and each event, as it may be shown, in the measuring thread, so
            it must not wait.
        group: what decides which probes are sent, where it is not the usual one.
        traffic: makes what reads the counters of this host's interfaces for all that is traced; called in the measuring
            thread, after the first probes have left. None: they are not read.
        simulated: the network is none of this host's.
        points: the vantage points that targets name.
        count: the ends of what is counted one way between the first target and the second, which are traced from each
            other. None: nothing is.
        finder: makes what finds lanes that are added; None: none can be.
        start: starts the probe process where this process may not.
        alerting: watches the user's alerts; None: there are none.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        settings: TraceSettings,
        *,
        directory: Directory | None,
        command: Sequence[str],
        child: Child | None = None,
        explicit: bool = False,
        flows_explicit: bool = False,
        listener: Callable[[int, Event], None] | None = None,
        group: Group | None = None,
        traffic: Callable[[Sequence[Target]], Traffic] | None = None,
        simulated: bool = False,
        points: Sequence[VantagePoint] = (),
        count: CountEnds | None = None,
        finder: Callable[[], Finder] | None = None,
        start: Start | None = None,
        alerting: Alerting | None = None,
    ) -> None:
        self._alerting = alerting
        self._finder = finder
        self._additions: tuple[Addition, ...] = ()
        self._begun: list[Addition] = []  # and perhaps not over, whether anybody waits for them or not
        self._recorder = Recorder(targets, settings)
        self._attached = directory
        self._listener = listener
        self._watch = HostWatch(traffic) if traffic is not None else None
        self._simulated = simulated
        self._count: OneWayCount | None = None
        self._taps: tuple[Tap, ...] = ()

        def runner(
            targets: Sequence[Target],
            settings: TraceSettings,
            on_event: Callable[[int, Event], None],
            *,
            child: Child | None = None,
            group: Group | None = None,
            point: VantagePoint | None = None,
        ) -> Runner:
            far: dict[str, Any] = {}
            if point is not None:
                far = {"connect": point.connect, "own": point.is_own, "place": point.name}
                far["lingers"] = point.names.is_waiting
            if self._count is not None and targets[0].direction:
                far["count"] = self._count.near if targets[0].direction == "forward" else self._count.far
            made = Runner(
                command if point is None else (point.where.kind,),
                targets,
                settings,
                on_event,
                explicit=explicit,
                flows_explicit=flows_explicit,
                prompt=listener is not None,
                child=child,
                group=group,
                start=start,
                **far,
            )
            if point is not None:
                point.traced_by(made)
            return made

        if count is not None and [target.direction for target in targets] == ["forward", "return"]:
            from .trace.one_way import OneWayCount

            self._count = OneWayCount(*count, settings.interval_us, lambda event: self._lanes.tell(0, event))
        self._lanes = Lanes(
            targets,
            self._recorder,
            settings,
            runner,
            self._take,
            points=points,
            grows=finder is not None,
            child=child,
            group=group,
        )
        self._runner = self._lanes.runner

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is traced. A target's position in it is its index in all methods, and in ``snapshots``.

        What is added comes last, so positions change by ``remove`` alone.
        """
        return self._lanes.targets

    def start(self) -> None:
        """Start measuring.

        Raises:
            ProbeProcessError: the probe process cannot be run.
        """
        self._runner.start()

    def attach(self, directory: Directory) -> None:
        """Bring what is known of addresses; loading it takes time that the first probe need not wait for."""
        self._attached = directory

    def tap(self, tap: Tap) -> None:
        """Have all that happens from now on told to somebody else too."""
        self._taps = (*self._taps, tap)
        self._recorder.watch = self

    def untap(self, tap: Tap) -> None:
        """Tell them nothing more."""
        self._taps = tuple(one for one in self._taps if one is not tap)

    def added(self, target: Target, settings: TraceSettings, started_us: int) -> None:
        """A target has the next index from now on: the recorder tells it, for whoever taps."""
        for tap in self._taps:
            tap.added(target, settings, started_us)

    def removed(self, index: int) -> None:
        """One is shown no more; likewise."""
        for tap in self._taps:
            tap.removed(index)

    @property
    def indices(self) -> tuple[int, ...]:
        """The index of each target by which events tell of it, in the order of ``targets``."""
        return tuple(self._lanes.index(position) for position in range(len(self.targets)))

    @property
    def ever(self) -> int:
        """How many targets there have been: the index that the next one gets."""
        return len(self._lanes.all)

    @property
    def settings(self) -> TraceSettings:
        """Those of all, now."""
        return self._lanes.settings

    def keep_past(self) -> Past:
        """Have what is folded kept from here on, so that any moment of it can be shown again."""
        from .replay.past import Past

        made = self._recorder.log = Past(self._lanes.targets, self._lanes.settings, self.clock)
        return made

    @property
    def clock(self) -> tuple[int, int]:
        """When it began, in microseconds of the monotonic clock, and what added to such times gives the wall clock."""
        return self._recorder.started_us, self._recorder.clock_offset_us

    @property
    def _directory(self) -> Directory:
        assert self._attached is not None
        return self._attached

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end of the measurement; whether it has come."""
        return self._runner.wait(timeout_s)

    def stop(self) -> None:
        """End the measurement and the probe process. Names stay known."""
        self._runner.stop()
        if self._alerting is not None:
            self._alerting.stop()
        if self._watch is not None:
            self._watch.close()

    def interrupt(self) -> None:
        """Have the measurement end, without waiting for that: for a signal handler."""
        self._runner.interrupt()

    def close(self) -> None:
        """Stop, and ask no more names."""
        for addition in self._begun:
            addition.cancel()
        self.stop()
        end_s = time.monotonic() + ADDITIONS_END_S
        for addition in self._begun:  # each ends what it has started
            addition.wait(max(0.0, end_s - time.monotonic()))
        self._directory.close()

    @property
    def error(self) -> HopscopeError | None:
        """What ended the measurement before its time."""
        return self._runner.error

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The newest snapshot of each target as it may be shown, in the order given; cheap when nothing changed."""
        snapshots = self._recorder.snapshots()
        return snapshots if self._attached is None else self._attached.privacy.snapshots(snapshots)

    def snapshot(self, index: int) -> Snapshot:
        """The newest snapshot of one target as it may be shown, by its index; of many targets that costs less."""
        snapshot = self._recorder.snapshot(index)
        return snapshot if self._attached is None else self._attached.privacy.snapshot(snapshot)

    def fold(self) -> None:
        """Fold what has been measured until now, as ``snapshots`` does, for nobody to look at yet."""
        self._recorder.fold()

    def starting(self) -> tuple[Snapshot, ...]:
        """The snapshot of each target before anything happened, as it may be shown; there at once."""
        snapshots = self._recorder.starting()
        return snapshots if self._attached is None else self._attached.privacy.snapshots(snapshots)

    def rounds_begun(self) -> int:
        """How many rounds have begun for all targets; costs less than their snapshots."""
        return self._recorder.rounds_begun()

    def add(self, target: str = "", where: str = "", lane: str = "") -> Addition:
        """Begin to trace more, beside what is traced; returns at once, and what is returned says how far it is.

        Args:
            target: a host as it is typed on the command line; empty: each that is traced.
            where: a vantage point as ``--from`` has it; empty: each that is traced from.
            lane: a protocol or a family as ``--lanes`` has it; empty: each that is traced by.
        """
        from .additions import Addition

        addition = Addition(target, where, lane)
        self._additions = (*self.additions, addition)
        self._begun = [*(one for one in self._begun if not one.over), addition]
        addition.begin(lambda: self._fulfil(addition))
        return addition

    @property
    def additions(self) -> tuple[Addition, ...]:
        """Those that are not over yet, or that had errors, until they are cancelled."""
        waiting = [one for one in self._additions if not one.cancelled and (one.errors or not one.over)]
        self._additions = tuple(waiting)
        return self._additions

    def remove(self, index: int) -> None:
        """Trace a target no more; the positions of those after it fall by one.

        Raises:
            UsageError: it is the only one.
        """
        is_of_pair = bool(self.targets[index].direction)
        self._lanes.remove(index)
        if is_of_pair and self._count is not None:
            self._count.pause()  # for good: nobody looks at what it counts
            self._count = None

    def _fulfil(self, addition: Addition) -> None:
        if self._finder is None:
            raise UsageError("nothing can be added here")
        for one in self._finder().find(addition, self.targets):
            if addition.cancelled:
                return
            if isinstance(one, HopscopeError):
                addition.fails(one)
                continue
            try:
                self._lanes.add(*one, addition)
            except HopscopeError as error:
                addition.fails(error)

    def pause(self) -> None:
        """Stop sending; answers still come in."""
        self._runner.pause()
        if self._count is not None:
            self._count.pause()

    def resume(self) -> None:
        """Send again."""
        self._runner.resume()
        if self._count is not None:
            self._count.resume()

    def hold(self) -> None:
        """Send nothing, for there is no room for what is measured; what is in flight is measured still."""
        self._runner.hold()

    def release(self, reason: str) -> None:
        """Go on after ``hold``, from the point where it stopped; the sentence ``reason`` is told."""
        self._runner.release(reason)

    def reset(self) -> None:
        """Reset the statistics."""
        self._runner.reset()

    def change(self, **changes: object) -> None:
        """Take new values for fields of ``TraceSettings``, at once, without stopping the probing."""
        self._runner.change(**changes)
        if self._count is not None and isinstance(interval_us := changes.get("interval_us"), int):
            self._count.set_interval(interval_us)
        # What is added later has them, too; the runner has seen that the names are right.
        self._lanes.settings = replace(self._lanes.settings, **changes)  # type: ignore[arg-type]

    def check(self, index: int, plan: CheckPlan) -> None:
        """Run a check beside the trace of a target; its progress and outcome are in the snapshots."""
        from .trace.checks import CheckKind

        if plan.kind is CheckKind.PATH_MTU and not self._simulated:
            plan = replace(plan, discards=self.discards(self.targets[index]))
        self._runner.check(self._lanes.index(index), plan)

    def discards(self, target: Target) -> int:
        """Whether the host that a target is traced from hears what routers say of sizes; 0: it does."""
        point = self._lanes.points.get(target.vantage)
        if point is not None:
            return point.discards
        if self._simulated:
            return 0
        from .host.interfaces import discards_sizes

        return discards_sizes()

    def end_check(self) -> None:
        """End the check before its time."""
        self._runner.end_check()

    def name(self, address: str) -> Text | None:
        """The reverse name of an address, sanitized; None: unknown, not yet known, or names are off."""
        return self._directory.name(address)

    @property
    def names_on(self) -> bool:
        """Whether reverse names are looked up."""
        return self._directory.names.on

    def set_names(self, *, on: bool) -> None:
        """Turn reverse names on or off; off stops queries at once."""
        self._directory.names.set_on(on=on)

    @property
    def known_version(self) -> int:
        """Rises when a name or a network may have become known."""
        return self._directory.version

    def origin(self, address: str) -> Origin | None:
        """The network of an address, with its AS's name; None: unknown, not yet known, or origins are off."""
        return self._directory.origin(address)

    def fact(self, address: str, kind: int) -> Text | None:
        """One fact of the network of an address, by its number in ``-y``; None where it is not known."""
        return self._directory.fact(address, kind)

    @property
    def origins_on(self) -> bool:
        """Whether the networks of addresses are looked up."""
        return self._directory.origins.on

    def set_origins(self, *, on: bool) -> None:
        """Turn looking up networks on or off; off stops queries at once."""
        self._directory.origins.set_on(on=on)

    @property
    def privacy(self) -> Privacy:
        """Hides the first hops, in all that leaves here; ``hops`` says how many."""
        return self._directory.privacy

    def log_entries(self, index: int) -> tuple[LogEntry, ...]:
        """The event log of a target, by its number among all that were ever traced, as alerts count them."""
        return self._recorder.log_entries(index)

    def shown(self, index: int) -> Snapshot:
        """Its snapshot as it may be shown, by that number."""
        return self.snapshot(index)

    def _take(self, index: int, event: Event) -> None:
        turned: list[Event] = []
        self._recorder.record(index, event)
        directory = self._attached
        shown = directory.privacy.event(self._lanes.all[index], event) if directory is not None else event
        for tap in self._taps:
            tap.take(index, shown)
        if self._alerting is not None:
            target, interval_us = self._lanes.all[index], self._lanes.settings.interval_us
            turned = list(self._alerting.take(index, target, interval_us, event, self))
        if directory is not None and isinstance(shown, ProbeAnswered):
            # Asked for as early as can be, so that a report need not wait.
            point = self._lanes.points.get(self._lanes.all[index].vantage) if directory.names.at_vantage else None
            if point is not None and not directory.privacy.hides(shown.address):
                point.names.see(shown.address, directory.names)
            directory.name(shown.address)
            directory.fact(shown.address, 0)
        if self._listener is not None:
            self._listener(index, shown)
        for one in turned:
            self._recorder.record(index, one)
            for tap in self._taps:
                tap.take(index, one)
            if self._listener is not None:
                self._listener(index, one)
        if self._watch is not None and isinstance(event, RoundStarted):
            # After the round has been told of: what is recorded must come back in an order that can be.
            for beside in self._watch.round_started(index, event.round, self._lanes.all):
                self._found(index, beside)

    def _found(self, index: int, event: TrafficRead | SourceChanged) -> None:
        """Something was found beside the probes of a target."""
        self._recorder.record(index, event)
        if isinstance(event, SourceChanged):
            self._runner.source_changed(index, event.new)
        if self._taps:
            privacy = self._attached.privacy if self._attached is not None else None
            shown = privacy.event(self._lanes.all[index], event) if privacy is not None else event
            for tap in self._taps:
                tap.take(index, shown)
