"""What a user probably meant by a word that is none of those expected."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

LIKE = 0.7  # shares so much with a word (difflib's ratio), or it is not said to be meant
PART_MIN = 3  # letters of which a word is known that holds them


def nearest(word: str, choices: Iterable[str]) -> str:
    """The choice that is most like a word: spelled almost so, or the only one that holds it; empty if none is."""
    import difflib  # where nothing is wrong it is never needed

    plain = {_plain(choice): choice for choice in choices}
    wanted = _plain(word)
    if not any(map(str.isalpha, wanted)):  # of numbers none is like another
        return ""
    if wanted in plain:
        return plain[wanted]
    for near in difflib.get_close_matches(wanted, plain, 1, LIKE):
        return plain[near]
    holding = [choice for folded, choice in plain.items() if len(wanted) >= PART_MIN and wanted in folded]
    return holding[0] if len(holding) == 1 else ""


def did_you_mean(word: str, choices: Iterable[str], otherwise: str = "", *, before: str = "") -> str:
    """``did you mean ...?`` as a remedy, with ``before`` before the word; ``otherwise`` where no choice is like it."""
    near = nearest(word, choices)
    return f"did you mean {before}{near}?" if near else otherwise


def _plain(word: str) -> str:
    return word.casefold().replace("_", "-").strip("-")
