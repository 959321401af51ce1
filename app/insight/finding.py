"""A verdict on its way into the assessment: with its rank, and the answer it would give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from .assessment import Verdict

if TYPE_CHECKING:
    from .evidence.gather import Evidence

# The network of an address as one says it ("AS64501 transit.example"); None where it is not known.
Owner = Callable[[str], str | None]
Sentences = tuple[tuple[str, str], ...]

ANSWER_LENGTHS = (116, 76, 56)


class Rank(IntEnum):
    """Which finding gives the answer: the smallest rank that is there."""

    STATE = 0
    LOCAL = 1
    UNREACHED = 2
    LOOP = 3
    OUTAGE = 4
    LOSS = 5
    QUEUE = 6
    CHANGE = 7
    DETOUR = 8
    HARMLESS = 9
    HEALTHY = 10
    EARLY = 11


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, its rank, and the answer it would give, in any number of lengths; empty where it gives none."""

    rank: Rank
    verdict: Verdict
    answer: Sentences = ()


def fitting(answers: Sentences) -> Sentences:
    """Of several wordings, longest first: for each length of the answer line the longest that fits, without repeats."""
    chosen: list[tuple[str, str]] = []
    for length in ANSWER_LENGTHS:
        for lead, rest in answers:
            if len(f"{lead} {rest}".strip()) <= length:
                if (lead, rest) not in chosen:
                    chosen.append((lead, rest))
                break
    return tuple(chosen)


def note(rule: str, first: int, last: int, title: str, figures: str, *reasons: str, **numbers: float | str) -> Finding:
    """A finding that is no fault: worth a word, and never the answer."""
    verdict = Verdict(
        rule, "note", first, last, title, figures=figures, reasons=reasons, numbers=tuple(numbers.items())
    )
    return Finding(Rank.HARMLESS, verdict)


def network_at(evidence: Evidence, ttl: int, owner: Owner) -> str:
    """The network of the nearest hop from a TTL on that answers; empty where it is not known."""
    hops = evidence.snapshot.hops
    address = next((hop.address for hop in hops if hop.ttl >= ttl and hop.address is not None), None)
    return (owner(address) or "") if address else ""
