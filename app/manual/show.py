"""``--manual``: a chapter on standard output, through a pager where that is a terminal."""

from __future__ import annotations

import sys

from ..errors import UsageError
from ..nearest import did_you_mean
from ..process.raised import is_raised
from ..process.streams import write
from ..sanitize import own_document
from . import NAMES, chapters, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

LIST = "list"
PIPE_WIDTH = 80
# less: leave at once what fits one screen, show it as it is, and let it stand there.
LESS = {"LESS": "FRX", "LESSCHARSET": "utf-8"}


def show_manual(chapter: str, environ: Mapping[str, str]) -> None:
    """Show a chapter; ``list`` or nothing: which there are.

    Raises:
        UsageError: there is no such chapter.
    """
    if chapter in {"", LIST}:
        write(own_document(contents()))
        return
    if chapter not in NAMES:
        hint = did_you_mean(chapter, NAMES, "--manual list names them")
        raise UsageError(f"option --manual: there is no chapter {chapter!r}", remedy=hint)
    from .render import render

    if not _is_terminal():
        write(own_document(render(text(chapter), PIPE_WIDTH)))
        return
    import os

    # The terminal's own word: COLUMNS, as containers and test runners export it, may be another's.
    shown = render(text(chapter), os.get_terminal_size(sys.stdout.fileno()).columns or PIPE_WIDTH)
    command = _pager(environ)
    if not command or not _paged(command, shown, environ):
        write(own_document(shown))


def contents() -> str:
    """The list of chapters."""
    wide = max(map(len, NAMES))
    rows = [f"  {name:<{wide}}  {title}" for name, title in chapters()]
    return "\n".join(["Chapters of the manual; hopscope --manual CHAPTER shows one:", "", *rows, ""])


def _is_terminal() -> bool:
    try:
        return sys.stdout is not None and sys.stdout.isatty()
    except ValueError:
        return False


def _pager(environ: Mapping[str, str]) -> list[str]:
    """The pager's command; none where variables may come from somebody with fewer rights than the program has.

    less(1) too runs programs that variables name (LESSOPEN), and commands that are typed.
    """
    import shlex
    import shutil

    if is_raised(environ):
        return []
    try:
        words = shlex.split(environ.get("PAGER", ""))
    except ValueError:
        words = []
    if words and shutil.which(words[0]):
        return words
    less = shutil.which("less")
    return [less] if less else []


def _paged(command: list[str], shown: str, environ: Mapping[str, str]) -> bool:
    """Whether a pager has shown the text. Ctrl-C is the pager's while it runs."""
    import signal
    import subprocess

    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env={**LESS, **environ})
    except OSError:
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert pager.stdin is not None
        try:
            pager.stdin.write(shown.encode())
            pager.stdin.close()
        except BrokenPipeError:  # the reader has seen enough
            pass
        pager.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return True
