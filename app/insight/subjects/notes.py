"""The short form of a verdict that is no fault: worth a word, and never the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..assessment import Verdict

if TYPE_CHECKING:
    from ..place import Place
    from ..rules import Rule


def note(rule: Rule, where: Place | None, phrase: str, figures: str, *reasons: str, **numbers: float | str) -> Verdict:
    """A note of a rule at a place (None: of the whole path)."""
    return Verdict(rule, "note", where, phrase, figures=figures, reasons=reasons, numbers=tuple(numbers.items()))
