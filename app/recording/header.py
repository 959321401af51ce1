"""The first line of a session file: what was traced, how, by what, and by which clock."""

from __future__ import annotations

from dataclasses import dataclass

from ...probe.version import VERSION
from ..sanitize import Text
from ..settings import Target, TraceSettings
from .checks import check_settings, check_target
from .values import Unfit, plain, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

KIND = "hopscope session"
VERSION_OF_FORM = 1
TARGETS_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Header:
    """What a session file says first."""

    host: Text
    """The name of the host that the measurement ran on, or what stood for it."""
    targets: tuple[Target, ...]
    """What was traced, in the order in which lines number them."""
    settings: TraceSettings
    """How it was traced at first."""
    started_us: int
    """When it began, in microseconds of that host's monotonic clock."""
    clock_offset_us: int
    """What added to a monotonic time gives the wall clock, in microseconds since 1970."""
    version: Text
    """Of the program that wrote it."""


def header_line(header: Header) -> dict[str, Any]:
    """The header as the object of its line."""
    return {"e": KIND, "form": VERSION_OF_FORM, **plain(header)}


def read_header(line: object) -> Header:
    """The header of a line's object.

    Raises:
        Unfit: it is none, or of a form that this version does not know.
    """
    if not isinstance(line, dict) or line.get("e") != KIND:
        raise Unfit("this is not a session file of hopscope")
    form = line.get("form")
    if type(form) is not int or form < 1:
        raise Unfit("form: not a number")
    if form > VERSION_OF_FORM:
        raise Unfit(
            f"it was written in form {form} by a newer version; this one ({VERSION}) reads form {VERSION_OF_FORM}"
        )
    header: Header = record(Header, line)
    if not 1 <= len(header.targets) <= TARGETS_MAX:
        raise Unfit("targets: there must be at least one")
    for target in header.targets:
        check_target(target)
    check_settings(header.settings)
    return header
