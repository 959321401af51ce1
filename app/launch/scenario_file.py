"""The scenario of ``--demo``; where another user had our rights raised, its file is read once, with theirs.

Between a check and a reading that user could put another file in its place, and messages show what a scenario says. So
what was read with the caller's rights is what the program and the probe process have.
"""

from __future__ import annotations

import os

from ..errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...probe.lab.scenario import Scenario

DEFAULT_SCENARIO = "steady"  # the lab's list takes too long to import before the probe process starts
_texts: dict[str, str] = {}  # of the files that were read with the caller's rights, by name


def place_for_probes(name: str, environ: Mapping[str, str]) -> str:
    """What the probe process is to open: the name, or a file in memory that holds what the caller may read.

    Raises:
        ConfigurationError: the file cannot be read, or not by the caller.
    """
    from ..process.raised import caller

    if not ("/" in name or "." in name) or caller(environ) is None:
        return name or DEFAULT_SCENARIO
    import fcntl

    text = _texts[name] = _read(name, environ)
    # Whoever has it open next to the probe process cannot change it, nor can this process.
    descriptor = os.memfd_create("scenario", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with os.fdopen(descriptor, "wb", closefd=False) as file:
        file.write(text.encode())
    seals = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return f"/proc/{os.getpid()}/fd/{descriptor}"  # it stays open as long as this process may start probe processes


def _read(name: str, environ: Mapping[str, str]) -> str:
    from ...probe.lab.scenario import text_of
    from ...probe.lab.schema import ScenarioError
    from ..process.raised import NOT_THE_CALLERS, open_for_caller
    from ..process.small_file import open_regular

    def opened(path: str) -> int:
        try:
            return open_for_caller(path, environ, open_regular)
        except PermissionError:
            raise ConfigurationError(f"scenario {name}: cannot be read: {NOT_THE_CALLERS}") from None

    try:
        return text_of(name, opened)
    except ScenarioError as error:
        raise ConfigurationError(str(error)) from None


def scenario_of(name: str) -> Scenario:
    """The scenario of a name or a file; empty: the default one.

    Raises:
        ScenarioError: it does not exist, cannot be read, or is none.
    """
    from ...probe.lab.scenario import load, parse

    text = _texts.get(name)
    return load(name or DEFAULT_SCENARIO) if text is None else parse(text, name)
