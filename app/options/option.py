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


class Option:
    """One option.

    ``field`` is the name under which its value is kept; a later occurrence replaces an earlier one. An option with a
    ``metavar`` takes an argument, which ``convert`` turns into the value (ValueError says what is expected);
    ``optional``: the argument may be left out; ``many``: later values are added to earlier ones, in a tuple;
    ``choices`` are all the words it may be, each its own value if nothing converts it. One without a metavar stands for
    the value ``constant``.
    """

    __slots__ = (
        "choices",
        "constant",
        "convert",
        "field",
        "help",
        "long",
        "many",
        "metavar",
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
    ) -> None:
        self.short = short
        self.long = long
        self.field = field
        self.help = text
        self.metavar = metavar
        self.convert = v.one_of(*choices) if choices and convert is str else convert
        self.constant = constant
        self.origin = origin
        self.optional = optional
        self.many = many
        self.choices = choices

    @property
    def spelled(self) -> str:
        """How messages call it."""
        return f"-{self.short}/--{self.long}" if self.short else f"--{self.long}"
