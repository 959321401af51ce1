"""From options to a plan: targets get addresses, and what the user should know before the start is said."""

from __future__ import annotations

import dataclasses
import itertools

from ..errors import UsageError
from ..process.streams import is_watched, say
from ..protocols import PROTOCOLS, TCP
from ..settings import Target
from .plan import Plan
from .target_names import typed_targets
from .targets import resolve_targets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..errors import ResolveError
    from ..options.model import Options
    from ..trace.child import Child
    from ..vantage.point import VantagePoint
    from .target_names import TypedTarget

FLOOD_INTERVAL_US = 100_000
LOOPBACK = "lo"  # Linux's interface to this host itself


def prepare(
    program: str,
    options: Options,
    environ: Mapping[str, str],
    child: Child | None,
    *,
    typed: Sequence[TypedTarget] | None = None,
    points: Sequence[VantagePoint] = (),
    unreached: Sequence[tuple[str, str]] = (),
) -> Plan:
    """Resolve the targets, and plan their measurement by probe processes that run already.

    ``child`` is this host's, None where nothing is traced from here; ``typed`` are the targets as typed, None where
    they are still to be read; ``points`` are the other vantage points, each of which resolves the targets itself, and
    ``unreached`` those that could not be had, with the reason.

    Told of on standard error: targets that do not resolve (the plan has them as ``untraced``), and intervals that
    strangers may take for an attack.

    Raises:
        ResolveError: no target resolves.
        UsageError: a file of targets cannot be read, or the source address does not fit.
        ConfigurationError: a scenario or a database cannot be read.
    """
    names, origins, count = None, None, None
    found: Sequence[Target | ResolveError]
    if typed is None:
        typed = typed_targets(options, environ)
    _offer_port(program, options, typed)
    if options.both is not None:
        from .both_ways import both_ways

        pair = both_ways(points[0], typed[0] if options.targets else None, options)
        for note in pair.notes if not options.lookups.privacy_hops else ():
            say(program, note)
        found, typed, count = list(pair.targets), [*typed, *typed], pair.ends
    elif options.vantages or (options.lanes and options.demo is None):
        from .lanes import in_lanes

        found, typed = in_lanes(typed, options, points)
    elif options.demo is None:
        found = resolve_targets(
            [one.host for one in typed],
            options.family,
            [one.port for one in typed],
            options.settings.local_device,
        )
    elif options.lanes:
        from .lanes import in_demo

        found, names, origins = in_demo(typed, options)
        typed = [one for one in typed for _ in options.lanes]
    else:
        from .demo import demo_network

        found, names, origins = demo_network(options, typed)
    found = [with_tcp_port(target, one) for target, one in itertools.zip_longest(found, typed)]
    found = _permitted(found, options)
    targets: Sequence[Target] = _chosen(options, program, [target for target in found if isinstance(target, Target)])
    errors = [_worded(program, error) for error in found if not isinstance(error, Target)]
    untraced = [
        (one.host, error.what) for one, error in zip(typed, found, strict=False) if not isinstance(error, Target)
    ]
    for error in errors[: None if targets else -1]:
        say(program, str(error))
    if not targets:
        raise errors[-1]
    settings = options.settings
    if settings.local_device and not options.vantages:
        targets = by_interface(settings.local_device, targets)
        if settings.local_device == LOOPBACK:
            _warn_of_loopback(program, targets)
    check_source(settings.local_address, targets)
    _warn_of_flood(program, options, targets)
    untraced += unreached
    plan = Plan(
        program, options, targets, child, untraced=untraced, names=names, origins=origins, points=points, count=count
    )
    if options.is_screen or options.is_live or options.lookups.databases or options.lookups.privacy_hops:
        _ = plan.directory  # before anything is measured
    return plan


def with_tcp_port(target: Target | ResolveError, typed: TypedTarget | None) -> Target | ResolveError:
    """A target with the port of the URL that was typed; ``typed`` is None of a target that was not."""
    if isinstance(target, Target) and typed is not None and typed.url_port is not None:
        return dataclasses.replace(target, tcp_port=typed.url_port)
    return target


def _offer_port(program: str, options: Options, typed: Sequence[TypedTarget]) -> None:
    """Say to people that TCP would probe the port of a URL that they typed."""
    offered = [one for one in typed if one.url_port is not None]
    if any(lane.protocol == TCP.name for lane in options.lanes):
        return
    if offered and is_watched() and not options.lookups.privacy_hops:
        first, used = offered[0], PROTOCOLS[options.settings.protocol].title
        say(program, f"{first.host}: traced by {used}; {TCP.option} probes TCP port {first.url_port} of the URL")


def _worded(program: str, error: ResolveError) -> ResolveError:
    """An error in the words that programs look for in mtr's output, where we stand in for it."""
    if program == "mtr":
        return type(error)(error.what.replace("cannot resolve ", "Failed to resolve host: ", 1), remedy=error.remedy)
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


def by_interface(name: str, targets: Sequence[Target]) -> tuple[Target, ...]:
    """The targets, as they are reached from an interface.

    Raises:
        UsageError: there is no such interface, or it has no address of a target's family.
    """
    from ..host.interfaces import interface_address

    return tuple(
        dataclasses.replace(target, source=interface_address(name, target.version, _with_zone(target)))
        for target in targets
    )


def _permitted(found: Sequence[Target | ResolveError], options: Options) -> list[Target | ResolveError]:
    """What was found, with an error in the place of each target to which this host sends nothing."""
    if options.vantages or options.both is not None or options.demo is not None:
        return list(found)  # others send, or nobody does
    from ..host.forbidding import permitted

    return permitted(found, options.settings)


def _warn_of_loopback(program: str, targets: Sequence[Target]) -> None:
    """Say of which targets no answer can be had, as they are not this host's own."""
    from ..trace.own_address import is_own

    for target in targets:
        if not is_own(target.address):
            say(program, f"nothing leaves this host by {LOOPBACK}: {target.name} will not answer")


def _with_zone(target: Target) -> str:
    return f"{target.address}%{target.zone}" if target.zone else target.address


def _warn_of_flood(program: str, options: Options, targets: Sequence[Target]) -> None:
    """Say that rounds follow each other so fast that strangers may take them for an attack."""
    if options.settings.interval_us >= FLOOD_INTERVAL_US or options.demo is not None:
        return
    from ..resolve.origin import is_public

    strangers = [target.name for target in targets if is_public(target.address)]
    if strangers:
        seconds = options.settings.interval_us / 1_000_000
        whom = "a public address" if options.lookups.privacy_hops else strangers[0]
        say(program, f"a round every {seconds:g} s to {whom}: routers on the path may rate-limit or block it")


def check_source(address: str, targets: Sequence[Target]) -> None:
    """Raise ``UsageError`` if an address to send from is of another family than a target."""
    version = 6 if ":" in address else 4
    for target in targets:
        if address and target.version != version:
            raise UsageError(
                f"option -a/--address: {address} is IPv{version}, but {target.name} is IPv{target.version}",
                remedy=f"-{version} may help",
            )
