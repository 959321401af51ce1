"""Which probe process to start: our own, on the network or on a simulated one, or another that speaks its protocol."""

from __future__ import annotations

from ...probe.launch import command as own_command
from ..errors import UsageError
from ..process.raised import TRUSTED_PATH, is_raised
from .scenario_file import place_for_probes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..options.model import Options

# Many targets with silent hops, or short intervals, have more than mtr-packet's 1024 probes unanswered.
IN_FLIGHT_MAX = 10240


def probe_command(options: Options, environ: Mapping[str, str]) -> tuple[list[str], str]:
    """The command of the probe process, and a warning (empty: none).

    MTR_PACKET is not followed where it may come from somebody with fewer rights than the program has
    (CVE-2025-49809), nor is PATH.

    Raises:
        UsageError: the command of ``--packet`` cannot be split into words, or PATH alone would find it.
        ConfigurationError: the file of ``--demo`` is one that the caller may not read, whose rights were raised.
    """
    if options.packet:
        return _words(options.packet, environ), ""
    if options.demo is not None:
        return [*_own(options), "--lab", place_for_probes(options.demo, environ)], ""
    other = environ.get("MTR_PACKET", "")
    if not other:
        return _own(options), ""
    if options.both is not None:
        return _own(options), "MTR_PACKET is ignored with --both, which counts with our own probe process"
    if is_raised(environ):
        return _own(options), "MTR_PACKET is ignored under sudo; --packet names another probe process"
    return [other], ""


def _own(options: Options) -> list[str]:
    mark = ["--allow-mark"] if options.settings.mark else []
    one_way = ["--one-way"] if options.both is not None else []
    return [*own_command(), "--max-in-flight", str(IN_FLIGHT_MAX), *mark, *one_way]


def _words(command: str, environ: Mapping[str, str]) -> list[str]:
    import shlex

    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"option --packet: invalid value {command!r}, expected a command: {error}") from None
    if not words or not words[0]:
        raise UsageError(f"option --packet: invalid value {command!r}, expected a command")
    if "/" in words[0] or not is_raised(environ):
        return words
    import shutil

    found = shutil.which(words[0], path=TRUSTED_PATH)
    if found is None:
        raise UsageError(
            f"option --packet: {words[0]!r} is in none of {TRUSTED_PATH}",
            remedy="PATH is ignored under sudo; give the whole path",
        )
    return [found, *words[1:]]
