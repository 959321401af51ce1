"""What a judgement of a trace consists of: verdicts, a judgement of each hop, and one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ..trace.checks import CheckPlan

Severity = Literal["fault", "warning", "changed", "note", "fine", ""]
# Figures by name: shares from 0 to 1, times in microseconds.
Numbers = tuple[tuple[str, float | int | str], ...]
# What a hop's unanswered probes mean: none; path loss; harmless (the router's own silence or limit); not yet known.
LossKind = Literal["none", "path", "harmless", "unjudged"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One finding.

    ``rule`` is its identifier, as L2. It concerns the hops ``first_ttl`` to ``last_ttl``; both are 0 where it concerns
    the way to the target as a whole. ``title``, ``brief`` and ``figures`` make the sentence; ``reasons`` say why it
    is this and not something else; ``settle`` what would make it certain, ``check`` a check that would. ``numbers`` are
    the figures by name, shares from 0 to 1, times in microseconds.
    """

    rule: str
    severity: Severity
    first_ttl: int
    last_ttl: int
    title: str
    brief: str = ""
    figures: str = ""
    reasons: tuple[str, ...] = ()
    settle: str = ""
    numbers: Numbers = ()
    check: CheckPlan | None = None

    @property
    def where(self) -> str:
        """``hop 7``, ``hop 7-8`` or ``to target``."""
        if not self.last_ttl:
            return "to target"
        return f"hop {span(self.first_ttl, self.last_ttl)}"

    @property
    def sentence(self) -> str:
        """The finding as one plain sentence."""
        title = self.title if self.title[1:2].isupper() else f"{self.title[:1].lower()}{self.title[1:]}"
        head = f"{self.where[:1].upper()}{self.where[1:]}: {title}"
        rest = "; ".join(
            part.strip("()") if part.startswith("(") else part for part in (self.brief, self.figures) if part
        )
        return f"{head} ({rest})." if rest else f"{head}."


@dataclass(frozen=True, slots=True)
class HopJudgement:
    """How to look at one hop: the mark it deserves, and what its unanswered probes mean."""

    ttl: int
    severity: Severity = ""
    loss: LossKind = "none"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The judgement of a trace.

    ``sentences`` answer "where is the trouble?" in up to three lengths, longest first, each as a lead phrase and a
    rest, at most 116, 76 and 56 characters together. ``verdicts`` are in the order of their weight.
    """

    severity: Severity = ""
    sentences: tuple[tuple[str, str], ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    hops: tuple[HopJudgement, ...] = ()

    @property
    def answer(self) -> str:
        """The longest wording of the answer."""
        return " ".join(part for part in self.sentences[0] if part) if self.sentences else ""

    def hop(self, ttl: int) -> HopJudgement:
        """The judgement of a hop; an empty one where there is none."""
        return next((hop for hop in self.hops if hop.ttl == ttl), HopJudgement(ttl))


def span(first: int, last: int) -> str:
    """``7`` or ``7-8``."""
    return f"{first}" if first == last else f"{first}-{last}"
