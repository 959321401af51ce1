"""``--sessions``: what is kept of sessions of the screen, as a list, or removed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..errors import RecordingError
from ..process.streams import write
from ..recording.kept import KeptFolder, folder_of
from ..recording.summary import summary
from ..sanitize import document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recording.kept import KeptFile

NOTHING_KEPT = "No sessions are kept."


def list_sessions(environ: Mapping[str, str], *, clean: bool) -> int:
    """Write the list, or remove all that is in it; gives the exit status.

    Raises:
        RecordingError: the folder cannot be read.
    """
    path = folder_of(environ)
    try:
        folder = KeptFolder(path)
    except FileNotFoundError:
        write(document([NOTHING_KEPT]))
        return 0
    try:
        files = folder.files()
        if not files:
            write(document([NOTHING_KEPT]))
            return 0
        if clean:
            removed = [one for one in files if folder.remove(one.name)]
            left = len(files) - len(removed)
            still = f"; {left} still {'goes' if left == 1 else 'go'} on" if left else ""
            write(document([f"{_count(len(removed))} removed from {path}{still}."]))
            return 0
        lines = [f"{_count(len(files))} in {path}, {size_text(sum(one.size_bytes for one in files))}.", ""]
        for one in files:
            lines += _lines(one, f"{path}/{one.name}.hops.gz", goes_on=folder.is_written(one.name))
        write(document([*lines, "", "hopscope --replay NAME shows one; hopscope --sessions --clean removes all."]))
        return 0
    finally:
        folder.close()


def _lines(one: KeptFile, path: str, *, goes_on: bool) -> list[str]:
    """Two lines: name, when, how long, size; the worst that was thought."""
    try:
        found = summary(path)
    except RecordingError as error:
        return [f"{one.name}  {size_text(one.size_bytes)}", f"    cannot be read: {error.what}"]
    header = found.header
    began_s = (header.started_us + header.clock_offset_us) / 1e6
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(began_s))
    lasted = "goes on" if goes_on else _length(max(0.0, one.changed_s - began_s))
    targets = str(header.targets[0].lane) + (f" and {len(header.targets) - 1} more" if len(header.targets) > 1 else "")
    told = found.worst.sentence if found.worst is not None else "nothing was judged"
    which = f"{found.worst.lane}: " if found.worst is not None and len(header.targets) > 1 else ""
    return [f"{one.name}  {targets}  {began}  {lasted}  {size_text(one.size_bytes)}", f"    {which}{told}"]


def _count(number: int) -> str:
    return f"{number} session{'' if number == 1 else 's'}"


def size_text(size_bytes: int) -> str:
    """A number of bytes as people read it."""
    for unit, one in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= one:
            return f"{size_bytes / one:.1f} {unit}"
    return f"{size_bytes} B"


def _length(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minute:02} min"
    return f"{minute} min {second:02} s" if minute else f"{second} s"
