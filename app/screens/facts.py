"""The plain facts that need no test: the answer line and the Verdict tab until a verdict is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...widgets.bars import Answer
from ...widgets.numbers import bare_milliseconds, grouped
from ...widgets.words import Finding
from . import marks
from .clock import clock
from .interval import bound, loss_interval

if TYPE_CHECKING:
    from ..path.snapshot import Happening, Snapshot

EARLY_BOUND = 0.05  # while more loss than this is not excluded, it is too early to tell
SYSCTL = 'sysctl -w net.ipv4.ping_group_range="0 2147483647"'


def answer(snapshot: Snapshot, now_us: int) -> Answer:  # noqa: PLR0911 - a ladder of states
    """The answer line."""
    if snapshot.state == "failed":
        return Answer("fault", ((snapshot.reason or "The probe process is gone.", ""),))
    if snapshot.state == "network-down":
        since = next((one.time_us for one in reversed(snapshot.happenings) if one.kind == "network-down"), now_us)
        return Answer("fault", ((f"Network is down since {clock(since, snapshot.clock_offset_us)}.", "Waiting."),))
    end = marks.end_hop(snapshot)
    if end is None:
        if snapshot.state in {"starting", "running"} and now_us - snapshot.started_us < 5_000_000:
            return Answer("", (("Measuring begins.", ""),))
        return Answer("warning", (("No hop has answered yet.", ""),))
    change = marks.latest_change(snapshot)
    if change is not None and now_us - change.time_us < marks.CHANGED_FOR_US:
        return _changed(change, now_us)
    if marks.target_silent(snapshot):
        return _silent(snapshot)
    if not snapshot.reached:
        return Answer("", (("The target has not answered yet.", f"{end.completed} probes so far."),))
    return _loss(end.dropped, end.completed)


def _changed(change: Happening, now_us: int) -> Answer:
    ago = max(0, now_us - change.time_us) // 1_000_000
    lead = f"Path changed {ago} s ago at {place(change.first_ttl, change.last_ttl, plural=True)}"
    return Answer(
        "changed", ((lead + ":", f"{len(change.new)} router{_s(len(change.new))} replaced."), (lead + ".", ""))
    )


def _silent(snapshot: Snapshot) -> Answer:
    protocol = snapshot.settings.protocol
    last = next((hop for hop in reversed(snapshot.hops) if hop.received), None)
    lead = f"The target does not answer {protocol};"
    if last is None:
        return Answer("fault", ((lead.rstrip(";") + ".", ""),))
    if last.error:
        return Answer("fault", ((lead, f"hop {last.ttl} reports that there is no way on."),))
    return Answer("fault", ((lead, f"path answers up to hop {last.ttl}."),))


def _loss(lost: int, sent: int) -> Answer:
    low, high = loss_interval(lost, sent)
    if lost == 0 and high > EARLY_BOUND:
        return Answer(
            "note",
            (
                (
                    "Too early to tell:",
                    f"{sent} probe{_s(sent)}, loss below {bound(high)} % not excluded (95 %).",
                ),
                ("Too early to tell:", f"{sent} probe{_s(sent)}, none lost."),
            ),
        )
    if lost == 0:
        rest = f"0 of {grouped(sent)} lost; loss above {bound(high)} % is excluded (95 %)."
        return Answer("fine", (("No loss end to end.", rest), ("No loss end to end.", f"0 of {grouped(sent)} lost.")))
    percent = 100 * lost / sent
    lead = f"Loss end to end: {percent:.1f} %,"
    rest = f"{grouped(lost)} of {grouped(sent)} lost"
    interval = f"(95 %: {bound(low)}-{bound(high)})"
    return Answer("warning", ((lead, f"{rest} {interval}."), (lead, f"{rest}."), (lead[:-1] + ".", "")))


def findings(snapshot: Snapshot, now_us: int) -> tuple[Finding, ...]:
    """The Verdict tab."""
    made: list[Finding] = []
    if snapshot.note:
        reasons = ("UDP measures the same path; the target answers with port unreachable.",)
        made.append(
            Finding("note", "probe", "ICMP is not allowed for this user, using UDP", "", snapshot.note, reasons)
        )
    change = marks.latest_change(snapshot)
    if change is not None and now_us - change.time_us < 10 * marks.CHANGED_FOR_US:
        at = clock(change.time_us, snapshot.clock_offset_us)
        count = len(change.new)
        made.append(
            Finding(
                "changed",
                place(change.first_ttl, change.last_ttl),
                f"Path changed at {at}",
                f"{count} router{_s(count)} replaced",
                "",
                ("Averages in the table span both paths.",),
            )
        )
    end = marks.end_hop(snapshot)
    if end is None:
        return tuple(made)
    if marks.target_silent(snapshot):
        made.append(_target_finding(snapshot))
    elif snapshot.reached and end.completed:
        made.append(_loss_finding(end.dropped, end.completed, snapshot.settings.interval_us))
        best, last = end.statistics.best, end.statistics.worst
        made.append(
            Finding(
                "note",
                "to target",
                f"{bare_milliseconds(end.statistics.average)} ms on average",
                f"{bare_milliseconds(best)} to {bare_milliseconds(last)} ms",
            )
        )
    silent = [hop.ttl for hop in snapshot.hops[:-1] if marks.is_silent(hop)]
    made += [
        Finding("note", f"hop {ttl}", "Silent router", "", f"0 of {snapshot_hop_sent(snapshot, ttl)} answered")
        for ttl in silent
    ]
    return tuple(made)


def snapshot_hop_sent(snapshot: Snapshot, ttl: int) -> int:
    """Completed probes of a hop."""
    return next((hop.completed for hop in snapshot.hops if hop.ttl == ttl), 0)


def _target_finding(snapshot: Snapshot) -> Finding:
    end = snapshot.hops[-1]
    protocol = snapshot.settings.protocol
    last = next((hop for hop in reversed(snapshot.hops) if hop.received), None)
    figures = f"0 of {grouped(end.completed)} answered" + (f"; hop {last.ttl} answers" if last is not None else "")
    reason = f"Either its firewall drops {protocol}, or it is down. {protocol} alone cannot tell."
    return Finding("fault", f"hop {end.ttl}", "Target silent", "", figures, (reason,))


def _loss_finding(lost: int, sent: int, interval_us: int) -> Finding:
    low, high = loss_interval(lost, sent)
    if lost == 0:
        reasons: tuple[str, ...] = ()
        for percent in (5, 1, 0.5):
            need = next(n for n in range(1, 100_000) if 1 - 0.025 ** (1 / n) < percent / 100)
            if need > sent:
                minutes = (need - sent) * interval_us / 60_000_000
                time = f"{minutes:.0f} min" if minutes >= 1.5 else f"{minutes * 60:.0f} s"
                reasons = (f"To exclude {percent:g} % loss as well: {need - sent} more rounds ({time}).",)
                break
        return Finding(
            "fine", "to target", "No loss", f"0 of {grouped(sent)}  (95 %: below {bound(high)} %)", "", reasons
        )
    figures = f"{grouped(lost)} of {grouped(sent)} at the target: {100 * lost / sent:.1f} %"
    return Finding("warning", "to target", "Loss end to end", "", f"{figures}  (95 %: {bound(low)}-{bound(high)})")


def place(first_ttl: int, last_ttl: int, *, plural: bool = False) -> str:
    """``hop 4`` or ``hop 4-6``; with ``plural`` ``hops 4-6``."""
    if first_ttl == last_ttl:
        return f"hop {first_ttl}"
    return f"hop{'s' if plural else ''} {first_ttl}-{last_ttl}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
