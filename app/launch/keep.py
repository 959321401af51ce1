"""Sessions of the screen are kept without being asked for, where nobody would be surprised by it.

Those of a terminal alone: reports are not, nor what runs under the name mtr, with raised rights, in a simulated
network, or is recorded anyway.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from ..errors import RecordingError
from ..process.raised import is_raised
from ..recording.kept import ENDING, KeptFolder, folder_of, name_of
from ..sanitize import NOTHING, composed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..options.model import Options
    from ..sanitize import Text


class Keeping(NamedTuple):
    """What became of it."""

    path: str = ""
    """The file that the session is kept in; empty: it is not kept."""
    file: int = -1
    """Its descriptor."""
    limit_bytes: int = 0
    """How large it may become."""
    note: Text = NOTHING
    """What the user is to know of it, a sentence; empty: nothing."""


NOT_KEPT = Keeping()


def is_kept(program: str, options: Options, environ: Mapping[str, str]) -> bool:
    """Whether a session is to be kept."""
    if not options.is_screen or options.keep is None or options.record or options.demo is not None:
        return False
    return program != "mtr" and not is_raised(environ) and os.isatty(0) and os.isatty(1)


def keep(program: str, options: Options, target: str, environ: Mapping[str, str]) -> Keeping:
    """Make the file that a session of a target is kept in, and remove old ones; while there is one thread."""
    path = folder_of(environ)
    if not is_kept(program, options, environ) or not path:
        return NOT_KEPT
    assert options.keep is not None
    try:
        folder = KeptFolder(path, make=True)
        try:
            now_s = time.time()
            folder.tidy(options.keep, now_s)
            name = name_of(target, now_s)
            kept = Keeping(f"{path}/{name}{ENDING}", folder.create(name), options.keep.size_bytes)
        finally:
            folder.close()
    except (RecordingError, OSError) as error:
        what = error.what if isinstance(error, RecordingError) else f"cannot keep sessions in {path}: {error.strerror}"
        return Keeping(note=composed(f"This session is not kept: {what} (--no-keep silences this)"))
    if not folder.is_new:
        return kept
    days, size = options.keep.days, options.keep.size_bytes // 1_000_000
    said = f"Sessions of the screen are kept for {days} days, {size} MB at most, in {path} (--no-keep: not)"
    return kept._replace(note=composed(said))
