"""Which kind of report a file holds, and its rows."""

from __future__ import annotations

import os
import sys

from ..errors import ConfigurationError
from ..process.raised import NOT_THE_CALLERS, caller, open_for_caller
from ..process.small_file import open_as_is

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from .counts import CountedReport

SIZE_MAX = 8 << 20
EXPECTED = (
    "expected a report as text, Markdown, JSON, CSV or XML, WinMTR's text, or JSON of trippy, ttl, NTrace or Globalping"
)


def read_reports(name: str) -> list[CountedReport]:
    """The reports in a file; ``-`` is standard input.

    Raises:
        ConfigurationError: the file cannot be read, is larger than 8 MiB, or holds no report.
    """
    shown = "standard input" if name == "-" else name
    try:
        if name == "-":
            data = _bounded(sys.stdin.buffer)
        else:
            with os.fdopen(open_for_caller(name, os.environ, open_as_is), "rb") as file:
                data = _bounded(file)
    except PermissionError as error:
        what = NOT_THE_CALLERS if caller(os.environ) is not None else str(error.strerror).lower()
        raise ConfigurationError(f"{shown}: cannot be read: {what}") from None
    except (OSError, ValueError) as error:
        what = error.strerror.lower() if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigurationError(f"{shown}: cannot be read: {what}") from None
    if len(data) > SIZE_MAX:
        raise ConfigurationError(f"{shown}: larger than {SIZE_MAX >> 20} MiB, which no report is")
    return reports_of(data.decode("utf-8", "replace"), shown)


def reports_of(text: str, shown: str) -> list[CountedReport]:
    """The reports in a text; ``shown`` names it in messages.

    Raises:
        ConfigurationError: it holds no report.
    """
    kind, read = _reader(text)
    try:
        found = read(text)
    except ValueError as error:
        raise ConfigurationError(f"{shown}: not {kind}: {error}") from None
    if not found:
        raise ConfigurationError(f"{shown}: no report found in it; {EXPECTED}")
    return found


def _bounded(file: BinaryIO) -> bytes:
    return file.read(SIZE_MAX + 1)


def _reader(text: str) -> tuple[str, Callable[[str], list[CountedReport]]]:
    from .documents import read_documents
    from .markdown import is_markdown, read_markdown
    from .structured import read_csv, read_xml
    from .text import read_text

    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("{"):
        return "JSON", read_documents
    if start[:1] == "[" and start[1:].lstrip()[:1] in {"{", "]"}:  # and not a shell's prompt that was pasted, too
        return "JSON", read_documents
    if is_markdown(start):
        return "Markdown", read_markdown
    if start.startswith("<"):
        return "XML", read_xml
    if any("Hop" in line.split(",") and "Snt" in line.split(",") for line in start.splitlines()[:20]):
        return "CSV", read_csv
    return "text", read_text
