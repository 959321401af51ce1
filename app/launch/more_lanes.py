"""Lanes that are asked for while others are traced: from what the user typed to targets, and vantage points reached.

Nothing here has rights that were given up: what leads to a vantage point is started as any program of the user's, and
nobody can answer its prompts.
"""

from __future__ import annotations

import os
from dataclasses import replace

from ..errors import ConfigurationError, HopscopeError, ProbeProcessError, ResolveError, UsageError
from ..sanitize import NOTHING, sanitize
from ..settings import Target
from ..vantage.connection import await_ready, why_not
from ..vantage.point import VantagePoint
from .from_points import trusted
from .lanes import by_kind, resolve, seen_from
from .probe_command import IN_FLIGHT_MAX
from .target_names import TypedTarget, typed_target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..additions import Addition
    from ..lanes import Found
    from ..options.model import Options
    from ..sanitize import Text
    from ..settings import LaneKind
    from ..vantage.where import Where
    from .plan import Plan

HERE = "local"
# What these need the screen has given up, whoever started it: the programs change namespaces.
NEED_ROOT = frozenset({"netns", "vrf"})
# These are asked by a socket of this host, which the screen of root's own may not open (app/process/refused_calls.py).
NEED_SOCKET = frozenset({"docker", "podman"})


class MoreLanes:
    """Finds what is added to a plan that is being traced.

    Args:
        plan: is told of vantage points that are reached for it.
        environ: the environment.
    """

    def __init__(self, plan: Plan, environ: Mapping[str, str]) -> None:
        self._plan = plan
        self._environ = environ

    @property
    def _options(self) -> Options:
        return self._plan.options

    def find(self, addition: Addition, present: Sequence[Target]) -> Iterator[Found | HopscopeError]:
        """What an addition asks for, beside what is traced; an error stands in the place of what cannot be had.

        Raises:
            HopscopeError: nothing can be.
        """
        kinds = self._kinds(addition.lane, present)
        typed = self._typed(addition.target, kinds, present)
        traced = {_identity(target) for target in present}
        none_new = True
        failed = False
        for name, point in self._places(addition, present):
            if addition.cancelled:
                return
            addition.does(f"Resolving {typed[0].host}" if len(typed) == 1 else "Resolving the targets")
            try:
                for one in self._seen(name, point, typed, kinds):
                    if not isinstance(one, Target):
                        failed = True
                        yield one
                    elif _identity(one) not in traced:
                        traced.add(_identity(one))
                        none_new = False
                        yield one, point
            finally:
                if point is not None:
                    point.end_unused()
        if none_new and not failed:
            raise UsageError(f"{addition.asked} is traced already")

    def _kinds(self, lane: str, present: Sequence[Target]) -> list[LaneKind | None]:
        """By which protocols and families.

        Raises:
            UsageError: the lane is none.
        """
        if not lane:
            return list(dict.fromkeys(target.kind for target in present))
        from ..options.lanes import near_lanes, parse_lanes

        try:
            return list(parse_lanes(lane))
        except ValueError as error:
            raise UsageError(f"lane {sanitize(lane)!r}: expected {error}", remedy=near_lanes(lane)) from None

    def _typed(self, target: str, kinds: Sequence[LaneKind | None], present: Sequence[Target]) -> list[TypedTarget]:
        """Which hosts.

        Raises:
            UsageError: the target is none.
        """
        if target:
            lanes = tuple(kind for kind in kinds if kind is not None)
            return [typed_target(target, replace(self._options, lanes=lanes if len(lanes) == len(kinds) else ()))]
        named = dict.fromkeys(_as_typed(one) for one in present)
        return list(named)

    def _places(self, addition: Addition, present: Sequence[Target]) -> Iterator[tuple[Text, VantagePoint | None]]:
        """From where: names, and vantage points; None: this host.

        Raises:
            HopscopeError: the place is none, or cannot be reached.
        """
        if not addition.where:
            for name in dict.fromkeys(target.vantage for target in present):
                yield name, self._plan.point(name)
            return
        for where in self._wheres(addition.where):
            name = sanitize(where.text)
            if where.is_local:
                unnamed = any(not target.vantage for target in present)
                yield NOTHING if unnamed else name, None
                continue
            point = self._plan.point(name)
            if point is None or point.is_over:
                addition.does(f"Connecting to {name}")
                point = self._reached(point or self._new_point(where), addition)
                self._plan.add_point(point)
            yield name, point

    def _wheres(self, text: str) -> Sequence[Where]:
        """The places that a text means.

        Raises:
            UsageError: it means none, or one that cannot be had here.
        """
        from ..options.places import named_places
        from ..vantage.where import near_kind, parse_where

        if text != HERE and (self._options.demo is not None or self._options.packet):
            other = "--demo" if self._options.demo is not None else "--packet"
            raise UsageError(f"{sanitize(text)}: other places do not go with {other}")
        try:
            where = parse_where(text)
        except ValueError as error:
            raise UsageError(f"{sanitize(text)!r}: expected {error}", remedy=near_kind(text)) from None
        try:
            return named_places([where], self._options.configuration)
        except UsageError as error:
            raise UsageError(error.what.removeprefix("option --from: "), remedy=error.remedy) from None

    def _new_point(self, where: Where) -> VantagePoint:
        """A vantage point that nobody has reached yet.

        Raises:
            HopscopeError: it cannot be reached by the rights that are left.
        """
        refused = why_refused(where)
        if refused is not None:
            raise refused
        if os.geteuid() == 0:
            where = trusted(where, self._environ)
        return VantagePoint(where, IN_FLIGHT_MAX, allow_mark=bool(self._options.settings.mark))

    def _reached(self, point: VantagePoint, addition: Addition) -> VantagePoint:
        """The vantage point, whose probe process answers now.

        Raises:
            HopscopeError: it cannot be reached.
        """
        child = point.begin(alone=True)
        await_ready([child], prompts=False, given_up=lambda: addition.cancelled)
        where = point.where
        reason = ProbeProcessError(f"{where.text}: given up") if addition.cancelled else why_not(where, child)
        if reason is not None:
            point.end()
            raise reason
        return point

    def _seen(
        self,
        name: Text,
        point: VantagePoint | None,
        typed: Sequence[TypedTarget],
        kinds: Sequence[LaneKind | None],
    ) -> list[Target | HopscopeError]:
        """The lanes from one place."""
        from .prepare import by_interface, check_source, with_tcp_port

        options = self._options

        def seen(family: int) -> list[Target | ResolveError]:
            if options.demo is not None:
                from .demo import demo_network

                return demo_network(replace(options, family=family or options.family), typed)[0]
            if point is None and not name:
                return resolve(typed, family or options.family, by_lanes=bool(family))
            return seen_from(point, name, typed, options, family)

        try:
            found, as_typed = by_kind(typed, kinds, seen)
        except ConfigurationError as error:
            return [error]
        made: list[Target | HopscopeError] = []
        for one, of in zip(found, as_typed, strict=True):
            target = with_tcp_port(one, of)
            try:
                if isinstance(target, Target):
                    check_source(options.settings.local_address, [target])
                    if options.settings.local_device and point is None and options.demo is None:
                        (target,) = by_interface(options.settings.local_device, [target])
            except UsageError as error:
                made.append(error)
                continue
            made.append(target)
        return made


def why_refused(where: Where) -> HopscopeError | None:
    """Why a place cannot be reached any more; None: it may be."""
    root = os.geteuid() == 0
    if where.kind in NEED_ROOT:
        what = "needs root, which the screen has given up" if root else "needs root"
    elif where.kind in NEED_SOCKET and root:
        what = f"needs the socket of {where.kind}, which the screen of root's own may not open"
    else:
        return None
    remedy = f"start hopscope with --from {where.text}" if root else f"sudo hopscope --from {where.text}"
    return ProbeProcessError(f"{where.text}: {what}", remedy=remedy)


def _identity(target: Target) -> tuple[object, ...]:
    return target.vantage, target.address, target.zone, target.kind, target.port


def _as_typed(target: Target) -> TypedTarget:
    """What was typed for a target, or stands for it where every address of a name is traced."""
    name = target.name
    host = f"{target.address}%{target.zone}" if target.zone else target.address
    return TypedTarget(host if name.endswith(")") else name, target.port, target.tcp_port)
