"""``--compare``: from two operands to what is printed, and the exit status."""

from __future__ import annotations

from ...compare.comparison import compared
from ...compare.pairing import paired
from ...errors import ConfigurationError
from ...launch.compared_files import ComparedFiles, labels
from ...process.streams import say, write
from ..context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...compare.comparison import Comparison
    from ...options.model import Options

DIFFERS = 3


def comparisons(program: str, options: Options) -> list[Comparison]:
    """The two operands, read and compared, target by target; what has no counterpart is said on standard error.

    Raises:
        ConfigurationError: an operand holds no trace, or the two have no target in common.
        RecordingError: a session file cannot be read.
    """
    first_named, second_named = options.targets
    files = ComparedFiles(program, options, lambda what: say(program, what))
    first_label, second_label = labels(first_named, second_named)
    first, second = files.traces(first_named, first_label), files.traces(second_named, second_label)
    pairs, left = paired(first, second)
    if not pairs:
        raise ConfigurationError(f"{first_named} and {second_named} have no target in common")
    for one in left:
        say(program, f"{one.target} is in {one.label} alone")
    return [compared(*pair) for pair in pairs]


def run_compare(program: str, options: Options) -> int:
    """Compare, print, and give the status: 0 where all is the same, 3 where something differs."""
    made = comparisons(program, options)
    write(options.format.compared_text(made, Context(options.report)))
    return DIFFERS if any(one.differs for one in made) else 0
