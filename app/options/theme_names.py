"""The names of themes, for what is asked of them before, or without, the screen."""

from __future__ import annotations

from ..errors import UsageError
from ..nearest import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

DARK, LIGHT, ANSI = "hopscope-dark", "hopscope-light", "hopscope-ansi"
# Those of the toolkit's pinned version (a test holds the list): to ask it costs a report as much time as all the rest.
TOOLKIT = (
    "ansi-dark", "ansi-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe", "catppuccin-latte",
    "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki", "gruvbox", "monokai", "nord", "rose-pine",
    "rose-pine-dawn", "rose-pine-moon", "solarized-dark", "solarized-light", "textual-dark", "textual-light",
    "tokyo-night",
)  # fmt: skip


def check_theme(name: str, own: Iterable[str]) -> None:
    """Whether there is such a theme; ``own``: the names of the user's.

    Raises:
        UsageError: there is none.
    """
    known = sorted({DARK, LIGHT, ANSI, *TOOLKIT, *own})
    if name and name not in known:
        every = f"expected one of {', '.join(known)}"
        raise UsageError(f"option --theme: unknown theme {name!r}", remedy=did_you_mean(name, known, every))
