"""Vantage points from the options to running probe processes, and targets as each of them sees them."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace

from ..errors import HopscopeError, ProbeProcessError, ResolveError
from ..process.raised import TRUSTED_PATH, home_of_rights, is_raised
from ..process.streams import say
from ..vantage.connection import await_ready, time_for, why_not
from ..vantage.point import NAMES_AHEAD_MAX, QUESTIONS_AHEAD_MAX, VantagePoint, host_question, name_question
from .probe_command import IN_FLIGHT_MAX
from .targets import is_numeric, target_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeVar

    from ..options.model import Options
    from ..settings import Target
    from ..vantage.where import Where
    from .target_names import TypedTarget

    T = TypeVar("T")


def points_of(options: Options, environ: Mapping[str, str]) -> list[VantagePoint]:
    """The vantage points that the options name, but for this host; nothing is reached yet.

    Raises:
        ProbeProcessError: the program that leads to one is not where it may be with raised rights.
    """
    return [
        VantagePoint(trusted(where, environ), IN_FLIGHT_MAX, allow_mark=bool(options.settings.mark))
        for where in dict.fromkeys(options.vantages)
        if not where.is_local
    ]


def reach(
    program: str,
    options: Options,
    points: Sequence[VantagePoint],
    typed: Sequence[TypedTarget] = (),
    meanwhile: Callable[[], None] = lambda: None,
) -> tuple[list[VantagePoint], list[tuple[str, str]]]:
    """The vantage points that could be reached, and those that could not with the reason, which is said.

    What will be asked there of the targets is asked at once. ``meanwhile`` is called while they are being reached.

    Raises:
        ProbeProcessError: none could be reached.
    """
    prompts = sys.stdin is not None and sys.stdin.isatty()
    reached: list[VantagePoint] = []
    failed: list[tuple[str, HopscopeError]] = []
    begun: list[VantagePoint] = []
    try:
        for point in points:
            try:
                point.begin(alone=not prompts)
                begun.append(point)
                point.ask_ahead(first_questions(typed, options))
            except ProbeProcessError as error:
                failed.append((point.name, error))
        meanwhile()
        await_ready([point.child for point in begun if point.child is not None], prompts=prompts)
    except BaseException:
        for point in begun:
            point.end()
        raise
    for point in begun:
        assert point.child is not None
        reason = why_not(point.where, point.child, time_for(len(begun), prompts=prompts))
        if reason is None:
            reached.append(point)
        else:
            failed.append((point.name, reason))
            point.end()
    if not reached and (options.both is not None or not any(where.is_local for where in options.vantages)):
        for _, one in failed[:-1]:
            say(program, str(one))
        raise failed[-1][1]
    for _, one in failed:
        say(program, str(one))
    return reached, [(name, one.what) for name, one in failed]


def targets_from(point: VantagePoint, typed: Sequence[TypedTarget], options: Options) -> list[Target | ResolveError]:
    """The targets as a vantage point's own resolver has them, in their order; an error stands in one's place."""
    found: list[Target | ResolveError] = []
    for some in _parts(typed, NAMES_AHEAD_MAX):
        point.ask_ahead(name_question(one.host) for one in some if not _is_address(one))
        for one in some:
            try:
                found.append(_target(point, one, options.family))
            except ResolveError as error:
                found.append(ResolveError(f"{point.name}: {error.what}", remedy=error.remedy))
    from_there: list[Target | ResolveError] = []
    for some_found in _parts(found, QUESTIONS_AHEAD_MAX):
        point.ask_ahead(host_question(one, options.settings) for one in some_found if not isinstance(one, ResolveError))
        from_there += [
            one
            if isinstance(one, ResolveError)
            else replace(one, vantage=point.name, source=point.source_for(one, options.settings))
            for one in some_found
        ]
    return from_there


def first_questions(typed: Sequence[TypedTarget], options: Options) -> Iterator[str]:
    """What ``targets_from`` and ``--both`` ask first."""
    if options.both is not None:
        yield host_question()
        return
    for one in typed:
        if not _is_address(one):
            yield name_question(one.host)
            continue
        with contextlib.suppress(ResolveError):
            yield host_question(target_of(one.host, [one.host], 0, one.port), options.settings)


def _parts(all_of_them: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for at in range(0, len(all_of_them), size):
        yield all_of_them[at : at + size]


def _is_address(typed: TypedTarget) -> bool:
    return is_numeric(typed.host.partition("%")[0])


def _target(point: VantagePoint, typed: TypedTarget, version: int) -> Target:
    if _is_address(typed):
        if version and (":" in typed.host) != (version == 6):
            raise ResolveError(f"cannot resolve {typed.host}: it is no IPv{version} address")
        return target_of(typed.host, [typed.host], version, typed.port)
    answer = point.resolve(typed.host, version)
    if isinstance(answer, str):
        raise ResolveError(f"cannot resolve {typed.host}: {answer}")
    return target_of(typed.host, answer, version, typed.port)


def trusted(where: Where, environ: Mapping[str, str]) -> Where:
    """With raised rights nothing of the environment says which program leads there, nor what that one loads or runs.

    A configuration that a variable names may have programs run (kubeconfig's ``exec``).
    """
    if not is_raised(environ):
        return where
    import shutil

    found = where.prefix[0] if "/" in where.prefix[0] else shutil.which(where.prefix[0], path=TRUSTED_PATH)
    if found is None:
        raise ProbeProcessError(
            f"{where.text}: {where.prefix[0]} is in none of {TRUSTED_PATH}", remedy="PATH is ignored under sudo"
        )
    clean = ("/usr/bin/env", "-i", f"PATH={TRUSTED_PATH}", f"HOME={home_of_rights()}")
    return replace(where, prefix=(*clean, found, *where.prefix[1:]))
