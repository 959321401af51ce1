"""The one line that answers "where is the trouble?"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .finding import Finding, Rank, Sentences, fitting

if TYPE_CHECKING:
    from ..path.snapshot import Snapshot
    from .assessment import Severity

FINE = "No fault found."


def answer(snapshot: Snapshot, findings: list[Finding]) -> tuple[Severity, Sentences]:
    """Severity and wordings of the gravest finding that answers; findings come in the order of their rank."""
    first = next((finding for finding in findings if finding.answer), None)
    if first is None:
        probes = snapshot.hops[-1].completed if snapshot.hops else 0
        return "", (("The target has not answered yet.", f"{probes} probes so far."),)
    if first.rank is not Rank.HEALTHY:
        return first.verdict.severity, fitting(first.answer)
    clauses = _clauses(findings)
    wordings = [(FINE, _sentence(clauses[:count])) for count in range(min(len(clauses), 3), 0, -1)]
    # "Nothing is lost behind it" is worth more than a second clause where both do not fit.
    wordings += [(FINE, _sentence([clause.partition(";")[0]])) for clause in clauses[:1]]
    return "fine", fitting((*wordings, *first.answer))


def _clauses(findings: list[Finding]) -> list[str]:
    """What a reader of the table might take for a fault, and is none."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.rank is Rank.HARMLESS:
            rule = {"L5": "L3"}.get(finding.verdict.rule, finding.verdict.rule)
            by_rule.setdefault(rule, []).append(finding)
    clauses = []
    for rule, one, many in (
        (
            "L3",
            "{} limits its own replies; nothing is lost behind it",
            "{} limit their own replies; nothing is lost behind them",
        ),
        ("L10", "the target limits its own replies", ""),
        ("L7", "{} never answers and does no harm", "{} never answer and do no harm"),
        ("R2", "{} answers slowly, traffic is not slowed", "{} answer slowly, traffic is not slowed"),
        ("P1", "{} shares the load over {} routers", "{} share the load"),
    ):
        # What concerns all hops together is no clause of one of them, nor is how a hop was probed.
        found = [
            one
            for one in by_rule.get(rule, [])
            if one.verdict.first_ttl == one.verdict.last_ttl
            and (rule != "P1" or "addresses" in dict(one.verdict.numbers))
        ]
        ttls = [str(finding.verdict.last_ttl) for finding in found]
        if len(found) == 1:
            addresses = dict(found[0].verdict.numbers).get("addresses", "")
            clauses.append(one.format(f"hop {ttls[0]}", addresses))
        elif found:
            clauses.append(many.format(f"hops {', '.join(ttls[:-1])} and {ttls[-1]}"))
    return clauses


def _sentence(clauses: list[str]) -> str:
    text = "; ".join(clauses)
    return f"{text[:1].upper()}{text[1:]}."
