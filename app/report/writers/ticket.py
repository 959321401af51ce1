"""One text that a provider's support accepts: what is wrong, where and whose, how often, and what it is not.

As text and as Markdown. It is made of the verdicts alone, so it says what the screen says. The times are local with
their zone, and UTC; what ``--privacy`` hides is not in it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from ....probe.version import VERSION
from ...insight import rules, wording
from ...insight.subjects.mtu import mtu_answer
from ...insight.verdicts import verdicts
from ...path.hiding import HIDDEN
from ...protocols import PROTOCOLS
from ...resolve.facts import AS_NAME, AS_NUMBER, owner
from ...sanitize import composed, document, joined
from ...statistics.exact_tests import percentile, proportion_interval
from ...trace.checks import CheckKind
from ..columns import cell, columns
from .explain import wrapped
from .markdown import escaped, row
from .text import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...insight.assessment import Assessment, Verdict
    from ...path.snapshot import Hop, Snapshot
    from ...sanitize import Document
    from ...trace.checks import Check
    from ..context import Context

EVENTS_MAX = 20  # of the log, the latest ones
TOLD_EVENTS = frozenset(
    {
        *("path-changed", "path-flap", "path-flap-ended", "loss-started", "loss-ended", "rtt-shifted"),
        *("network-down", "source-changed", "stalled", "restarted"),
    }
)
LOSS_RULES = frozenset({rules.PATH_LOSS, rules.LOCAL_LOSS, rules.LAST_LINK_LOSS})
ONE_END = "Seen from one end, this may lie on the forward or on the return path."


class Ticket(NamedTuple):
    """What a ticket says, before it is laid out."""

    title: str
    """What is wrong with which target, and when."""
    paragraphs: tuple[tuple[str, ...], ...]
    """Sentences, of which each paragraph has at least one."""
    events: tuple[str, ...]
    """What changed meanwhile, a line each."""
    closing: tuple[str, ...]
    """How it was measured, and what made this."""


def ticket_texts(snapshots: Sequence[Snapshot], context: Context) -> list[Document]:
    """A ticket for each trace, in one document; of a host that is traced from both ends one, with both tables."""
    return [joined([_text(one, others, context) for one, others in _each(snapshots)])]


def ticket_markdowns(snapshots: Sequence[Snapshot], context: Context) -> list[Document]:
    """The same in Markdown."""
    return [joined([_markdown(one, others, context) for one, others in _each(snapshots)])]


def _each(snapshots: Sequence[Snapshot]) -> Iterator[tuple[Snapshot, list[Snapshot]]]:
    """Each trace with those that belong into its ticket: the return trace."""
    back = [one for one in snapshots if one.target.direction == "return"]
    for one in snapshots:
        if one.target.direction != "return":
            yield one, back if one.target.direction == "forward" else []


def _text(snapshot: Snapshot, others: Sequence[Snapshot], context: Context) -> Document:
    ticket = compose(snapshot, others, context)
    lines = wrapped(ticket.title, "")
    for paragraph in ticket.paragraphs:
        lines += [line for sentence in paragraph for line in wrapped(sentence, "")]
    for one in (snapshot, *others):
        lines += ["", *table(one, _with_networks(one, context)).splitlines()]
    lines += ["", *(f"  {event}" for event in ticket.events)] if ticket.events else []
    lines += ["", *(line for sentence in ticket.closing for line in wrapped(sentence, "")), ""]
    return document(lines)


def _with_networks(snapshot: Snapshot, context: Context) -> Context:
    """With whole names, and the AS of each hop where any is known."""
    settings = context.settings
    known = any(context.fact(one.address, AS_NUMBER) for hop in snapshot.hops for one in hop.responders)
    shown = settings.ipinfo or ((AS_NUMBER,) if known else ())
    return replace(context, settings=replace(settings, wide=True, ipinfo=shown))


def _markdown(snapshot: Snapshot, others: Sequence[Snapshot], context: Context) -> Document:
    ticket = compose(snapshot, others, context)
    lines = [f"**{escaped(composed(ticket.title))}**", ""]
    for paragraph in ticket.paragraphs:
        lines += [escaped(composed(" ".join(paragraph))), ""]
    for one in (snapshot, *others):
        lines += [*_rows(one, context), ""]
    lines += [*(f"- {escaped(composed(event))}" for event in ticket.events), ""] if ticket.events else []
    return document([*lines, escaped(composed(" ".join(ticket.closing))), ""])


def _rows(snapshot: Snapshot, context: Context) -> Iterator[str]:
    chosen = [one for one in columns(context.settings.fields, exact_loss=context.layout.exact_loss) if one.title]
    heads = ["Hop", "Host", "Address", "Network", *(one.title for one in chosen)]
    yield row(heads)
    yield row(["--:", "---", "---", "---", *("--:" for _ in chosen)])
    for hop in snapshot.hops:
        address = composed(hop.address or "")
        network = composed(context.owner(address) or "") if address else address
        cells = [escaped(context.hop_host(hop)), escaped(address), escaped(network)]
        yield row([str(hop.ttl), *cells, *(cell(one, hop).strip() for one in chosen)])


def compose(snapshot: Snapshot, others: Sequence[Snapshot], context: Context) -> Ticket:
    """What is to be said of a trace; ``others`` are the traces back to this host."""
    judged = verdicts(snapshot, context.owner, context.host)
    leading = next((one for one in judged.verdicts if one.rule in judged.answer.rules), None)
    both = _both_ways([snapshot, *others], context) if others else ()
    answer: tuple[str, ...] = (judged.sentence or "Nothing was measured.",)
    rise = _standing_rise(judged)
    title = _title(judged, leading)
    if rise is not None and rise is not leading:
        told = _rise(rise, snapshot)
        if judged.severity in {"fine", "note"}:  # no fault beside it: then the ticket is about the rise
            title, leading, answer = rise.title, rise, (told,)
        else:
            answer += (told,)
    paragraphs = (
        (*answer, *_at_target(snapshot)),
        (*_where(snapshot, judged, context), *(() if both else _direction(judged))),
        both,
        tuple(_excluded(judged, leading)),
        (*_source(snapshot, context), *_beside(snapshot)),
        (f"Note: {context.note}",) if context.note else (),
    )
    return Ticket(
        f"{title}: {_target(snapshot)}, {_period(snapshot)}",
        tuple(one for one in paragraphs if one),
        tuple(_events(snapshot)),
        tuple(_closing(snapshot)),
    )


def _title(judged: Assessment, leading: Verdict | None) -> str:
    if judged.severity in {"fault", "warning", "changed"} and leading is not None:
        return leading.title
    return "No fault found" if judged.severity in {"fine", "note"} else "Trace"


def _standing_rise(judged: Assessment) -> Verdict | None:
    """A rise of the RTT that has not gone away: news on the screen for a while only, of a path it is still true."""
    return next((one for one in judged.verdicts if one.rule == rules.LATENCY_SHIFT and one.severity == "warning"), None)


def _rise(rise: Verdict, snapshot: Snapshot) -> str:
    """``RTT rose by 14.0 ms at 2026-11-29 10:16:04 UTC, from hop 3 on, and is still up.``."""
    assert snapshot.rtt_shift is not None
    assert rise.since_us is not None
    assert rise.place is not None
    step_us = snapshot.rtt_shift.step_us
    at = datetime.fromtimestamp((rise.since_us + snapshot.clock_offset_us) / 1_000_000, UTC)
    first, last = rise.place.first_ttl + 1, rise.place.last_ttl
    where = f"from hop {last} on" if first >= last else f"beginning between hops {first} and {last}"
    return f"RTT rose by {wording.milliseconds(step_us)} ms at {at:%Y-%m-%d %H:%M:%S} UTC, {where}, and is still up."


def _target(snapshot: Snapshot) -> str:
    target = snapshot.target
    return target.called if target.name == target.address else f"{target.called} ({target.address})"


def _period(snapshot: Snapshot) -> str:
    """``2026-11-28 21:04 to 21:14 CET (20:04 to 20:14 UTC)``."""
    moments = [(at + snapshot.clock_offset_us) / 1_000_000 for at in (snapshot.started_us, snapshot.time_us)]
    begin, end = (datetime.fromtimestamp(one, UTC) for one in moments)
    here, there = begin.astimezone(), end.astimezone()
    zone = here.tzname() or ""
    local = f"{here:%Y-%m-%d %H:%M} to {_later(here, there)} {zone}"
    if here.utcoffset() == begin.utcoffset():
        return f"{here:%Y-%m-%d %H:%M} to {_later(here, there)} UTC"
    zone = "" if zone.startswith(("+", "-")) is False else " (hours ahead of UTC)"
    return f"{local}{zone} ({_later(here, begin)} to {_later(begin, end)} UTC)"


def _later(begin: datetime, end: datetime) -> str:
    return f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"


def _probes(snapshot: Snapshot) -> str:
    settings, port = snapshot.settings, snapshot.target.port_by(snapshot.settings)
    return f"{PROTOCOLS[settings.protocol].title}{f' port {port}' if port else ''}"


def _at_target(snapshot: Snapshot) -> Iterator[str]:
    """Loss and RTT of the target, with the interval that its loss lies in."""
    if not snapshot.reached or not snapshot.hops:
        yield "The target was not reached."
        return
    end = snapshot.hops[-1]
    if end.completed:
        low, high = proportion_interval(end.dropped, end.completed)
        share = wording.percent(end.dropped / end.completed)
        yield (
            f"Lost to the target: {share} % of {wording.count(end.completed)} {_probes(snapshot)} probes"
            f" ({wording.count(end.dropped)}; 95 %: {wording.bound(low)} to {wording.bound(high)} %)."
        )
    rtts = sorted(rtt for rtt in end.rtts_us if rtt >= 0)
    if rtts:
        median, slow = (wording.milliseconds(percentile(rtts, share)) for share in (0.5, 0.95))
        known = len(end.rtts_us)
        part = f" in the last {wording.plural(known, 'round')}" if known < snapshot.rounds else ""
        yield f"RTT to the target{part}: median {median} ms, 95 % up to {slow} ms."


def _where(snapshot: Snapshot, judged: Assessment, context: Context) -> Iterator[str]:
    """The routers between which it begins, and whose they are."""
    place = judged.answer.place
    if place is None or judged.severity not in {"fault", "warning", "changed"}:
        return
    by_ttl = {hop.ttl: hop for hop in snapshot.hops}
    ends = dict.fromkeys((place.first_ttl, place.last_ttl))
    told = [_router(by_ttl[ttl], context) for ttl in ends if ttl in by_ttl and by_ttl[ttl].address]
    if told:
        yield f"{'; '.join(told)}."


def _router(hop: Hop, context: Context) -> str:
    """``Hop 7: ae7.ams4.transit.example, 198.51.100.145, AS64501 transit.example``."""
    address = hop.address or ""
    network = owner(context.fact(address, AS_NUMBER), context.fact(address, AS_NAME))
    parts = dict.fromkeys((context.name(address) or address, address, network or ""))
    return f"Hop {hop.ttl}: {', '.join(part for part in parts if part)}"


def _direction(judged: Assessment) -> tuple[str, ...]:
    told = any("return" in reason for one in judged.verdicts for reason in (*one.reasons, one.settle))
    is_loss = bool(judged.answer.rules) and judged.answer.rules[0] in LOSS_RULES
    return (ONE_END,) if is_loss and not told else ()


def _excluded(judged: Assessment, leading: Verdict | None) -> Iterator[str]:
    """Why it is this and nothing else, and what of the table is no fault."""
    if leading is not None:
        yield from leading.reasons
    for one in judged.verdicts:
        if one is not leading and one.severity in {"note", "fine"} and one.place is not None:
            yield f"Also seen, no fault: {one.sentence}"


def _both_ways(snapshots: Sequence[Snapshot], context: Context) -> tuple[str, ...]:
    from .both_ways import told

    return tuple(told(snapshots, context))


def _source(snapshot: Snapshot, context: Context) -> Iterator[str]:
    """Where it was measured from, by address and network, as far as that may be told."""
    address = snapshot.local_address
    network = context.fact(address, AS_NUMBER) if address and address != HIDDEN else None
    place = f"{context.source(snapshot.target)}" + (f", {address}" if address and address != HIDDEN else "")
    first = next((n for hop in snapshot.hops if hop.address and (n := context.fact(hop.address, AS_NUMBER))), None)
    if network is not None:
        yield f"Measured from {place} (AS{network})."
    elif first is not None:
        yield f"Measured from {place}; the first network on the path is AS{first}."
    else:
        yield f"Measured from {place}."


def _beside(snapshot: Snapshot) -> Iterator[str]:
    """What was tried beside the trace: other protocols, and the path MTU."""
    done = [one for one in snapshot.checks if one.state == "done"]
    for check in [one for one in done if one.plan.kind is CheckKind.TARGET_ALONE][-1:]:
        yield from _arms(check)
    for check in [one for one in done if one.mtu is not None][-1:]:
        assert check.mtu is not None
        yield mtu_answer(check.mtu)


def _arms(check: Check) -> Iterator[str]:
    for result in check.results:
        if result.completed and result.from_target:
            share = wording.percent(result.lost / result.completed)
            yield f"{result.name} at the same time: {share} % of {wording.count(result.completed)} probes lost."
        elif result.completed:
            yield f"{result.name} at the same time: the target did not answer."


def _events(snapshot: Snapshot) -> Iterator[str]:
    told = [one for one in snapshot.log_entries if one.kind in TOLD_EVENTS][-EVENTS_MAX:]
    for one in told:
        at = datetime.fromtimestamp((one.time_us + snapshot.clock_offset_us) / 1_000_000, UTC)
        yield f"{at:%Y-%m-%d %H:%M:%S} UTC  {one.text or one.kind}"


def _closing(snapshot: Snapshot) -> Iterator[str]:
    settings = snapshot.settings
    yield (
        f"Measured with hopscope {VERSION}: {_probes(snapshot)}, {settings.size_bytes} bytes,"
        f" {wording.plural(snapshot.rounds, 'round')} of {settings.interval_us / 1_000_000:g} s."
    )
