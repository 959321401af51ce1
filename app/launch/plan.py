"""From options to what is to be traced: targets with addresses, the source address, the probe process."""

from __future__ import annotations

import dataclasses

from ..errors import UsageError
from ..process.streams import is_watched, say
from ..session import Session
from ..settings import Target
from .target_names import TypedTarget, typed_targets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..errors import ResolveError
    from ..options.model import Options
    from ..resolve.directory import Directory
    from ..resolve.origin import Origin
    from ..session import Traffic
    from ..trace.child import Child
    from ..trace.events import Event
    from ..trace.group import Group

FLOOD_INTERVAL_US = 100_000


class Plan:
    """What is to be traced and how; sessions are made from here.

    Told of on standard error: targets that do not resolve (``complete`` is False then), and intervals that strangers
    may take for an attack.

    Raises:
        ResolveError: no target resolves.
        UsageError: a file of targets cannot be read, or the source address does not fit.
        ConfigurationError: a scenario or a database cannot be read.
    """

    def __init__(self, program: str, options: Options, environ: Mapping[str, str], child: Child) -> None:
        self.program = program
        self.options = options
        self._child: Child | None = child
        self._command = child.command
        self._names: dict[str, str] | None = None
        self._origins: dict[str, Origin] | None = None
        self._directory: Directory | None = None
        if options.demo is None:
            found = _resolve(typed_targets(options, environ), options.family)
        else:
            from .demo import demo_network

            found, self._names, self._origins = demo_network(options, typed_targets(options, environ))
        self.targets = tuple(_chosen(options, program, [target for target in found if isinstance(target, Target)]))
        errors = [_worded(program, error) for error in found if not isinstance(error, Target)]
        for error in errors[: None if self.targets else -1]:
            say(program, str(error))
        if not self.targets:
            raise errors[-1]
        self.complete = not errors
        self.settings = options.settings
        if self.settings.local_device:
            self.targets = _by_interface(self.settings.local_device, self.targets)
        _check_source(self.settings.local_address, self.targets)
        self._warn_of_flood()
        if options.is_screen or options.is_live or options.lookups.databases or options.lookups.privacy_hops:
            _ = self.directory  # before anything is measured

    @property
    def directory(self) -> Directory:
        """What is known of addresses, loaded when it is first needed."""
        if self._directory is None:
            from ..resolve import directory

            self._directory = directory.Directory(
                self.options.lookups, fixed_names=self._names, fixed_origins=self._origins
            )
        return self._directory

    def session(
        self,
        targets: Sequence[Target] | None = None,
        listener: Callable[[int, Event], None] | None = None,
        group: Group | None = None,
    ) -> Session:
        """A measurement of these targets, or of all; the first one takes over the probe process that runs already."""
        child, self._child = self._child, None
        found = self.targets if targets is None else targets
        return Session(
            found,
            self.settings,
            directory=self._directory,
            command=self._command,
            child=child,
            explicit=self.options.strict_protocol,
            flows_explicit=self.options.strict_flows,
            listener=listener,
            group=group,
            traffic=(lambda: self._traffic(found)) if group is None else None,
            simulated=self.options.demo is not None,
        )

    def _traffic(self, targets: Sequence[Target]) -> Traffic:
        """The reader of this host's own traffic to the targets."""
        if self.options.demo is not None:
            from ..trace.runner import monotonic_us
            from .demo import DemoTraffic
            from .probe_command import DEFAULT_SCENARIO

            return DemoTraffic(self.options.demo or DEFAULT_SCENARIO, monotonic_us)
        from ..host.traffic import OwnTraffic

        return OwnTraffic(targets, self.settings)

    def _warn_of_flood(self) -> None:
        if self.settings.interval_us >= FLOOD_INTERVAL_US or self.options.demo is not None:
            return
        from ..resolve.origin import is_public

        strangers = [target.name for target in self.targets if is_public(target.address)]
        if strangers:
            seconds = self.settings.interval_us / 1_000_000
            whom = "a public address" if self.options.lookups.privacy_hops else strangers[0]
            say(self.program, f"a round every {seconds:g} s to {whom}: routers on the way may limit or block it")


def _resolve(typed: Sequence[TypedTarget], family: int) -> Sequence[Target | ResolveError]:
    from .targets import resolve_targets

    return resolve_targets([one.host for one in typed], family, [one.port for one in typed])


def _worded(program: str, error: ResolveError) -> ResolveError:
    """An error in the words that programs look for in mtr's output, where we stand in for it."""
    if program == "mtr":
        return type(error)(str(error).replace("cannot resolve ", "Failed to resolve host: ", 1))
    return error


def _chosen(options: Options, program: str, targets: list[Target]) -> list[Target]:
    """Every address of each target if that is asked for; otherwise people are told where there are more."""
    if options.all_addresses:
        from .targets import each_address

        return [one for target in targets for one in each_address(target)]
    if not options.is_screen and is_watched() and not options.lookups.privacy_hops:
        for target in targets:
            if target.others:
                count = f"{len(target.others)} more address{'es' if len(target.others) > 1 else ''}"
                say(program, f"{target.name} has {count}, {', '.join(target.others)}: --all-addresses traces each")
    return targets


def _by_interface(name: str, targets: Sequence[Target]) -> tuple[Target, ...]:
    """The targets, as they are reached from an interface.

    Raises:
        UsageError: there is no such interface, or it has no address of a target's family.
    """
    from ..host.interfaces import interface_address

    return tuple(
        dataclasses.replace(target, source=interface_address(name, target.version, _with_zone(target)))
        for target in targets
    )


def _with_zone(target: Target) -> str:
    return f"{target.address}%{target.zone}" if target.zone else target.address


def _check_source(address: str, targets: Sequence[Target]) -> None:
    """Raise ``UsageError`` if an address to send from is of another family than a target."""
    version = 6 if ":" in address else 4
    for target in targets:
        if address and target.version != version:
            raise UsageError(
                f"option -a/--address: {address} is IPv{version}, but {target.name} is IPv{target.version};"
                f" -{version} may help"
            )
