"""The verdict on loss on the path: where, how much, what it looks like, and what may be only limits on replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...path.stretches import Beginning
from ...trace.checks import CheckKind
from .. import rules, wording
from ..answer import Numbers, Status, yes
from ..assessment import Verdict
from ..checks.offers import halve_rate, in_words, target_alone
from ..checks.results import half_rate, latest, others_lose_alike
from ..evidence.counts import Row
from ..evidence.course import has_histories
from ..evidence.cut import reporter_of_losses
from ..evidence.error_limits import may_all_be_limits
from ..evidence.network import Owner, network_between
from ..evidence.patterns import delay_near_losses, dispersion_of, rate_limit_pattern
from ..loss_sentences import seen_at
from ..place import Place, hop_list, place
from ..refusals import report
from .target import at_half_the_rate, too_even

if TYPE_CHECKING:
    from ...trace.checks import CheckPlan
    from ..evidence.findings import LossFindings, PathLoss
    from ..evidence.gather import Evidence
    from ..rules import Severity

LOSS_BEGAN = Beginning.LOSS_BEGAN
ERRORS = (
    "Every answer is an ICMP error, and these hops answer no more than about one a second, as Linux limits its errors:"
    " it may be that nothing is lost. Probes of one a second or fewer, or ICMP echo, tell."
)
KIND_P = 0.01
# The end's own share stands for the loss where it is off by no more than this factor.
END_OFF = 1.5
# So many losses are needed before their kind is told.
KIND_MIN = 8
GRADES = ((0.01, "minor"), (0.03, "noticeable"), (0.10, "bad"), (1.01, "severe"))


def path_loss(evidence: Evidence, losses: LossFindings, path: PathLoss, owner: Owner) -> Verdict:
    """Loss on the path, the last link, or the local network; or limits on replies as well, where they look the same."""
    left_out = _left_out(evidence, losses, path)
    end_ttl, far_end = path.end_ttl, evidence.end is not None and path.end_ttl == evidence.end.ttl
    reached = evidence.snapshot.reached and far_end
    further = path.further
    network = network_between(evidence, path.after_ttl, further.from_ttl if further else path.from_ttl, owner)
    last_ttl = evidence.end.ttl if evidence.end is not None else end_ttl
    answering = [row.ttl for row in evidence.rows if row.ttl <= last_ttl and row.answers]
    # Of probes that are answered by errors, and come fast, all hops may leave as many unanswered.
    errors = may_all_be_limits(evidence.snapshot, [row for row in evidence.rows if path.from_ttl <= row.ttl <= end_ttl])
    local = path.from_ttl == 1 and end_ttl > 1 and not errors
    # The hop before the end may be all that is known to be well: then only the end loses.
    nearer = [ttl for ttl in answering if ttl < end_ttl]
    alone = not local and path.after_ttl >= max(nearer, default=0) and (far_end or end_ttl in answering[-2:])
    # Each of the last hops may rate-limit its replies: nothing beyond them shows whether packets get through.
    open_ttl = path.open_ttl
    last_ones = not local and path.after_ttl >= max((ttl for ttl in answering if ttl < open_ttl), default=0)
    undecided = last_ones and not others_lose_alike(evidence, end_ttl)
    crosses = not last_ones and not local and (errors or path.from_ttl >= open_ttl)
    rule, phrase = rules.PATH_LOSS, "loss on the path"
    if local:
        rule, phrase = rules.LOCAL_LOSS, "loss on the local network"
    elif undecided:
        # One hop's probes by one protocol can mean both; which it is they do not say.
        rule = rules.TARGET_LOSS_OR_LIMIT if reached else rules.LAST_HOP_LOSS_OR_LIMIT
        phrase = f"loss on the last {'link' if alone else 'links'}, or rate-limited replies"
    elif last_ones:
        rule, phrase = rules.LAST_LINK_LOSS, f"loss on the last {'link' if alone else 'links'}"
    kind, why = _kind(evidence, path) if not errors else ("", ERRORS)
    plan, tried = _check(evidence, path, reached=reached) if last_ones or (errors and reached) else (None, "")
    whose = f" Network: {network}." if network else ""
    reporter = reporter_of_losses(evidence.snapshot, evidence.end) if far_end and evidence.end is not None else None
    reasons = (
        ""
        if errors
        else _onset(
            path, left_out, wording.host(evidence.snapshot.target), alone=alone, undecided=undecided, crosses=crosses
        ),
        why,
        f"It may be on the return path from hop {path.from_ttl}.{whose}"
        if reporter is None
        else f"Hop {reporter.ttl} reports {report(reporter.icmp_type, reporter.icmp_code, 'the target')} for these"
        f" probes: it drops them on the forward path.{whose}",
        _counted(evidence),
        tried,
    )
    sure = not (undecided or crosses or path.early)
    severity: Severity = "fault" if path.bad and sure else "warning"
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
        settle=in_words(plan) if plan is not None else _other_way(evidence) if reporter is None else "",
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
            *((("last_hops", sum(ttl >= path.from_ttl for ttl in answering)),) if last_ones and not alone else ()),
            ("perhaps_limits", yes(crosses and rule is rules.PATH_LOSS)),
            ("silent_beyond", end_ttl if silent else 0),
            *((("bursts", len(evidence.bursts)),) if evidence.bursts else ()),
            *(
                (
                    ("first_share", path.first_share),
                    ("further_share", further.share),
                    ("further_after_ttl", further.after_ttl),
                    ("further_from_ttl", further.from_ttl),
                    ("further_perhaps_limits", yes(further.from_ttl >= open_ttl)),
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

    None where the end has lost nothing, or so few or many that it is no measure of the loss. Of loss that begins, the
    first probes of one hop would say too much.
    """
    row = evidence.row(path.end_ttl)
    if not path.pooled_from or not row.lost or path.early or path.further is not None:
        return ()
    if max(row.share, path.share) > END_OFF * min(row.share, path.share):
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


def _left_out(evidence: Evidence, losses: LossFindings, path: PathLoss) -> tuple[int, ...]:
    """The hops before the loss that answer, and whose losses are not among those that are counted before it."""
    sound = {row.ttl for row in losses.sound}
    limited = {entry.row.ttl for entry in losses.reply_side}
    return tuple(
        row.ttl
        for row in evidence.rows
        if row.ttl <= path.after_ttl
        and row.lost
        and (row.ttl in limited or (sound and row.answers and row.ttl not in sound))
    )


def _onset(path: PathLoss, left_out: tuple[int, ...], host: str, *, alone: bool, undecided: bool, crosses: bool) -> str:
    """Why the loss is said to begin where it is said to; empty where nothing is to be said.

    ``left_out``: the hops before it that are not counted with the others.
    """
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
            f" {wording.percent(path.further.share)} % of the rest at {second}: two places"
            f"{', or the last hops rate-limit their replies' if path.further.from_ttl >= path.open_ttl else ''}."
        )
    if path.before.completed:
        if undecided or crosses:
            return f"{clean} lost {_of(path.before)}; those beyond lose, by loss or by rate limits."
        return (
            f"{clean} lost {_of(path.before)}; hops from {path.from_ttl} on lose alike,"
            " so it is not one router's rate limit."
        )
    if path.from_ttl == 1:
        return f"Every hop loses alike, from the first on: {host}, its LAN or Wi-Fi, or the first router."
    return "" if path.after_ttl else f"No hop is surely before it: it may be {host}, its LAN or Wi-Fi."


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


def _of(row: Row) -> str:
    return wording.of(row.lost, row.completed)


def _other_way(evidence: Evidence) -> str:
    """What tells forward from return loss; empty where both ways are counted already."""
    return "" if evidence.snapshot.target.direction else rules.PATH_LOSS.settle
