"""What a source of options may say when the program has more rights than whoever wrote it.

Each option whose argument names a program or a file says so in the table (``Option.names``); of a source that is not
trusted such an option is refused, and all others are taken.
"""

from __future__ import annotations

from ..errors import ConfigurationError, UsageError
from .option import PROGRAM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .option import Option

STANDARD_INPUT = "-"


class Source:
    """Where options stand: the command line, MTR_OPTIONS or a configuration file."""

    name: str
    """As messages call it; empty: the command line."""
    trusted: bool
    """Whether it may name programs and files: nobody with fewer rights than the program has can have written it."""
    is_file: bool

    __slots__ = ("is_file", "name", "trusted")

    def __init__(self, name: str, *, trusted: bool, is_file: bool = False) -> None:
        self.name = name
        self.trusted = trusted
        self.is_file = is_file


COMMAND_LINE = Source("", trusted=True)


def check(option: Option, value: object, source: Source) -> None:
    """Raise ``UsageError`` or, of a file, ``ConfigurationError`` if a source may not say this."""
    if source.trusted or not option.names or value == "" or (value == STANDARD_INPUT and option.names != PROGRAM):
        return
    named = "a program" if option.names == PROGRAM else "a file"
    kind = ConfigurationError if source.is_file else UsageError
    raise kind(
        f"{source.name}: option {option.spelled} names {named}: refused under sudo or with other raised rights",
        remedy="give it on the command line",
    )
