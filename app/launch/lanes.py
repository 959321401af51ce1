"""Targets as lanes: each as every vantage point sees it, by every protocol and family that was asked for."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ..errors import ConfigurationError, ResolveError
from ..sanitize import sanitize
from ..settings import Target
from .from_points import targets_from
from .targets import is_numeric, resolve_targets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..options.model import Options
    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..settings import LaneKind
    from ..vantage.point import VantagePoint
    from .target_names import TypedTarget

    # Targets in the order of what was typed; an error stands in the place of one.
    Found = list[Target | ResolveError]


def in_lanes(
    typed: Sequence[TypedTarget], options: Options, points: Sequence[VantagePoint]
) -> tuple[Found, list[TypedTarget]]:
    """The lanes from each vantage point, those of one target beside each other, and what was typed, as often."""
    if not options.vantages:
        return by_kind(
            typed, options.lanes, lambda family: resolve(typed, family or options.family, by_lanes=bool(family))
        )
    by_name = {point.name: point for point in points}
    found: Found = []
    lanes: list[TypedTarget] = []
    for where in dict.fromkeys(options.vantages):
        name = sanitize(where.text)
        if not where.is_local and name not in by_name:
            continue

        seen = partial(seen_from, by_name.get(name), name, typed, options)
        some, as_typed = by_kind(typed, options.lanes, seen)
        found += some
        lanes += as_typed
    return found, lanes


def seen_from(
    point: VantagePoint | None, name: Text, typed: Sequence[TypedTarget], options: Options, family: int
) -> Found:
    """The targets as a vantage point sees them; None: as this host does, called by this name."""
    wanted = family or options.family
    if point is not None:
        return targets_from(point, typed, replace(options, family=wanted))
    mine = resolve(typed, wanted, by_lanes=bool(family))
    return [replace(one, vantage=name) if isinstance(one, Target) else one for one in mine]


def in_demo(typed: Sequence[TypedTarget], options: Options) -> tuple[Found, dict[str, Text], dict[str, Origin]]:
    """The lanes in a simulated network, and names and origins of its addresses.

    Raises:
        ConfigurationError: the scenario does not exist, cannot be read, or has no target of any family asked for.
    """
    from .demo import demo_network

    names: dict[str, Text] = {}
    origins: dict[str, Origin] = {}
    failures: list[ConfigurationError] = []

    def seen(family: int) -> Found:
        try:
            found, more, of_them = demo_network(replace(options, family=family or options.family), typed)
        except ConfigurationError as error:
            failures.append(error)
            return [ResolveError(error.what, remedy=error.remedy) for _ in typed or (None,)]
        names.update(more)
        origins.update(of_them)
        return found

    found, _ = by_kind(typed, options.lanes, seen)
    if failures and not names:
        raise failures[0]
    return found, names, origins


def by_kind(
    typed: Sequence[TypedTarget], kinds: Sequence[LaneKind | None], seen: Callable[[int], Found]
) -> tuple[Found, list[TypedTarget]]:
    """Targets by each kind of lane; ``seen`` gives them by family, 0 for that of the options."""
    if not kinds:
        return seen(0), list(typed)
    families = dict.fromkeys(0 if kind is None else kind.version for kind in kinds)
    by_family = {family: seen(family) for family in families}
    count = max(map(len, by_family.values()))
    found: Found = []
    for index in range(count):
        for kind in kinds:
            one = by_family[0 if kind is None else kind.version][index]
            found.append(replace(one, kind=kind) if isinstance(one, Target) else one)
    return found, [one for one in typed for _ in kinds]


def resolve(typed: Sequence[TypedTarget], family: int, *, by_lanes: bool = False) -> Found:
    """The targets as this host's resolver has them; ``by_lanes``: the family is that of a lane."""
    found = resolve_targets([one.host for one in typed], family, [one.port for one in typed])
    if not by_lanes or not family:
        return found
    return [
        ResolveError(f"cannot resolve {one.host}: it is an IPv{10 - family} address, and the lane is IPv{family}")
        if isinstance(made, ResolveError) and is_numeric(one.host.partition("%")[0])
        else made
        for one, made in zip(typed, found, strict=True)
    ]
