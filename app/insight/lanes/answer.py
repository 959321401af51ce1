"""What lanes say together, as data and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..answer import Numbers
    from ..place import Place
    from ..rules import Rule, Severity

GRAVEST: tuple[Severity, ...] = ("fault", "warning", "changed", "note", "fine", "")


@dataclass(frozen=True, slots=True)
class LanesVerdict:
    """What one rule says of several lanes."""

    rule: Rule  # that it is an outcome of
    severity: Severity  # one of the rule's
    lanes: tuple[str, ...]  # those of which it is said, by their names
    others: tuple[str, ...]  # those that they were compared with and that differ; empty: none were
    what: str  # what is so, a sentence without its end
    meaning: str = ""  # where, or what it means, as it follows a colon; empty: that is not known
    place: Place | None = None  # on the path of the first of the lanes; None: it is not known, or not one place
    address: str = ""  # the router from which on it is so; empty: none is known
    network: str = ""  # that router's; empty: not known
    reasons: tuple[str, ...] = ()  # the evidence, a sentence each
    numbers: Numbers = ()  # the figures by name; empty: none
    brief: str = ""  # ``meaning`` in few words: where; empty: ``what`` says it, or it is not known
    briefest: str = ""  # the same in the fewest; empty: there are no fewer
    few: tuple[str, ...] = ()  # ``what`` in fewer words, the longest first: how many lanes instead of which
    beside: str = ""  # what else is to be said of lanes after ``what``, as it follows a semicolon; empty: nothing

    @property
    def lead(self) -> str:
        """What is so, with the colon or full stop that ends it."""
        beside = f"; {self.beside}" if self.beside else ""
        return f"{self.what}{beside}{':' if self.meaning else '.'}"

    @property
    def rest(self) -> str:
        """What follows it; empty: nothing does."""
        return f"{self.meaning}." if self.meaning else ""

    @property
    def sentence(self) -> str:
        """Both as one text."""
        return f"{self.lead} {self.rest}".strip()


@dataclass(frozen=True, slots=True)
class LanesAnswer:
    """What several traces of one target say together."""

    verdicts: tuple[LanesVerdict, ...]  # the gravest first; at least one

    @property
    def severity(self) -> Severity:
        """That of the gravest."""
        return self.verdicts[0].severity

    @property
    def lead(self) -> str:
        """What is so, with the colon or full stop that ends it."""
        return self.verdicts[0].lead

    @property
    def rest(self) -> str:
        """Where, or what it means; and what else is wrong. Empty: nothing is known of that."""
        more = [one.sentence for one in self.verdicts[1:] if one.severity in {"fault", "warning"}]
        return " ".join([*filter(None, [self.verdicts[0].rest]), *more])

    @property
    def sentence(self) -> str:
        """All of it as one text."""
        return f"{self.lead} {self.rest}".strip()

    @property
    def wordings(self) -> tuple[tuple[str, str], ...]:
        """Lead and rest, the longest first: other faults are left out first, then why, then who, and at last where."""
        first = self.verdicts[0]
        leads = (first.what, *first.few)
        shorter = [(first.what, first.meaning), *((what, first.brief) for what in leads)]
        shorter += [(leads[-1], first.briefest), (leads[-1], "")]
        made = [(self.lead, self.rest), (first.lead, first.rest)]
        made += [(f"{what}:", f"{where}.") if where else (f"{what}.", "") for what, where in shorter]
        return tuple(dict.fromkeys(made))


def answer(verdicts: list[LanesVerdict]) -> LanesAnswer | None:
    """The answer of some verdicts; None of none."""
    ordered = sorted(verdicts, key=lambda one: (GRAVEST.index(one.severity), one.rule.rank))
    return LanesAnswer(tuple(ordered)) if ordered else None
