"""Which probe process to start: our own, on the network or on a simulated one, or another that speaks its protocol."""

from __future__ import annotations

import os

from ...probe.launch import command as own_command
from ..errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..options.model import Options

DEFAULT_SCENARIO = "steady"  # the lab's list takes too long to import before the probe process starts

# Many targets with silent hops, or short intervals, have more than mtr-packet's 1024 probes unanswered.
IN_FLIGHT_MAX = "10240"


def probe_command(options: Options, environ: Mapping[str, str]) -> tuple[list[str], str]:
    """The command of the probe process, and a warning (empty: none).

    MTR_PACKET is not followed where it may come from somebody with fewer rights than the program has: under sudo,
    and where real and effective ids differ (CVE-2025-49809).

    Raises:
        UsageError: the command of ``--packet`` cannot be split into words.
    """
    if options.packet:
        return _words(options.packet), ""
    if options.demo is not None:
        return [*_own(options), "--lab", options.demo or DEFAULT_SCENARIO], ""
    other = environ.get("MTR_PACKET", "")
    if not other:
        return _own(options), ""
    if "SUDO_UID" in environ or os.getuid() != os.geteuid() or os.getgid() != os.getegid():
        return _own(options), "MTR_PACKET is ignored under sudo; --packet names another probe process"
    return [other], ""


def _own(options: Options) -> list[str]:
    mark = ["--allow-mark"] if options.settings.mark else []
    return [*own_command(), "--max-in-flight", IN_FLIGHT_MAX, *mark]


def _words(command: str) -> list[str]:
    import shlex

    try:
        return shlex.split(command)
    except ValueError as error:
        raise UsageError(f"option --packet: invalid value {command!r}, expected a command: {error}") from None
