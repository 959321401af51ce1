"""Verdicts on loss: on the path, on the last link, or only replies that routers do not send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...path.stretches import Beginning
from ...statistics.exact_tests import mcnemar_greater, probes_to_see, proportion_interval, unseen_bound
from ...trace.checks import CheckKind
from .. import rules, wording
from ..answer import Numbers, Status, yes
from ..assessment import Verdict
from ..checks.offers import halve_rate, in_words, path_mtu, target_alone
from ..checks.results import half_rate, latest, others_lose_alike
from ..evidence.counts import Row
from ..evidence.course import has_histories
from ..evidence.loss import open_from
from ..evidence.network import Owner, network_between
from ..evidence.patterns import delay_near_losses, dispersion_of, paired, rate_limit_pattern
from ..place import Place, at_hop, hop_list, place
from ..sentences import seen_at
from .notes import note
from .target import at_half_the_rate, limits_by_check, limits_by_evenness, limits_by_rate, rates, too_even

if TYPE_CHECKING:
    from ...trace.checks import CheckPlan
    from ..checks.results import Compared
    from ..evidence.gather import Evidence
    from ..evidence.loss import LossFindings, PathLoss, ReplySide
    from ..rules import Severity

# While more loss than this is not excluded, it is too early to call a path healthy.
EARLY_SHARE = 0.05
BAD_SHARE = 0.01
# Every link takes packets of so many bytes whole (RFC 791): up to there they say nothing of larger ones.
SMALL_MAX = 576
# What a reader sees in the table: so many lost, and so much. Hops that lose less, but so many of them, and more than
# half from the first one on, make it too early to call a young path healthy.
SHOWN_COUNT, SHOWN_SHARE, SHARED_MIN, SHARED_ROUNDS = 2, 0.2, 3, 60
LOSS_BEGAN = Beginning.LOSS_BEGAN
# McNemar's test takes the place of Fisher's from so many rounds on in which only one of two hops answered.
PAIRS_MIN = 6
KIND_P = 0.01
# Above this, delay beside losses is not to be seen. That alone confirms no limit: it is no evidence, but lack of it.
NO_DELAY_P = 0.1
# So many losses are needed before their kind is told.
KIND_MIN = 8
GRADES = ((0.01, "minor"), (0.03, "noticeable"), (0.10, "bad"), (1.01, "severe"))


def about_loss(
    evidence: Evidence, losses: LossFindings, owner: Owner, alone: Compared | None, by_rate: Compared | None
) -> list[Verdict]:
    """All verdicts on loss that the counts carry.

    ``alone``: the target is known to rate-limit its replies, by a check of other protocols; ``by_rate``: the last
    router that answers is, by a check at half the rate.
    """
    verdicts = [_silent(row) for row in evidence.rows if _is_silent(evidence, row)]
    verdicts += [_reply_side(evidence, entry, losses.path) for entry in losses.reply_side]
    if alone is not None:
        verdicts.append(limits_by_check(evidence, alone))
    elif by_rate is not None:
        verdicts.append(limits_by_rate(evidence, by_rate))
    elif losses.limited is not None:
        verdicts.append(limits_by_evenness(evidence, losses.limited))
    if losses.path is not None:
        verdicts.append(_path_loss(evidence, losses, losses.path, owner))
        if losses.last_link is not None:
            verdicts.append(_path_loss(evidence, losses, losses.last_link, owner))
    elif alone is not None and evidence.end is not None:
        if evidence.snapshot.reached:
            found = _end_to_end(evidence, losses, Row(evidence.end.ttl, alone.arm.lost, alone.arm.completed))
            # By the check's probes; more rounds of the trace add none.
            verdicts.append(replace(found, phrase=f"{found.phrase} by {alone.arm.name}", settle=""))
    elif (
        losses.limited is None
        and evidence.snapshot.reached
        and evidence.end_row is not None
        and evidence.end_row.completed
    ):
        verdicts.append(_end_to_end(evidence, losses, evidence.end_row))
    return verdicts


def _is_silent(evidence: Evidence, row: Row) -> bool:
    end = evidence.end
    return row.completed >= 10 and not row.answers and end is not None and row.ttl < end.ttl


def _silent(row: Row) -> Verdict:
    return note(
        rules.SILENT_HOP,
        at_hop(row.ttl),
        "silent router",
        f"0 of {wording.count(row.completed)} answered, later hops answer",
        "It forwards traffic and does not answer probes. Not a fault.",
        lost=row.lost,
        completed=row.completed,
    )


def _reply_side(evidence: Evidence, entry: ReplySide, path: PathLoss | None) -> Verdict:
    """A hop that answers less than it forwards; confirmed where its losses are even, or fewer at half the rate."""
    row, later = entry.row, entry.later_hop
    pairs = paired(evidence, row.ttl, later.ttl)
    test = f"Fisher {wording.chance(entry.p_value)}"
    if sum(pairs) >= PAIRS_MIN:
        test = f"McNemar {wording.chance(mcnemar_greater(*pairs))}"
    reasons = [f"Beyond it, hop {later.ttl} lost {_of(later)} ({test}): packets got through hop {row.ttl}."]
    even = rate_limit_pattern(evidence, row.ttl)
    if even is not None:
        reasons.append(too_even(even))
    p_delay = delay_near_losses(evidence, row.ttl)
    if NO_DELAY_P < p_delay < 1:
        reasons.append(f"RTT is no higher around the losses (Mann-Whitney {wording.chance(p_delay)}): no queue.")
    halved = half_rate(evidence, row.ttl)
    if halved is not None:
        reasons.append(at_half_the_rate(halved))
    confirmed = even is not None or (halved is not None and halved.differs)
    plan = halve_rate(evidence, row.ttl) if halved is None else None
    shared = path is not None and row.ttl >= path.from_ttl
    if shared and path is not None:
        reasons.append(f"Of its {wording.percent(row.share)} %, about {wording.percent(path.share)} % is on the path.")
    return Verdict(
        rules.REPLY_LIMIT_CONFIRMED if confirmed else rules.REPLY_LIMIT,
        "note",
        at_hop(row.ttl),
        "rate-limits its replies" if shared else "rate-limits its replies, loses no traffic",
        figures=f"{_of(row)} unanswered: {wording.percent(row.share)} %",
        reasons=tuple(reasons),
        numbers=(
            ("lost", row.lost),
            ("completed", row.completed),
            ("share", row.share),
            ("later_hop_ttl", later.ttl),
            ("later_hop_lost", later.lost),
            ("later_hop_completed", later.completed),
            ("p_value", entry.p_value),
            ("dispersion", dispersion_of(evidence, row.ttl)[0]),
            *((("evenness", even.index), ("evenness_p_value", even.p_value)) if even is not None else ()),
            *(rates(halved) if halved is not None else ()),
        ),
        settle=in_words(plan) if plan is not None else "",
        check=plan,
        status=Status.CONFIRMED if confirmed else Status.PROVISIONAL,
    )


def _path_loss(evidence: Evidence, losses: LossFindings, path: PathLoss, owner: Owner) -> Verdict:
    limited = tuple(entry.row.ttl for entry in losses.reply_side)
    end_ttl, far_end = path.end_ttl, evidence.end is not None and path.end_ttl == evidence.end.ttl
    reached = evidence.snapshot.reached and far_end
    further = path.further
    network = network_between(evidence, path.after_ttl, further.from_ttl if further else path.from_ttl, owner)
    last_ttl = evidence.end.ttl if evidence.end is not None else end_ttl
    answering = [row.ttl for row in evidence.rows if row.ttl <= last_ttl and row.answers]
    local = path.from_ttl == 1 and end_ttl > 1
    # The hop before the end may be all that is known to be well: then only the end loses.
    nearer = [ttl for ttl in answering if ttl < end_ttl]
    alone = not local and path.after_ttl >= max(nearer, default=0) and (far_end or end_ttl in answering[-2:])
    # Each of the last hops may rate-limit its replies: nothing beyond them shows whether packets get through.
    open_ttl = open_from(evidence, losses, path)
    last_ones = not local and path.after_ttl >= max((ttl for ttl in answering if ttl < open_ttl), default=0)
    undecided = last_ones and not others_lose_alike(evidence, end_ttl)
    crosses = not last_ones and not local and path.from_ttl >= open_ttl
    rule, phrase = rules.PATH_LOSS, "loss on the path"
    if local:
        rule, phrase = rules.LOCAL_LOSS, "loss on the local network"
    elif undecided:
        # One hop's probes by one protocol can mean both; which it is they do not say.
        rule = rules.TARGET_LOSS_OR_LIMIT if reached else rules.LAST_HOP_LOSS_OR_LIMIT
        phrase = f"loss on the last {'link' if alone else 'links'}, or rate-limited replies"
    elif last_ones:
        rule, phrase = rules.LAST_LINK_LOSS, f"loss on the last {'link' if alone else 'links'}"
    kind, why = _kind(evidence, path)
    plan, tried = _check(evidence, path, reached=reached) if last_ones else (None, "")
    whose = f" Network: {network}." if network else ""
    reasons = (
        _onset(path, limited, alone=alone, undecided=undecided),
        why,
        f"It may be on the return path from hop {path.from_ttl}.{whose}",
        _counted(evidence),
        tried,
    )
    sure = not (undecided or crosses or path.early)
    severity: Severity = "fault" if path.share >= BAD_SHARE and sure else "warning"
    began = evidence.stretch if evidence.stretch is not None and evidence.stretch.begun_by is LOSS_BEGAN else None
    former = _former(evidence, end_ttl)
    silent = not evidence.snapshot.reached and far_end and evidence.snapshot.hops[-1].ttl > end_ttl
    seen = seen_at(at_target=reached, pooled_from=path.pooled_from, end_ttl=end_ttl)
    return Verdict(
        rule,
        severity,
        Place(path.after_ttl, path.from_ttl),
        phrase,
        figures=f"{wording.of(path.lost, path.completed)} {seen}: {wording.percent(path.share)} %;"
        f" {wording.interval(path.low, path.high)}",
        further=Place(further.after_ttl, further.from_ttl) if further is not None else None,
        reasons=tuple(filter(None, reasons)),
        settle=in_words(plan) if plan is not None else "A trace from the other end separates forward from return loss.",
        check=plan,
        numbers=(
            ("lost", path.lost),
            ("completed", path.completed),
            ("share", path.share),
            ("low", path.low),
            ("high", path.high),
            ("after_ttl", path.after_ttl),
            ("from_ttl", path.from_ttl),
            ("end_ttl", end_ttl),
            ("pooled_from", path.pooled_from),
            *(_of_end(evidence, path) if began is None else ()),
            ("at_target", yes(reached)),
            ("grade", next(name for limit, name in GRADES if path.share < limit)),
            ("kind", kind),
            ("alone", yes(alone)),
            ("early", yes(path.early)),
            ("perhaps_limits", yes(crosses and rule is rules.PATH_LOSS)),
            ("silent_beyond", end_ttl if silent else 0),
            *((("bursts", len(evidence.bursts)),) if evidence.bursts else ()),
            *(
                (
                    ("first_share", path.first_share),
                    ("further_share", further.share),
                    ("further_after_ttl", further.after_ttl),
                    ("further_from_ttl", further.from_ttl),
                )
                if further is not None
                else ()
            ),
            *((("ago_us", evidence.snapshot.time_us - began.time_us),) if began is not None else ()),
            *((("before_lost", former.lost), ("before_completed", former.completed)) if former is not None else ()),
        ),
        status=Status.CONFIRMED if sure else Status.PROVISIONAL,
        since_us=began.time_us if began is not None else None,
        network=network,
        headline=True,
    )


def _of_end(evidence: Evidence, path: PathLoss) -> Numbers:
    """The end's own counts where the loss is judged by several hops together: the table shows the end's share.

    None where the end has lost nothing. Of loss that begins, the first probes of one hop would say too much.
    """
    row = evidence.row(path.end_ttl)
    if not path.pooled_from or not row.lost or path.early or path.further is not None:
        return ()
    return ("end_lost", row.lost), ("end_completed", row.completed)


def _former(evidence: Evidence, end_ttl: int) -> Row | None:
    """What the end lost before this loss began; None where it did not begin, or that is not known."""
    stretches = evidence.snapshot.stretches
    if evidence.bursts:
        return next((row for row in evidence.before if row.ttl == end_ttl and row.completed), None)
    if evidence.stretch is None or evidence.stretch.begun_by is not LOSS_BEGAN or len(stretches) < 2:
        return None
    return next((Row(hop.ttl, hop.lost, hop.completed) for hop in stretches[-2].hops if hop.ttl == end_ttl), None)


def _counted(evidence: Evidence) -> str:
    """Since when the figures count, where that is not since the start."""
    if evidence.stretch is not None:
        return f"Counted since loss {'began' if evidence.stretch.begun_by is LOSS_BEGAN else 'ended'}."
    return "Counted since the path changed." if evidence.change is not None else ""


def _check(evidence: Evidence, path: PathLoss, *, reached: bool) -> tuple[CheckPlan | None, str]:
    """The check that would tell whether the far end alone loses, or, where it was run, what it came to."""
    if reached:
        tried = latest(evidence, CheckKind.TARGET_ALONE, path.end_ttl)
        if tried is None:
            return target_alone(evidence, path.end_ttl, path.lost, path.completed), ""
        return None, f"Other protocols were tried beside it: {tried.counts}."
    halved = half_rate(evidence, path.end_ttl)
    return (halve_rate(evidence, path.end_ttl), "") if halved is None else (None, at_half_the_rate(halved))


def _onset(path: PathLoss, limited: tuple[int, ...], *, alone: bool, undecided: bool) -> str:
    """Why the loss is said to begin where it is said to; empty where nothing is to be said."""
    left_out = tuple(ttl for ttl in limited if ttl <= path.after_ttl)
    clean = f"Hops up to {path.after_ttl}{f', except {hop_list(left_out)},' if left_out else ''}"
    if path.before.completed and alone:
        limit = ", or rate-limited replies" if undecided else ""
        return (
            f"{clean} lost {_of(path.before)}. Only hop {path.end_ttl} loses"
            f"{' so much' if path.before.lost else ''}: the last link{limit}."
        )
    if path.further is not None:
        nearer = f"{clean} lost {_of(path.before)}. " if path.before.completed else ""
        first, second = place(path.after_ttl, path.from_ttl), place(path.further.after_ttl, path.further.from_ttl)
        return (
            f"{nearer}About {wording.percent(path.first_share)} % is lost at {first}, and"
            f" {wording.percent(path.further.share)} % of the rest at {second}: two places."
        )
    if path.before.completed:
        if undecided:
            return f"{clean} lost {_of(path.before)}; those beyond lose, by loss or by rate limits."
        return (
            f"{clean} lost {_of(path.before)}; hops from {path.from_ttl} on lose alike,"
            " so it is not one router's rate limit."
        )
    if path.from_ttl == 1:
        return "Every hop loses alike, from the first on: this host, its LAN or Wi-Fi, or the first router."
    return ""


def _kind(evidence: Evidence, path: PathLoss) -> tuple[str, str]:
    """A word for what the loss looks like, a full queue or a bad line, and a sentence; empty: not to be told."""
    if evidence.bursts:
        return "bursts", f"It comes in bursts: {len(evidence.bursts)} so far, and silence between them is no end of it."
    if path.lost < KIND_MIN or not has_histories(evidence):
        return "", ""
    even = rate_limit_pattern(evidence, path.end_ttl)
    if even is not None:
        return "regular", too_even(even)
    index, _, p_clustered = dispersion_of(evidence, path.end_ttl)
    p_delay = delay_near_losses(evidence, path.end_ttl)
    if p_delay < KIND_P:
        queue = f"RTT is higher next to losses ({wording.chance(p_delay)}): a full queue, congestion."
        return "congestion", queue
    if index > 2 and p_clustered < KIND_P:
        burst = f"dispersion {index:.1f}, {wording.chance(p_clustered)}"
        return "bursts", f"Losses come in bursts ({burst}), as at a queue that is full at times."
    return "scattered", "Scattered, with no extra delay: a bad line or a policer rather than a full queue."


def _end_to_end(evidence: Evidence, losses: LossFindings, row: Row) -> Verdict:
    """Healthy, or not yet to be told."""
    low, high = proportion_interval(row.lost, row.completed)
    possible = unseen_bound(row.completed)
    lost, most = wording.of(row.lost, row.completed), wording.bound(possible)
    changed = evidence.change is not None and evidence.stretch is None
    numbers: Numbers = (
        ("lost", row.lost),
        ("completed", row.completed),
        ("low", low),
        ("high", high),
        ("since_change", yes(changed)),
        ("rtt_us", evidence.end.statistics.average if evidence.end is not None else 0),
    )
    unclear, shared = _unclear(evidence, losses, row)
    if unclear:
        numbers = (*numbers, ("unclear_ttls", " ".join(map(str, unclear))))
    if (row.lost or shared) and high > EARLY_SHARE:
        return Verdict(
            rules.LOSS_UNDECIDED,
            "note",
            None,
            "too early to judge this loss",
            figures=f"{lost}; {wording.interval(low, high)}",
            reasons=("So few losses may be chance, or the target rate-limiting its replies.",),
            numbers=numbers,
            status=Status.PROVISIONAL,
            headline=True,
        )
    if row.lost:  # strays: of so many probes they say that there is hardly any loss
        possible = high
        most = wording.bound(possible)
    numbers = (*numbers, ("not_excluded", possible))
    if possible > EARLY_SHARE:
        return Verdict(
            rules.LOSS_NOT_EXCLUDED,
            "note",
            None,
            "fine so far" + (" on the new path" if changed else ""),
            figures=f"{lost} lost: loss could still be as high as {most} % (95 % confidence)",
            settle=_to_exclude(row.completed, EARLY_SHARE, evidence),
            numbers=numbers,
            status=Status.PROVISIONAL,
            headline=True,
        )
    limits = () if row.lost else (limit for limit in (0.01, 0.005) if possible > limit)
    settle = next(filter(None, (_to_exclude(row.completed, limit, evidence) for limit in limits)), "")
    return Verdict(
        rules.NO_LOSS,
        "fine",
        None,
        "no loss",
        brief=lost,
        figures=f"95 %: below {most} %",
        reasons=_small_alone(evidence),
        settle=settle,
        numbers=numbers,
        headline=True,
    )


def _small_alone(evidence: Evidence) -> tuple[str, ...]:
    """That larger packets may fare otherwise, where none were sent."""
    snapshot = evidence.snapshot
    size = abs(snapshot.settings.size_bytes)
    if size > SMALL_MAX or path_mtu(snapshot) is None or latest(evidence, CheckKind.PATH_MTU) is not None:
        return ()
    return (f"Small packets only ({size} B): the check of the path MTU tests large ones.",)


def _unclear(evidence: Evidence, losses: LossFindings, end: Row) -> tuple[tuple[int, ...], bool]:
    """The hops that show loss of which it is not known yet whether it is on the path, and whether they share it."""
    limited = {entry.row.ttl for entry in losses.reply_side}
    rows = [row for row in evidence.rows if row.ttl < end.ttl and row.answers and row.ttl not in limited]
    lossy = [row for row in rows if row.lost]
    shown = tuple(row.ttl for row in rows if row.lost >= SHOWN_COUNT and row.share >= SHOWN_SHARE)
    beyond = [row for row in rows if lossy and row.ttl >= lossy[0].ttl]
    shared = len(lossy) >= SHARED_MIN and 2 * len(lossy) > len(beyond) and end.completed < SHARED_ROUNDS
    return (shown or (tuple(row.ttl for row in lossy) if shared else ())), shared


def _to_exclude(completed: int, share: float, evidence: Evidence) -> str:
    """How long it takes to exclude so much loss."""
    rounds = max(probes_to_see(share) - completed, 0)
    seconds = rounds * evidence.snapshot.settings.interval_us / 1e6
    return f"To exclude {100 * share:g} % loss: {rounds} more rounds ({wording.duration(seconds)})." if rounds else ""


def _of(row: Row) -> str:
    return wording.of(row.lost, row.completed)
