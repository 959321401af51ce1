"""What a judgement of a trace consists of: verdicts, a judgement of each hop, and one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .answer import Answer, Numbers, Status

if TYPE_CHECKING:
    from ..trace.checks import CheckPlan
    from .place import Place
    from .rules import Rank, Rule, Severity

# What a hop's unanswered probes mean: none; path loss; harmless (the router is silent, or rate-limits its replies);
# not yet known.
LossKind = Literal["none", "path", "harmless", "unjudged"]
NO_ANSWER = Answer()
# A sentence in up to three lengths, longest first, each as a lead phrase and a rest.
Sentences = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of a trace."""

    rule: Rule  # that it is an outcome of
    severity: Severity  # one of the rule's
    place: Place | None  # None: it concerns the path to the target as a whole, or this host
    phrase: str  # what it is, as it stands within a sentence: "loss on the path"
    brief: str = ""  # the one figure that belongs beside the title; empty: none
    figures: str = ""  # the figures in words; empty: none
    reasons: tuple[str, ...] = ()  # the evidence: why it is this and not something else, a sentence each
    settle: str = ""  # what would make it certain; empty: nothing is open
    numbers: Numbers = ()  # the figures by name, as JSON carries them; empty: none
    check: CheckPlan | None = None  # the check that would make it certain; None: there is none, or it was run
    status: Status = Status.CONFIRMED  # how certain it is
    since_us: int | None = None  # when it began, on the clock of the snapshot; None: not known, or since the start
    network: str = ""  # the network at its place; empty: not known
    addresses: tuple[str, ...] = ()  # the routers that it names
    headline: bool = False  # whether it may be the answer
    further: Place | None = None  # of what is at two places, the second; None: it is at one, as far as is known
    begins: bool = False  # whether it begins at one hop of its place, beyond the first end, and lasts to the far end
    own_rank: Rank | None = None  # its rank in the answer where it is not its rule's

    @property
    def title(self) -> str:
        """The phrase as it stands alone: "Loss on the path"."""
        return capitalized(self.phrase)

    @property
    def rank(self) -> Rank:
        """Its rank in the answer."""
        return self.rule.rank if self.own_rank is None else self.own_rank

    @property
    def first_ttl(self) -> int:
        """The first end of its place; 0 is this host, and the whole path too."""
        return self.place.first_ttl if self.place is not None else 0

    @property
    def last_ttl(self) -> int:
        """The last end of its place; 0 where it concerns the whole path."""
        return self.place.last_ttl if self.place is not None else 0

    @property
    def where(self) -> str:
        """``hop 7``, ``hops 7-8``, ``up to hop 3``, ``hops 3-4 and hops 7-8`` or ``to target``.

        Of what begins there and lasts to the end: ``from hop 3 or 4 on``.
        """
        if self.place is None:
            return "to target"
        if self.begins:
            return f"from {self.place.onset} on"
        return self.place.words if self.further is None else f"{self.place.words} and {self.further.words}"

    @property
    def sentence(self) -> str:
        """The verdict as one plain sentence."""
        rest = "; ".join(part for part in (self.brief, self.figures) if part)
        return f"{capitalized(self.where)}: {self.phrase}{f' ({rest})' if rest else ''}."


@dataclass(frozen=True, slots=True)
class HopJudgement:
    """How to look at one hop."""

    ttl: int  # 1 to 255
    severity: Severity = ""  # the mark that it deserves; empty: none
    loss: LossKind = "none"  # what its missing answers mean
    balance: str = ""  # by what load is balanced there, "flow" or "packet"; empty: it is not, or is not known
    turn: int = 0  # which turn of a routing loop it is in, from 1; 0: it is in none


@dataclass(frozen=True, slots=True)
class Assessment:
    """The judgement of a trace."""

    answer: Answer = NO_ANSWER  # the one thing to say of the trace, free of words
    sentences: Sentences = ()  # the answer in words: at most 116, 76 and 56 characters; empty: nothing is judged yet
    verdicts: tuple[Verdict, ...] = ()  # in the order of their rank
    hops: tuple[HopJudgement, ...] = ()  # all of the snapshot, in order of their TTLs

    @property
    def severity(self) -> Severity:
        """The severity of the answer."""
        return self.answer.severity

    @property
    def sentence(self) -> str:
        """The longest wording of the answer; empty where nothing is judged yet."""
        return " ".join(part for part in self.sentences[0] if part) if self.sentences else ""

    def hop(self, ttl: int) -> HopJudgement:
        """The judgement of a hop; an empty one where there is none."""
        return next((hop for hop in self.hops if hop.ttl == ttl), HopJudgement(ttl))


def capitalized(text: str) -> str:
    """A text that begins a sentence."""
    return f"{text[:1].upper()}{text[1:]}"
