"""What one option of the command line is."""

from __future__ import annotations

from . import values as v

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# Whose option it is: an abbreviation that was unique in an older program stays what it was there.
MTR_095 = 0
MTR_NEWER = 1
OWN = 2

# What an argument may name.
PROGRAM = "program"
FILE = "file"


class Option:
    """One option."""

    short: str
    """Its letter; empty: none."""
    long: str
    field: str
    """The name under which its value is kept; a later occurrence replaces an earlier one."""
    help: str
    metavar: str
    """What its argument is called; empty: it takes none, and stands for the value ``constant``."""
    convert: Callable[[str], object]
    """Turns the argument into the value; ValueError says what is expected."""
    constant: object
    origin: int
    """Whose it is: ``MTR_095``, ``MTR_NEWER`` or ``OWN``."""
    optional: bool
    """Whether the argument may be left out."""
    many: bool
    """Whether later values are added to earlier ones, in a tuple."""
    choices: tuple[str, ...]
    """All the words that the argument may be; empty: not a choice of words."""
    default: str
    """The argument that it has where it is not given, as it is typed; empty: it has none."""
    example: str
    """An argument to show where there is no default."""
    in_files: bool
    """Whether the configuration file can mean it; others are asked once, on the command line."""
    answers: bool
    """Whether it asks something of the program itself, which then traces nothing."""
    near: Callable[[str], str] | None
    """What was probably meant by a wrong argument, as a remedy, where ``choices`` do not tell; None: unknown."""
    names: str
    """What its argument names: ``PROGRAM`` to run, ``FILE`` to read or write, empty: neither (see guard.py)."""

    __slots__ = (
        "answers",
        "choices",
        "constant",
        "convert",
        "default",
        "example",
        "field",
        "help",
        "in_files",
        "long",
        "many",
        "metavar",
        "names",
        "near",
        "optional",
        "origin",
        "short",
    )

    def __init__(
        self,
        short: str,
        long: str,
        field: str,
        text: str,
        *,
        metavar: str = "",
        convert: Callable[[str], object] = str,
        constant: object = True,
        origin: int = MTR_095,
        optional: bool = False,
        many: bool = False,
        choices: tuple[str, ...] = (),
        default: object = "",
        says_default: bool = False,
        example: str = "",
        in_files: bool = True,
        answers: bool = False,
        names: str = "",
        near: Callable[[str], str] | None = None,
    ) -> None:
        self.short = short
        self.long = long
        self.field = field
        self.default = str(default)
        self.help = f"{text} (default: {default})" if self.default and not says_default else text
        self.metavar = metavar
        self.convert = v.one_of(*choices) if choices and convert is str else convert
        self.constant = constant
        self.origin = origin
        self.optional = optional
        self.many = many
        self.choices = choices
        self.example = example or (choices[0] if choices else "")
        self.in_files = in_files and not answers
        self.answers = answers
        self.names = names
        self.near = near

    @property
    def spelled(self) -> str:
        """How messages call it."""
        return f"-{self.short}/--{self.long}" if self.short else f"--{self.long}"
