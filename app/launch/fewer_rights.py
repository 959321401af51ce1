"""What the screen keeps of the rights it was started with: none, but the means to start the probe process again."""

from __future__ import annotations

import os
import sys

from ..errors import UnsupportedError
from ..process import rights

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..process.launcher import Launcher


def launcher_for(commands: Sequence[Sequence[str]]) -> Launcher | None:
    """What starts these commands, now and again after ``give_up_rights``; None where there are no rights to give up.

    To be made before any thread runs.
    """
    if sys.platform != "linux" or not rights.has_rights():
        return None
    from ..process.launcher import Launcher

    return Launcher(commands)


def give_up_rights(environ: Mapping[str, str], command: Sequence[str] = ()) -> None:
    """Give up all rights for good, before any thread runs; ``command`` is what the launcher starts.

    Raises:
        UnsupportedError: the system refuses.
    """
    try:
        rights.give_up(environ, _folders(command), _needed())
    except OSError as error:
        raise UnsupportedError(f"cannot give up privileges: {error.strerror}", remedy="-r writes a report") from None


def _folders(command: Sequence[str]) -> list[str]:
    """Where root's own screen may write: the folder it was started in, for exports.

    Not where the program itself lies there, or what the launcher starts: whoever took the screen over would change
    it, and have it started with all rights.
    """
    try:
        here = os.path.realpath(os.getcwd())  # noqa: PTH109 - no path object is needed
    except OSError:  # it is gone
        return []
    run = [*_needed(), sys.executable, *(word for word in command if os.path.exists(word))]  # noqa: PTH110
    below = f"{here.rstrip('/')}/"
    return [] if any(f"{os.path.realpath(one)}/".startswith(below) for one in run) else [here]


def _needed() -> list[str]:
    """What is loaded later: Python's modules, the toolkit's and ours."""
    places = [__file__, os.__file__, *(place for place in sys.path if place)]
    return [place for place in places if os.path.exists(place)]  # noqa: PTH110
