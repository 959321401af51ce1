"""Targets as they are typed and listed in files: names, with a port where the protocol has ports."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from ..errors import UsageError
from ..process.raised import NOT_THE_CALLERS, caller, open_for_caller
from ..process.small_file import open_as_is
from ..protocols import NO_PORTS, PROTOCOLS, TCP, USE_PORTS
from ..ranges import PORT
from .url import PASTED, bare, host_and_port, is_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from ..options.model import Options

DEFAULT = "localhost"
LINES_MAX = 10_000
LINE_MAX = 1024  # characters: four times what a name may have
PORT_DIGITS_MAX = 5


@dataclass(frozen=True, slots=True)
class TypedTarget:
    """A host as typed."""

    host: str
    """A name or a numeric address."""
    port: int | None = None
    """The port that was given with it; None: none was."""
    url_port: int | None = None
    """The TCP port of a URL that is traced by another protocol; None: there is none."""


def typed_targets(options: Options, environ: Mapping[str, str]) -> list[TypedTarget]:
    """All targets: those of files first, then those of the command line, or this host where there are none.

    Raises:
        UsageError: a file cannot be read or a target has no valid port, or files were named and there is no target.
    """
    names = [name for path in options.filenames for name in _listed(path, environ)]
    names += options.targets
    if not names and options.filenames:  # this host was not meant
        raise UsageError(f"option -F/--filename: no target in {', '.join(options.filenames)}")
    if not names and options.demo is None:
        names = [DEFAULT]
    return [typed_target(name, options) for name in names]


def typed_target(name: str, options: Options) -> TypedTarget:
    """One target as it is typed.

    Raises:
        UsageError: it has no valid port.
    """
    return _typed(name.strip(PASTED) or name, options, with_ports=_has_ports(options))


def _has_ports(options: Options) -> bool:
    """Whether any probes go to a port."""
    names = [lane.protocol or options.settings.protocol for lane in options.lanes] or [options.settings.protocol]
    return any(PROTOCOLS[name].has_ports for name in names)


def _typed(name: str, options: Options, *, with_ports: bool) -> TypedTarget:
    return _of_url(name, options) if is_url(name) else parse_target(bare(name), with_ports=with_ports)


def _of_url(text: str, options: Options) -> TypedTarget:
    """The target of a URL: with TCP at its port, unless it only follows from the scheme and ``-P`` says another.

    Raises:
        UsageError: it names no host, or a port that is none.
    """
    host, port, said = host_and_port(text)
    wanted = port if said or "port" not in options.sources else None
    if options.settings.protocol == TCP.name and not options.lanes:
        return TypedTarget(host, wanted)
    return TypedTarget(host, url_port=wanted)


def parse_target(text: str, *, with_ports: bool) -> TypedTarget:
    """``host``, ``host:port``, ``[IPv6 address]`` or ``[IPv6 address]:port``; a bare IPv6 address is never split.

    Raises:
        UsageError: the port is none.
    """
    host, port = text, ""
    if text.startswith("["):
        inside, bracket, rest = text[1:].partition("]")
        if bracket and (not rest or rest.startswith(":")):
            host, port = inside, rest[1:]
    elif with_ports and text.count(":") == 1:
        host, _, port = text.partition(":")
    if not port:
        return TypedTarget(host)
    if not with_ports:
        raise UsageError(f"target {text}: {NO_PORTS}", remedy=USE_PORTS)
    if not (port.isascii() and port.isdecimal() and len(port) <= PORT_DIGITS_MAX and int(port) in PORT):
        raise UsageError(f"target {text}: invalid port {port!r}, expected {PORT.expected}")
    return TypedTarget(host, int(port))


def _listed(path: str, environ: Mapping[str, str]) -> list[str]:
    """The names in a file, one a line; what follows a # is a comment.

    Raises:
        UsageError: the file cannot be read, or the user who called sudo could not read it.
    """
    try:
        if path == "-":
            if sys.stdin is None:
                raise UsageError("option -F/--filename: cannot read -: standard input is closed")
            return _names(sys.stdin, path)
        with os.fdopen(open_for_caller(path, environ, open_as_is), encoding="utf-8") as file:
            return _names(file, path)
    except OSError as error:
        raise UsageError(f"option -F/--filename: cannot read {path}: {_why(error, environ)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"option -F/--filename: cannot read {path}: not a text file") from None


def _why(error: OSError, environ: Mapping[str, str]) -> str:
    if isinstance(error, PermissionError) and caller(environ) is not None:
        return NOT_THE_CALLERS
    return str(error.strerror)


def _names(file: TextIO, path: str) -> list[str]:
    names: list[str] = []
    for number, line in enumerate(iter(lambda: file.readline(LINE_MAX + 1), ""), 1):
        if len(line) > LINE_MAX:
            raise UsageError(f"option -F/--filename: {path}: line {number} is longer than {LINE_MAX} characters")
        if number > LINES_MAX:
            raise UsageError(f"option -F/--filename: {path} has more than {LINES_MAX} lines")
        name = line.partition("#")[0].strip()
        if name:
            names.append(name)
    return names
