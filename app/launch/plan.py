"""What is to be traced and how, once targets have addresses; sessions are made from it."""

from __future__ import annotations

from ..session import Session
from ..settings import by_vantage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..alerting import Alerting
    from ..alerts.commands import CommandRunner
    from ..compare.baseline import Baseline
    from ..host_watch import Traffic
    from ..lanes import Finder
    from ..options.model import Options
    from ..path.snapshot import Snapshot
    from ..resolve.directory import Directory
    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..session import CountEnds
    from ..settings import Target
    from ..trace.child import Child, Start
    from ..trace.events import Event
    from ..trace.group import Group
    from ..vantage.point import VantagePoint
    from .keep import Keeping
    from .record import Record

    Draw = Callable[["Plan", Sequence[Snapshot]], str]  # a picture of traces


class Plan:
    """What is to be traced and how; ``prepare`` makes it.

    Args:
        program: the name under which it was started, for messages.
        options: what the user asked for.
        targets: what is traced; at least one.
        child: the probe process of this host, which runs already; None: nothing is traced from here.
        command: that of ``child``.
        points: the other vantage points.
        count: the ends of what is counted one way between two hosts that are traced from each other.
        untraced: those that were asked for and cannot be traced, as typed, and why.
        names: of a simulated network, by address; None: the network is the real one.
        origins: likewise.
    """

    def __init__(
        self,
        program: str,
        options: Options,
        targets: Sequence[Target],
        child: Child | None,
        *,
        untraced: Sequence[tuple[str, str]] = (),
        names: dict[str, Text] | None = None,
        origins: dict[str, Origin] | None = None,
        command: Sequence[str] = (),
        points: Sequence[VantagePoint] = (),
        count: CountEnds | None = None,
    ) -> None:
        self.program = program
        self.options = options
        self.targets = tuple(targets)
        self.settings = options.settings
        self.untraced = tuple(untraced)
        self._child: Child | None = child
        self._command = child.command if child is not None else list(command)
        self._points = {point.name: point for point in points}
        self._count = count
        self._names = names
        self._origins = origins
        self._directory: Directory | None = None
        self.baseline: Baseline | None = None  # what traces are held against; None: nothing
        self.picture: Draw | None = None  # draws the screen for pages that reports write; None: they go without
        self.record: Record | None = None  # what sessions are recorded to; None: they are not
        self.commands: CommandRunner | None = None  # runs the user's command on alerts; None: there is none
        self._alerting: list[Alerting] = []
        self.keeping: Keeping | None = None  # what the screen's session is kept in, if it is; None: nobody has asked

    @property
    def command(self) -> list[str]:
        """That of the probe process."""
        return [*self._command, *(word for point in self._points.values() for word in point.command)]

    @property
    def pids(self) -> list[int]:
        """What leads to vantage points, by process ids."""
        return [point.child.pid for point in self._points.values() if point.child is not None]

    @property
    def host(self) -> Text:
        """The name of the host that measures."""
        from ..host.name import host_name

        return host_name()

    @property
    def complete(self) -> bool:
        """Whether all targets that were asked for are traced."""
        return not self.untraced

    @property
    def directory(self) -> Directory:
        """What is known of addresses, loaded when it is first needed.

        Raises:
            ConfigurationError: a database cannot be read.
            UnsupportedError: the package that reads databases is missing.
        """
        if self._directory is None:
            from ..resolve import directory

            self._directory = directory.Directory(
                self.options.lookups, fixed_names=self._names, fixed_origins=self._origins
            )
            self._directory.open()
        return self._directory

    def session(
        self,
        targets: Sequence[Target] | None = None,
        listener: Callable[[int, Event], None] | None = None,
        group: Group | None = None,
        finder: Callable[[], Finder] | None = None,
        start: Start | None = None,
    ) -> Session:
        """A measurement of these targets, or of all; the first one takes over the probe process that runs already.

        ``finder`` makes what finds lanes that are added; ``start`` starts the probe process where this process may not.
        """
        child, self._child = self._child, None
        found = self.targets if targets is None else targets
        session = Session(
            found,
            self.settings,
            directory=self._directory,
            command=self._command,
            child=child,
            explicit=self.options.strict_protocol,
            flows_explicit=self.options.strict_flows,
            listener=listener,
            group=group,
            traffic=self._traffic if group is None else None,
            simulated=self.options.demo is not None,
            points=tuple(self._points.values()),
            count=self._count,
            finder=finder,
            start=start,
            alerting=self._watching(),
        )
        if self.record is not None:
            self.record.attach(session, self.targets, self.settings, self.host, self.directory)
        return session

    @property
    def alert_fired(self) -> bool:
        """Whether an alert was raised in any session."""
        return any(one.fired for one in self._alerting)

    def _watching(self) -> Alerting | None:
        """What watches the alerts of one session; None: there are none."""
        if not self.options.alerts:
            return None
        from ..alerting import Alerting

        self._alerting.append(Alerting(self.options.alerts, self.commands, self.options.record))
        return self._alerting[-1]

    def point(self, name: Text) -> VantagePoint | None:
        """The vantage point of a name; None: this host, or none is called so."""
        return self._points.get(name)

    def add_point(self, point: VantagePoint) -> None:
        """A vantage point was reached while others were traced from."""
        self._points[point.name] = point

    def _traffic(self, targets: Sequence[Target]) -> Traffic:
        """The reader of this host's own traffic to the targets."""
        if self.options.demo is not None:
            from ..clock import monotonic_us
            from .demo import DemoTraffic
            from .scenario_file import scenario_of

            return DemoTraffic(scenario_of(self.options.demo), monotonic_us, monotonic_us())
        from ..host.traffic import OwnTraffic

        if not self._points:
            return OwnTraffic(targets, self.settings)
        from ..vantage.traffic import FarTraffic, SeveralTraffics

        traffics: list[tuple[Traffic, Sequence[int]]] = []
        for name, indices in by_vantage(targets).items():
            mine = [targets[index] for index in indices]
            point = self._points.get(name)
            traffic = OwnTraffic(mine, self.settings) if point is None else FarTraffic(point, mine, self.settings)
            traffics.append((traffic, indices))
        return SeveralTraffics(traffics)
