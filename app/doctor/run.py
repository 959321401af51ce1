"""All findings in their order, as lines for people or as JSON."""

from __future__ import annotations

import dataclasses
import platform

from ...probe.version import VERSION
from ..errors import ProbeProcessError
from ..json_text import json_document
from ..process.streams import check_output, write
from ..sanitize import document
from .finding import Finding, Status
from .names import names
from .reaching import reaching, versions
from .rights import rights
from .sending import sending
from .terminal import terminal
from .trying import Trial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ..launch.target_names import TypedTarget
    from ..options.model import Options
    from ..sanitize import Document

SCHEMA_VERSION = 1
STATUS_CELLS, TITLE_CELLS = 6, 16
# Variables that change what a trace does, and are easily forgotten.
VARIABLES = ("MTR_OPTIONS", "MTR_PACKET")


def run_doctor(options: Options, environ: Mapping[str, str]) -> int:
    """Find out, tell, and give the exit status: 1 if no trace, or none of a target, can be made.

    Raises:
        UsageError: a target or ``--packet`` is wrong.
        OutputError: standard output cannot be written.
    """
    check_output()
    as_json = options.output in {"json", "json-full"}
    found = []
    for one in findings(options, environ):
        found.append(one)
        if not as_json:
            write(document([line(one)]))
    if as_json:
        write(as_text_json(found))
    return int(any(one.status is Status.BAD for one in found))


def findings(options: Options, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Everything, as it is found."""
    from ..launch.probe_command import probe_command
    from ..launch.target_names import typed_targets

    typed = typed_targets(options, environ) if options.targets or options.filenames else []
    command, _ = probe_command(dataclasses.replace(options, demo=None), environ)
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    about = f"{VERSION}, Python {platform.python_version()}, {system}"
    yield Finding("program", "hopscope", Status.OK, about)
    for variable in VARIABLES:
        if environ.get(variable):
            text = f"is set: {environ[variable]!r}"
            yield Finding("environment", variable, Status.NOTE, text, "unset it where that is not wanted")
    yield rights(environ)
    yield from _by_probing(command, lambda trial: (*sending(trial), *versions(trial, options.settings)))
    yield names(options.lookups)
    yield terminal(environ)
    if typed:
        yield from _by_probing(command, lambda trial: _targets(trial, typed, options))


def _by_probing(command: Sequence[str], find: Callable[[Trial], Iterable[Finding]]) -> Iterator[Finding]:
    """What is found with a probe process, or that there is none."""
    try:
        with Trial(command) as trial:
            yield from find(trial)
    except ProbeProcessError as error:
        yield Finding("probe-process", "probe process", Status.BAD, error.what, error.remedy)


def _targets(trial: Trial, typed: Sequence[TypedTarget], options: Options) -> Iterator[Finding]:
    """The targets that were named."""
    from ...probe.limits import CONNECT_PORT
    from ..launch.targets import resolve_targets

    for one, target in zip(typed, resolve_targets([one.host for one in typed], options.family), strict=True):
        port = one.port or one.url_port or options.settings.port or CONNECT_PORT
        yield reaching(trial, target, options.settings, port)


def line(one: Finding) -> str:
    """A finding for people; the remedy follows what it is about."""
    text = f"{one.status.value:<{STATUS_CELLS}}{one.title:<{TITLE_CELLS}}{one.text}"
    if not one.remedy:
        return text
    return f"{text}{'. ' if one.remedy[0].isupper() else '; '}{one.remedy}"


def as_text_json(found: Sequence[Finding]) -> Document:
    """All findings for programs, by ``app/doctor/doctor.schema.json``."""
    shown = {
        "schema_version": SCHEMA_VERSION,
        "program": {"name": "hopscope", "version": VERSION},
        "able": all(one.status is not Status.BAD for one in found),
        "findings": [
            {
                "name": one.name,
                "title": one.title,
                "status": one.status.value,
                "text": one.text,
                "remedy": one.remedy or None,
            }
            for one in found
        ],
    }
    return json_document(shown, indent=2)
