"""What the screen keeps of the rights it was started with: none, but the means to start the probe process again."""

from __future__ import annotations

import os
import sys

from ..errors import UnsupportedError
from ..options.config import config_path
from ..process import rights
from ..process.raised import home_of_rights, is_raised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..process.launcher import Launcher


def launcher_for(command: Sequence[str]) -> Launcher | None:
    """What starts this command, now and again after ``give_up_rights``; None where there are no rights to give up.

    To be made before any thread runs.
    """
    if sys.platform != "linux" or not rights.has_rights():
        return None
    from ..process.launcher import Launcher

    return Launcher([command])


def give_up_rights(environ: Mapping[str, str]) -> None:
    """Give up all rights for good, before any thread runs.

    Raises:
        UnsupportedError: the system refuses.
    """
    try:
        rights.give_up(environ, _folders(environ), _needed())
    except OSError as error:
        raise UnsupportedError(f"cannot give up privileges: {error.strerror}", remedy="-r writes a report") from None


def _folders(environ: Mapping[str, str]) -> list[str]:
    """Where root's own screen may write: the folder it was started in, for exports, and the program's own."""
    own = {"HOME": home_of_rights()} if is_raised(environ) else environ
    home = own.get("HOME") or "/nonexistent"
    state = own.get("XDG_STATE_HOME") or f"{home}/.local/state"
    folders = [f"{state}/hopscope", config_path(own).rpartition("/")[0]]
    try:
        here = os.getcwd()  # noqa: PTH109 - no path object is needed
    except OSError:  # it is gone
        return folders
    return folders if here == "/" else [here, *folders]  # below / is everything


def _needed() -> list[str]:
    """What is loaded later: Python's modules, the toolkit's and ours."""
    places = [__file__, os.__file__, *(place for place in sys.path if place)]
    return [place for place in places if os.path.exists(place)]  # noqa: PTH110
