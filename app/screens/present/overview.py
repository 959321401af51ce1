"""From the snapshots of several targets to the overview."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from ....widgets import numbers
from ....widgets.answer import AnswerText
from ....widgets.ink import Ink
from ....widgets.overview import GAP, TargetRow
from ....widgets.strip import History
from ...insight.both_ways import about_both, pair_of
from ...insight.lanes.answer import GRAVEST
from ...path.columns import COLUMNS
from . import hop_marks, link, strips, verdict
from .percentiles import percentile_us

if TYPE_CHECKING:
    from ...insight.assessment import Assessment
    from ...path.snapshot import Hop, Snapshot
    from ...settings import Target
    from ..judge import Assess, Beside

# Targets that are not traced: as typed, and why.
Untraced = Sequence[tuple[str, str]]

LOSS, LAST, AVERAGE, JITTER = (COLUMNS[letter] for letter in "LNAM")
# A percentile and the number of hops are no columns of a hop.
TITLES = (LOSS.title, LAST.title, AVERAGE.title, "p99", "Hops", JITTER.title)
LOCAL = "local"
LOST = "lost"  # how a lane stands whose link is lost
# How targets stand, the gravest first: in the header's counts, and in the answer.
WORDS = {
    "fault": "bad",
    "warning": "warning",
    "changed": "changed",
    LOST: "not measured",
    "early": "early",
    "note": "with a note",
    "so-far": "fine so far",
}
SAID = {
    "warning": "with a warning",
    "changed": "with a changed path",
    LOST: "not measured",
    "early": "too early to tell",
    "note": "with a note",
    "so-far": "fine so far",
}
MARKS = {"early": "note", "so-far": "note", LOST: ""}  # those that have another name than their mark


# The gravest first.
RANKS = ("fault", "warning", "changed", LOST, "early", "note", "so-far", "fine")


def in_order(snapshots: Sequence[Snapshot], order: Sequence[Target]) -> list[int]:
    """The indices of the lanes as they are to stand: first those that were sorted, then others in the order given."""
    places = {target: at for at, target in enumerate(order)}
    return sorted(range(len(snapshots)), key=lambda at: (places.get(snapshots[at].target, len(places)), at))


def worst_first(snapshots: Sequence[Snapshot], assess: Assess) -> tuple[Target, ...]:
    """The lanes, the worst first; among those that stand alike the one that loses more."""
    standings = _standings(snapshots, assess)

    def rank(at: int) -> tuple[int, float, int]:
        end = hop_marks.end_hop(snapshots[at])
        lost = end.dropped / end.completed if end is not None and end.completed else 0.0
        return RANKS.index(standings[at]), -lost, at

    return tuple(snapshots[at].target for at in sorted(range(len(snapshots)), key=rank))


def target_rows(
    snapshots: Sequence[Snapshot],
    assess: Assess,
    untraced: Untraced = (),
    *,
    order: Sequence[Target] = (),
    now_us: int = 0,
    lan: bool = False,
) -> list[TargetRow]:
    """One row a target, or a lane to it; those that are not traced come last, or once sorted behind faults.

    Args:
        snapshots: the traces.
        assess: their judgement.
        untraced: those that are not traced.
        order: the lanes that were sorted; others follow in the order given.
        now_us: the time, on the clock of the snapshots.
        lan: times have two decimals.
    """
    several = are_lanes(snapshots)
    rows = []
    for at in in_order(snapshots, order):
        row = _row(at, snapshots[at], assess(snapshots[at]), now_us, decimals=2 if lan else 1)
        rows.append(row._replace(source=str(snapshots[at].target.vantage or LOCAL)) if several else row)
    start = len(snapshots)
    dead = [_untraced_row(start + at, name, why, several=several) for at, (name, why) in enumerate(untraced)]
    behind = sum(1 for _ in takewhile(lambda row: row.mark == "fault", rows)) if order else len(rows)
    return [*rows[:behind], *dead, *rows[behind:]]


def are_lanes(snapshots: Sequence[Snapshot]) -> bool:
    """Whether vantage points are named, so that a target may be traced from several."""
    return any(one.target.vantage for one in snapshots)


def filtered(text: str, shown: int, snapshots: Sequence[Snapshot], untraced: Untraced = ()) -> str:
    """What the header says while a filter holds: how many rows of how many hold its text."""
    total = len(snapshots) + len(untraced)
    noun = "lane" if are_lanes(snapshots) or _by_kind(snapshots) else "target"
    return f'{shown} of {total} {noun}{"" if total == 1 else "s"} match{"es" if shown == 1 else ""} "{text.strip()}"'


def heading(snapshots: Sequence[Snapshot], untraced: Untraced = ()) -> str:
    """What the header calls all of them: how many targets, from how many vantage points, in how many lanes."""
    several = are_lanes(snapshots)
    names = [str(one.target.name) for one in snapshots]
    names += [name for name, _ in untraced if not (several and _is_place(name))]
    targets = len(set(names)) if several or _by_kind(snapshots) else len(names)
    said = [f"{targets} target{'' if targets == 1 else 's'}"]
    if are_lanes(snapshots):
        places = len({one.target.vantage for one in snapshots})
        said.insert(0, f"{places} vantage point{'' if places == 1 else 's'}")
    return ", ".join(said)


def _by_kind(snapshots: Sequence[Snapshot]) -> bool:
    return any(one.target.kind is not None for one in snapshots)


def _is_place(name: str) -> bool:
    """Whether what is not traced is a vantage point, by its name: a kind and a colon (``ssh:fra``)."""
    return ":" in name


def _untraced_row(place: int, name: str, why: str, *, several: bool) -> TargetRow:
    nothing = History((), 0, 1_000_000)
    made = TargetRow(place, "fault", name, (), Ink("bad"), ("",), nothing, instead=why, instead_ink=Ink("bad"))
    return made._replace(source=name, name="") if several and _is_place(name) else made  # it is a vantage point


def _row(place: int, snapshot: Snapshot, assessment: Assessment, now_us: int, *, decimals: int) -> TargetRow:
    answer = verdict.answer(snapshot, assessment)
    history = strips.history(snapshot, assessment)
    alone = History(history.tracks[-1:], history.last_round, history.interval_us, history.markers)
    bad = answer.severity == "fault"
    made = TargetRow(
        place=place,
        mark=answer.severity or "note",
        name=str(snapshot.target.called),
        cells=_cells(snapshot, hop_marks.end_hop(snapshot), decimals),
        loss_ink=Ink("bad", bold=True) if bad else Ink("muted"),
        words=_lengths(answer),
        history=alone,
    )
    if snapshot.link_lost is None:
        return made
    return made._replace(mark=GAP, instead=f"not measured: {link.lost(snapshot.link_lost, now_us)}")


def _cells(snapshot: Snapshot, end: Hop | None, decimals: int) -> tuple[str, ...]:
    """The figures of a target, under ``TITLES``; a router at the end of the path has none that are the target's."""
    if end is None or not end.completed:
        return ("",) * len(TITLES)
    loss = numbers.loss(end.received, end.completed) if snapshot.reached or not end.received else ""
    times_us: list[int | None] = [None] * 4
    if end.received and snapshot.reached:
        at_p99 = percentile_us(end, 99)
        times_us = [LAST.value(end), AVERAGE.value(end), at_p99, JITTER.value(end)]
    last, average, p99, jitter = ("" if one is None else numbers.milliseconds(one, decimals) for one in times_us)
    return loss, last, average, p99, str(len(snapshot.hops)), jitter


def _lengths(answer: AnswerText) -> tuple[str, ...]:
    """The shortest wording of an answer, and what is left of it in less room: of trouble where it is, then."""
    lead, rest = answer.sentences[-1] if answer.sentences else ("", "")
    where = rest.partition(";")[0].partition(" (")[0].rstrip(".")
    made = [brief(answer), f"{lead} {where}".strip().rstrip(".")]
    if where and answer.severity in {"fault", "warning", "changed"}:
        made.append(where)  # the mark says that it is trouble, the figures of what kind
        place = where.partition(", ")[2]
        made += [place[:1].upper() + place[1:]] if place else []
    return tuple(dict.fromkeys(made))


def brief(answer: AnswerText) -> str:
    """The shortest wording of an answer."""
    lead, rest = answer.sentences[-1] if answer.sentences else ("", "")
    return f"{lead} {rest}".strip().rstrip(".")


def counts(snapshots: Sequence[Snapshot], assess: Assess, untraced: Untraced = ()) -> tuple[tuple[str, str], ...]:
    """How many targets are fine, bad, warned of, changed, fine so far, too early to tell, not traced."""
    standings = _standings(snapshots, assess)
    made = [("", f"{len(snapshots)} lanes")] if are_lanes(snapshots) or _by_kind(snapshots) else []
    made.append(("fine", f"{standings.count('fine')} fine"))
    made += [
        (MARKS.get(kind, kind), f"{standings.count(kind)} {word}") for kind, word in WORDS.items() if kind in standings
    ]
    if untraced:
        made.append(("fault", f"{len(untraced)} not traced"))
    return tuple(made)


def _standings(snapshots: Sequence[Snapshot], assess: Assess) -> list[str]:
    """How each target stands: the severity of its answer, but for notes ``so-far`` (fine), ``early``, or ``note``."""
    from ...insight import rules

    early = {rules.WAITING, rules.NO_ANSWER_YET, rules.NOTHING_TO_JUDGE, rules.LOSS_UNDECIDED}
    made = []
    for one in snapshots:
        if one.link_lost is not None:
            made.append(LOST)
            continue
        assessment = assess(one)
        severity = verdict.answer(one, assessment).severity
        if severity in {"", "note"}:
            rule = next(iter(assessment.answer.rules), rules.WAITING)
            severity = "so-far" if rule is rules.LOSS_NOT_EXCLUDED else "early" if rule in early else "note"
        made.append(severity)
    return made


def together(snapshots: Sequence[Snapshot], assess: Assess, beside: Beside) -> AnswerText | None:
    """What lanes to one target, or two hosts traced from each other, say together; None: no more than each alone.

    Of several targets it is what those say that are in the gravest trouble.
    """
    pair = pair_of(snapshots)
    both = None if pair is None else about_both((pair[0], assess(pair[0])), (pair[1], assess(pair[1])))
    if both is not None and both.severity:
        brief = f"{both.lead.partition(' (')[0].rstrip('.')}."  # the figures of the count stand elsewhere, too
        return AnswerText(both.severity, ((both.lead, both.rest), (both.lead, ""), (brief, "")))
    found = beside(snapshots)
    if not found:
        return None
    name, answer = min(found.items(), key=lambda one: GRAVEST.index(one[1].severity))
    of = f"{name}: " if len({one.target.name for one in snapshots}) > 1 else ""
    wordings = tuple((f"{of}{lead}", rest) for lead, rest in answer.wordings)
    others = sum(one.severity == "fault" for one in found.values()) - 1
    if answer.severity == "fault" and others > 0:
        too = f"{others} other target{' is' if others == 1 else 's are'} in trouble, too."
        wordings = tuple(each for lead, rest in wordings for each in ((lead, f"{rest} {too}".strip()), (lead, rest)))
    return AnswerText(answer.severity, wordings)


def overall(
    snapshots: Sequence[Snapshot], assess: Assess, untraced: Untraced = (), beside: Beside = lambda _: {}
) -> AnswerText:
    """What lanes say together; or whether targets are in trouble, and share a hop; or whether some are not traced."""
    bad = [one for one in snapshots if verdict.answer(one, assess(one)).severity == "fault"]
    found = together(snapshots, assess, beside)
    if found is not None and (found.severity == "fault" or not (bad or untraced) or pair_of(snapshots) is not None):
        return found
    total = len(snapshots) + len(untraced)
    noun = "lanes" if are_lanes(snapshots) or _by_kind(snapshots) else "targets"
    if not bad and untraced:
        verb = "is" if len(untraced) == 1 else "are"
        lead = f"{len(untraced)} of {total} {noun} {verb} not traced."
        return AnswerText("fault", ((lead, f"{untraced[0][1]}."), (lead, "")))
    if not bad:
        return _none_bad(_standings(snapshots, assess), noun)
    verb = "is" if len(bad) == 1 else "are"
    lead = f"{len(bad)} of {total} {noun} {verb} in trouble."
    return AnswerText("fault", ((lead, _where(bad, assess)), (lead, "")))


def _where(bad: Sequence[Snapshot], assess: Assess) -> str:
    """Where the trouble is of one target, or whether that of several may be the same; empty: nothing tells."""
    if len(bad) == 1:
        return f"{bad[0].target.lane}: {brief(verdict.answer(bad[0], assess(bad[0])))}."
    if len({one.target.vantage for one in bad}) > 1:  # their paths begin at different places
        return ""
    shared = set.intersection(*({hop.address for hop in one.hops if hop.address} for one in bad))
    last = max((hop.ttl for hop in bad[0].hops if hop.address in shared), default=0)
    return f"They share the path up to hop {last}." if last else "They share no hop: separate faults."


def _none_bad(standings: Sequence[str], noun: str) -> AnswerText:
    total = len(standings)
    early, so_far = standings.count("early"), standings.count("so-far")
    if early == total:
        return AnswerText("note", ((f"Too early to tell for all {total} {noun}.", ""),))
    if so_far == total:
        return AnswerText("note", (("Fine so far:", f"no trouble at any of {total} {noun}."),))
    if early + so_far == total:
        lead = f"Too early to tell for {early} of {total} {noun};"
        return AnswerText("note", ((lead, "fine so far otherwise."), (lead.replace(";", "."), "")))
    told = {kind: words for kind, words in SAID.items() if kind in standings}
    rest = ", ".join(f"{standings.count(kind)} {words}" for kind, words in told.items())
    first = next(iter(told), "fine")
    gravest = MARKS.get(first, first) or "warning"
    if warned := standings.count("warning"):
        lead = f"{warned} of {total} {noun} with a warning"
        others = [f"{standings.count(kind)} {words}" for kind, words in told.items() if kind != "warning"]
        others += [f"{fine} fine"] if (fine := standings.count("fine")) else []
        return AnswerText(
            gravest, ((f"{lead},", f"{', '.join(others)}.") if others else (f"{lead}.", ""), (f"{lead}.", ""))
        )
    lead = f"{total} {noun}, none in trouble" + ("." if not rest else ":")
    return AnswerText(gravest, ((lead, f"{rest}." if rest else ""), (f"{total} {noun}, none in trouble.", "")))
