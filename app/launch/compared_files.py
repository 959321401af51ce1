"""What ``--compare`` and ``--baseline`` name: session files and reports, folders of them, patterns; read as traces.

Of a folder or a pattern the latest trace of each target counts. A session file tells its targets and its beginning in
its first line, so of many only those are read to the end that count.
"""

from __future__ import annotations

import dataclasses
import glob
import os
from pathlib import Path
from typing import NamedTuple

from ..compare.baseline import Baseline
from ..compare.of_report import of_report
from ..compare.of_snapshot import of_snapshot
from ..errors import ConfigurationError, HopscopeError, RecordingError
from ..process.raised import caller
from ..process.signals import Stopped
from ..reading.read import read_reports
from ..recording.reader import open_session
from ..sanitize import sanitize
from .replay import ReplayPlan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..compare.trace import ComparedTrace
    from ..options.model import Options
    from ..sanitize import Text

FILES_MAX = 10_000
ENDINGS = (".hops.gz", ".hops", ".gz")  # left out of labels


class _Found(NamedTuple):
    """A trace that a file holds, not read yet."""

    target: str  # with where it was measured from
    started_us: int
    path: str
    place: int  # among those of the file


class ComparedFiles:
    """Reads what operands name.

    Args:
        program: what messages call us.
        options: those of the command line; its privacy holds here, too.
        tell: is told what a folder or a pattern names that is no trace.
    """

    def __init__(self, program: str, options: Options, tell: Callable[[str], None]) -> None:
        self._program = program
        self._options = options
        self._tell = tell

    def traces(self, operand: str, label: Text) -> list[ComparedTrace]:
        """The traces of an operand.

        Raises:
            ConfigurationError: it names nothing, or nothing that holds a trace.
            RecordingError: it is a session file that cannot be read.
        """
        paths = _paths(operand)
        if paths is None:
            return self._of_file(operand, label)
        by_target: dict[str, _Found] = {}
        unread: list[str] = []
        for path in paths:
            try:
                for found in self._look(path):
                    if found.target not in by_target or by_target[found.target].started_us <= found.started_us:
                        by_target[found.target] = found
            except (HopscopeError, OSError):
                unread.append(Path(path).name)
        if unread:
            names = ", ".join(unread[:3]) + (f" and {len(unread) - 3} more" if len(unread) > 3 else "")
            self._tell(f"{operand}: left out, for there is no trace in it: {names}")
        if not by_target:
            raise ConfigurationError(f"{operand}: no session file and no report in it")
        by_path: dict[str, list[int]] = {}
        for found in by_target.values():
            by_path.setdefault(found.path, []).append(found.place)
        named = glob.has_magic(operand)  # which is no name to show
        read = (
            (self._of_file(path, sanitize(_stem(path)) if named else label), indices)
            for path, indices in by_path.items()
        )
        return [traces[index] for traces, indices in read for index in sorted(indices) if index < len(traces)]

    def _look(self, path: str) -> Iterator[_Found]:
        """What a file holds, as far as it takes to know which of them is the latest."""
        modified_us = Path(path).stat().st_mtime_ns // 1000
        if _is_session(path):
            header = open_session(path).header
            for index, target in enumerate(header.targets):
                yield _Found(target.lane, header.started_us + header.clock_offset_us, path, index)
            return
        for index, report in enumerate(read_reports(path)):
            yield _Found(f"{report.source} {report.target}", report.started_us or modified_us, path, index)

    def _of_file(self, path: str, label: Text) -> list[ComparedTrace]:
        if not _is_session(path):
            hidden = self._options.lookups.privacy_hops
            return [of_report(report, label, hidden) for report in read_reports(path)]
        plan = ReplayPlan(self._program, dataclasses.replace(self._options, replay=path, targets=()))
        directory = plan.directory
        status = plan.load()
        if status:
            raise Stopped(status - 128)
        if plan.replayed.error is not None:
            self._tell(str(plan.replayed.error))
        source = directory.privacy.local_host(plan.host)

        def named(address: str) -> Text:
            return directory.name(address) or sanitize(address)

        return [of_snapshot(one, label, source, named, directory.fact) for one in plan.replayed.snapshots()]


def read_baseline(program: str, options: Options, tell: Callable[[str], None]) -> Baseline:
    """What ``--baseline`` names.

    Raises:
        ConfigurationError: it holds no trace.
        RecordingError: it is a session file that cannot be read.
    """
    label = sanitize(_stem(options.baseline))
    return Baseline(ComparedFiles(program, options, tell).traces(options.baseline, label))


def labels(first: str, second: str) -> tuple[Text, Text]:
    """What both operands are called beside each other: their file names, where these differ."""
    short = [_stem(one) for one in (first, second)]
    if short[0] == short[1]:
        short = [first, second] if first != second else ["first", "second"]
    return sanitize(short[0]), sanitize(short[1])


def _stem(path: str) -> str:
    """The name of a file without its folder and its ending."""
    name = Path(path).name or path
    ending = next((one for one in ENDINGS if name.endswith(one)), Path(name).suffix)
    return name[: len(name) - len(ending)] or name


def _paths(operand: str) -> list[str] | None:
    """The files that a folder or a pattern names; None: it is a file by itself, or standard input.

    Raises:
        ConfigurationError: it names none, or too many.
    """
    place = Path(operand)
    if operand == "-" or place.is_file() or not (place.is_dir() or glob.has_magic(operand)):
        return None
    if caller(os.environ) is not None:
        raise ConfigurationError(f"{operand}: with raised rights only a file can be named, not a folder or a pattern")
    if place.is_dir():
        try:
            found = sorted(str(one) for one in place.iterdir() if one.is_file())
        except OSError as error:
            raise ConfigurationError(f"{operand}: cannot be read: {str(error.strerror).lower()}") from None
    else:
        names = glob.iglob(operand)  # noqa: PTH207 - the pattern may be of an absolute path
        found = sorted(one for one in names if Path(one).is_file())
    if not found:
        raise ConfigurationError(f"{operand}: there is no file")
    if len(found) > FILES_MAX:
        raise ConfigurationError(f"{operand}: {len(found)} files, expected up to {FILES_MAX:,}")
    return found


def _is_session(path: str) -> bool:
    """Whether a file begins as session files do.

    Raises:
        RecordingError: it does, and was written by a newer version.
    """
    if path == "-":
        return False
    try:
        open_session(path)
    except RecordingError as error:
        if "newer version" in error.what:
            raise
        return False
    return True
