"""Verdicts on loss: L1 to L7, L12."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...statistics.exact_tests import mcnemar_greater, probes_to_see, proportion_interval, unseen_bound
from .. import wording
from ..assessment import Numbers, Severity, Verdict, span
from ..checks.offers import halve_rate, in_words, target_alone
from ..checks.results import half_rate, latest, others_lose_alike
from ..evidence.gather import Row
from ..evidence.patterns import beat, delay_near_losses, dispersion_of, paired
from ..finding import Finding, Owner, Rank, network_at
from .target import at_half_the_rate, limits_by_beat, limits_by_check, limits_by_rate, rates, too_even

if TYPE_CHECKING:
    from ...trace.checks import CheckPlan
    from ..checks.results import Compared
    from ..evidence.gather import Evidence
    from ..evidence.loss import LossFindings, PathLoss, ReplySide

# While more loss than this is not excluded, it is too early to call a path healthy.
EARLY_SHARE = 0.05
BAD_SHARE = 0.01
# McNemar's test takes the place of Fisher's from so many rounds on in which only one of two hops answered.
PAIRS_MIN = 6
KIND_P = 0.01
# Above this, delay beside losses is not to be seen. That alone confirms no limit: it is no evidence, but lack of it.
NO_DELAY_P = 0.1
# So many losses are needed before their kind is told.
KIND_MIN = 8
# Loss at the far end alone that is either on the path or only its own limit, by the rule of that limit.
EITHER = {"L5": "L2/L5", "L10": "L2/L10"}
GRADES = ((0.01, "minor"), (0.03, "noticeable"), (0.10, "bad"), (1.01, "severe"))


def about_loss(
    evidence: Evidence, losses: LossFindings, owner: Owner, alone: Compared | None, by_rate: Compared | None
) -> list[Finding]:
    """All verdicts on loss that the counts carry.

    ``alone``: the target is known to limit its own replies, by a check of other protocols; ``by_rate``: the last router
    that answers is, by a check at half the rate.
    """
    findings = [_silent(row) for row in evidence.rows if _is_silent(evidence, row)]
    findings += [_reply_side(evidence, entry, losses.path) for entry in losses.reply_side]
    if alone is not None:
        findings.append(limits_by_check(evidence, alone))
    elif by_rate is not None:
        findings.append(limits_by_rate(evidence, by_rate))
    elif losses.limited is not None:
        findings.append(limits_by_beat(evidence, losses.limited))
    if losses.path is not None:
        findings.append(_path_loss(evidence, losses.path, owner))
        if losses.last_link is not None:
            findings.append(_path_loss(evidence, losses.last_link, owner))
    elif alone is not None and evidence.end is not None:
        if evidence.snapshot.reached:
            found = _end_to_end(evidence, Row(evidence.end.ttl, alone.arm.lost, alone.arm.completed))
            # By the check's probes; more rounds of the trace add none.
            told = replace(found.verdict, title=f"{found.verdict.title} by {alone.arm.name}", settle="")
            findings.append(replace(found, verdict=told))
    elif (
        losses.limited is None
        and evidence.snapshot.reached
        and evidence.end_row is not None
        and evidence.end_row.completed
    ):
        findings.append(_end_to_end(evidence, evidence.end_row))
    return findings


def _is_silent(evidence: Evidence, row: Row) -> bool:
    end = evidence.end
    return row.completed >= 10 and not row.answers and end is not None and row.ttl < end.ttl


def _silent(row: Row) -> Finding:
    verdict = Verdict(
        "L7",
        "note",
        row.ttl,
        row.ttl,
        "Silent router",
        figures=f"0 of {wording.count(row.completed)} answered, hops behind it answer",
        reasons=("It forwards, it only does not answer. Not a fault.",),
        numbers=(("lost", row.lost), ("completed", row.completed)),
    )
    return Finding(Rank.HARMLESS, verdict)


def _reply_side(evidence: Evidence, entry: ReplySide, path: PathLoss | None) -> Finding:
    """L3; with the beat of a token bucket, L5."""
    row, witness = entry.row, entry.witness
    pairs = paired(evidence, row.ttl, witness.ttl)
    test = f"Fisher {wording.chance(entry.p_value)}"
    if sum(pairs) >= PAIRS_MIN:
        test = f"McNemar {wording.chance(mcnemar_greater(*pairs))}"
    reasons = [f"Behind it, hop {witness.ttl} lost {_of(witness)} ({test}): packets got through hop {row.ttl}."]
    even = beat(evidence, row.ttl)
    if even is not None:
        reasons.append(too_even(even))
    p_delay = delay_near_losses(evidence, row.ttl)
    if NO_DELAY_P < p_delay < 1:
        reasons.append(f"Round trips are no longer beside misses (Mann-Whitney {wording.chance(p_delay)}): no queue.")
    halved = half_rate(evidence, row.ttl)
    if halved is not None:
        reasons.append(at_half_the_rate(halved))
    confirmed = even is not None or (halved is not None and halved.differs)
    plan = halve_rate(evidence, row.ttl) if halved is None else None
    shared = path is not None and row.ttl >= path.from_ttl
    if shared and path is not None:
        reasons.append(f"Of its {wording.percent(row.share)} %, about {wording.percent(path.share)} % is on the path.")
    verdict = Verdict(
        "L5" if confirmed else "L3",
        "note",
        row.ttl,
        row.ttl,
        "Limits its own replies" if shared else "Limits its own replies, loses no traffic",
        figures=f"{_of(row)} unanswered: {wording.percent(row.share)} %",
        reasons=tuple(reasons),
        numbers=(
            ("lost", row.lost),
            ("completed", row.completed),
            ("share", row.share),
            ("witness_ttl", witness.ttl),
            ("witness_lost", witness.lost),
            ("witness_completed", witness.completed),
            ("p_value", entry.p_value),
            ("dispersion", dispersion_of(evidence, row.ttl)[0]),
            *((("evenness", even.index), ("evenness_p_value", even.p_value)) if even is not None else ()),
            *(rates(halved) if halved is not None else ()),
        ),
        settle=in_words(plan) if plan is not None else "",
        check=plan,
    )
    return Finding(Rank.HARMLESS, verdict)


def _path_loss(evidence: Evidence, path: PathLoss, owner: Owner) -> Finding:
    end_ttl, far_end = path.end_ttl, evidence.end is not None and path.end_ttl == evidence.end.ttl
    reached = evidence.snapshot.reached and far_end
    share = wording.percent(path.share)
    where = span(max(path.after_ttl, 1), path.from_ttl)
    network = network_at(evidence, path.from_ttl, owner)
    local = path.from_ttl == 1
    lossy = f"{wording.count(path.lost)} of {wording.count(path.completed)}"
    interval = f"(95 %: {wording.bound(path.low)}-{wording.bound(path.high)})"
    place = "at the target" if reached else f"at hop {end_ttl}"
    if path.pooled_from:
        place = f"over hops {span(path.pooled_from, end_ttl)}"
    alone = path.from_ttl == end_ttl and far_end and not local
    undecided = alone and not others_lose_alike(evidence, end_ttl)
    onset = _onset(path, alone=alone, undecided=undecided)
    reasons = [onset] if onset else []
    kind, why = _kind(evidence, path)
    if kind:
        reasons.append(why)
    reasons.append(
        f"It may be on the way back from hop {path.from_ttl}." + (f" Network: {network}." if network else "")
    )
    if evidence.change is not None:
        reasons.append("Counted since the path changed.")
    plan, tried = _check(evidence, path, reached=reached) if alone else (None, "")
    reasons += [tried] if tried else []
    rule, title = ("L12", "Loss on the local network") if local else ("L2", "Loss on the path")
    if undecided:
        # One hop's probes by one protocol can mean both; which it is they do not say.
        rule, title = EITHER["L10" if reached else "L5"], "Loss on the last link, or limited replies"
    elif alone:
        title = "Loss on the last link"
    settle = "A trace from the other end tells the way there from the way back."
    severity: Severity = "fault" if path.share >= BAD_SHARE and not undecided else "warning"
    grade = next(name for limit, name in GRADES if path.share < limit)
    verdict = Verdict(
        rule,
        severity,
        max(path.after_ttl, 1),
        path.from_ttl,
        title,
        figures=f"{lossy} {place}: {share} %  {interval}",
        reasons=tuple(reasons),
        settle=in_words(plan) if plan is not None else settle,
        check=plan,
        numbers=(
            ("lost", path.lost),
            ("completed", path.completed),
            ("share", path.share),
            ("low", path.low),
            ("high", path.high),
            ("after_ttl", path.after_ttl),
            ("from_ttl", path.from_ttl),
            ("grade", grade),
            ("kind", kind),
        ),
    )
    lead = f"Loss on the {'local network' if local else 'path'}:"
    tail = f"already at hop {path.from_ttl}" if local else f"from hop {path.from_ttl} on"
    by = f" ({network})" if network else ""
    if alone:
        lead = "Loss at the target:" if reached else f"Loss at hop {end_ttl}:"
        tail = "on the last link, or its own limit" if undecided else "on the last link, by other protocols too"
    elif not local and path.from_ttl - path.after_ttl > 1:
        tail = f"beginning within hops {where}"
    return Finding(
        Rank.LOCAL if local else Rank.LOSS,
        verdict,
        (
            (lead, f"{share} % {tail}{by}; {lossy} {'' if alone else f'{place} '}{interval}."),
            (lead, f"{share} % {tail}{by}; {lossy}."),
            (lead, f"{share} % {tail}{by}."),
            (lead, f"{share} % {tail}."),
            ("Loss:", f"{share} % {tail}."),
        ),
    )


def _check(evidence: Evidence, path: PathLoss, *, reached: bool) -> tuple[CheckPlan | None, str]:
    """The check that would tell whether the far end alone loses, or, where it was run, what it came to."""
    if reached:
        tried = latest(evidence, "L10", path.end_ttl)
        if tried is None:
            return target_alone(evidence, path.end_ttl, path.lost, path.completed), ""
        return None, f"Other protocols were tried beside it: {tried.text.partition(': ')[2]}."
    halved = half_rate(evidence, path.end_ttl)
    return (halve_rate(evidence, path.end_ttl), "") if halved is None else (None, at_half_the_rate(halved))


def _onset(path: PathLoss, *, alone: bool, undecided: bool) -> str:
    """Why the loss is said to begin where it is said to; empty where nothing is to be said."""
    if path.before.completed and alone:
        return (
            f"Hops up to {path.after_ttl} lost {_of(path.before)}. Only hop {path.end_ttl} loses"
            f"{' so much' if path.before.lost else ''}: the last link{', or its own limit' if undecided else ''}."
        )
    if path.before.completed:
        return (
            f"Hops up to {path.after_ttl} lost {_of(path.before)}; hops from {path.from_ttl} on lose alike,"
            " so it is not one router's rate limit."
        )
    if path.from_ttl == 1:
        return "Every hop loses alike, from the first on: the own host, its LAN or Wi-Fi, or the first router."
    return ""


def _kind(evidence: Evidence, path: PathLoss) -> tuple[str, str]:
    """L6: a word for what the loss looks like, a full queue or a bad line, and a sentence; empty: not to be told."""
    if path.lost < KIND_MIN:
        return "", ""
    even = beat(evidence, path.end_ttl)
    if even is not None:
        return "regular", too_even(even)
    index, _, p_clustered = dispersion_of(evidence, path.end_ttl)
    p_delay = delay_near_losses(evidence, path.end_ttl)
    if p_delay < KIND_P:
        queue = f"Round trips are longer next to losses ({wording.chance(p_delay)}): a full queue, congestion."
        return "congestion", queue
    if index > 2 and p_clustered < KIND_P:
        burst = f"dispersion {index:.1f}, {wording.chance(p_clustered)}"
        return "bursts", f"Losses come in bursts ({burst}), as at a queue that is full at times."
    return "scattered", "Scattered, no delay beside it: a bad line or a policer rather than a full queue."


def _end_to_end(evidence: Evidence, row: Row) -> Finding:
    """Healthy, or not yet to be told."""
    low, high = proportion_interval(row.lost, row.completed)
    possible = unseen_bound(row.completed)
    lost = _of(row)
    interval = f"(95 %: {wording.bound(low)}-{wording.bound(high)} %)"
    since = " since the path changed" if evidence.change is not None else ""
    numbers: Numbers = (("lost", row.lost), ("completed", row.completed), ("low", low), ("high", high))
    probes = wording.plural(row.completed, "probe")
    if row.lost:
        figures = f"{lost}  {interval}"
        verdict = Verdict(
            "L0",
            "note",
            0,
            0,
            "Too early to judge this loss",
            figures=figures,
            reasons=("So few losses may be chance, or the target's own reticence.",),
            numbers=numbers,
        )
        return Finding(
            Rank.EARLY,
            verdict,
            (
                (
                    "Too early to tell:",
                    f"{lost} lost at the target{since} {interval}.",
                ),
                ("Too early to tell:", f"{lost} lost at the target{since}."),
                ("Too early to tell:", f"{lost} lost."),
            ),
        )
    numbers = (*numbers, ("not_excluded", possible))
    most = wording.bound(possible)
    if possible > EARLY_SHARE:
        verdict = Verdict(
            "L0",
            "note",
            0,
            0,
            "Too early to exclude loss" + (" on the new path" if since else ""),
            figures=f"0 of {wording.count(row.completed)}: loss below {most} % not excluded (95 %)",
            settle=_to_exclude(row.completed, EARLY_SHARE, evidence),
            numbers=numbers,
        )
        lead = "Too early to tell:"
        return Finding(
            Rank.EARLY,
            verdict,
            (
                (lead, f"{probes}{since}, loss below {most} % not excluded (95 %)."),
                (lead, f"{probes}, loss below {most} % not excluded."),
                (lead, f"{probes}, none lost."),
            ),
        )
    settle = next(
        (text for limit in (0.01, 0.005) if possible > limit and (text := _to_exclude(row.completed, limit, evidence))),
        "",
    )
    verdict = Verdict(
        "L1",
        "fine",
        0,
        0,
        "No loss",
        brief=f"0 of {wording.count(row.completed)}",
        figures=f"(95 %: below {most} %)",
        settle=settle,
        numbers=numbers,
    )
    lead = "No fault found."
    return Finding(
        Rank.HEALTHY,
        verdict,
        (
            (
                lead,
                f"{lost} lost{since}; loss above {most} % is excluded (95 %).",
            ),
            (lead, f"{lost} lost; loss above {most} % excluded."),
            (lead, f"{lost} lost."),
        ),
    )


def _to_exclude(completed: int, share: float, evidence: Evidence) -> str:
    """How long it takes to exclude so much loss."""
    rounds = max(probes_to_see(share) - completed, 0)
    seconds = rounds * evidence.snapshot.settings.interval_us / 1e6
    return f"To exclude {100 * share:g} % loss: {rounds} more rounds ({wording.duration(seconds)})." if rounds else ""


def _of(row: Row) -> str:
    return f"{wording.count(row.lost)} of {wording.count(row.completed)}"
