"""Verdicts on a target that is not reached, or not any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...defaults import TIMEOUT_S
from ...trace.checks import CheckKind
from .. import refusals, rules, wording
from ..answer import Numbers, yes
from ..assessment import Verdict
from ..checks.offers import in_words, other_protocols
from ..checks.results import latest
from ..evidence.cut import cut_of
from ..evidence.silent_hops import all_silent
from ..place import Place, at_hop

if TYPE_CHECKING:
    from ...path.outages import Outage
    from ...path.snapshot import Hop, Snapshot
    from ...trace.checks import Check
    from ..evidence.cut import Cut
    from ..evidence.findings import LossFindings
    from ..evidence.gather import Evidence
    from ..evidence.network import Owner, Shown


def about_reach(evidence: Evidence, owner: Owner, shown: Shown, losses: LossFindings) -> list[Verdict]:
    """Whether and why the target is not reached."""
    snapshot = evidence.snapshot
    lasting = next((outage for outage in evidence.outages if outage.lasting), None)
    last = evidence.end
    if last is None:
        known = snapshot.rounds >= 5 or snapshot.state == "finished"  # nothing comes any more
        # A report that was made elsewhere has rows without any answer, and no count of probes.
        sent = snapshot.probes_sent or any(hop.completed for hop in snapshot.hops)
        return [_nothing(snapshot)] if known and sent else []
    if last.error:
        return [_refused(snapshot, last, owner, shown)]
    if evidence.by_settings and (silent_now := _silent_by_settings(evidence, last, shown)) is not None:
        return [silent_now]
    if snapshot.reached or lasting is not None:
        return [_gone(evidence, lasting, owner, shown)] if lasting is not None else []
    beyond = snapshot.hops[-1]
    if beyond.received or evidence.completed(beyond) < 10:
        return []
    # Loss before the silence is told first, and says that there is silence.
    answering = [row.ttl for row in evidence.rows if row.answers]
    placed = losses.path is not None and losses.path.after_ttl < max(answering[:-2], default=0)
    silent = _silent(evidence, last, beyond, shown)
    return [replace(silent, headline=not placed) if silent.rule is rules.TARGET_SILENT else silent]


def _silent_by_settings(evidence: Evidence, end: Hop, shown: Shown) -> Verdict | None:
    """A target that answered other probes, and none of those that are sent now; None: it is not so."""
    if evidence.completed(end) < 10 or any(rtt_us >= 0 for rtt_us in end.rtts_us[evidence.since :].tolist()):
        return None
    before = [hop for hop in evidence.snapshot.hops if hop.ttl < end.ttl and evidence.row(hop.ttl).answers]
    return _silent(evidence, before[-1], end, shown) if before and evidence.snapshot.reached else None


def _nothing(snapshot: Snapshot) -> Verdict:
    protocol = f" of {snapshot.settings.protocol.upper()}" if snapshot.settings_known else ""
    sent = snapshot.probes_sent or sum(hop.sent for hop in snapshot.hops)
    return Verdict(
        rules.NO_ANSWERS,
        "fault",
        None,
        "no hop answers",
        figures=f"{wording.plural(snapshot.rounds, 'round')}{protocol} without any answer"
        + (f": 0 of {wording.plural(sent, 'probe')}" if sent else ""),
        reasons=("A local firewall, no route, a first link that is down, or a network that drops these probes.",),
        settle="Another protocol may get through.",
        numbers=(("rounds", snapshot.rounds), ("sent", sent)),
        headline=True,
    )


def _refused(snapshot: Snapshot, hop: Hop, owner: Owner, shown: Shown) -> Verdict:
    responder = hop.responders[hop.latest]
    _, icmp_type, icmp_code = next(
        ((word, kind, code) for word, kind, code, _ in reversed(responder.kinds) if word == hop.error),
        (hop.error, None, None),
    )
    prohibited = refusals.is_prohibition(icmp_type, icmp_code)
    network = owner(responder.address) or ""
    why = "Packets reach this router, which refuses them."
    return Verdict(
        rules.PROHIBITED if prohibited else rules.UNREACHABLE,
        "fault",
        at_hop(_own_ttl(snapshot, responder.address, hop.ttl)),
        "prohibited by a router" if prohibited else "unreachable",
        figures=f"{shown(responder.address)} {refusals.meaning(icmp_type, icmp_code)}",
        reasons=(why, f"Network: {network}.") if network else (why,),
        settle=_other_protocol(snapshot) if prohibited else "",
        numbers=(("icmp_type", icmp_type or 0), ("icmp_code", icmp_code or 0)),
        network=network,
        addresses=(responder.address,),
        headline=True,
    )


def _other_protocol(snapshot: Snapshot) -> str:
    """What a firewall may let through; empty where it is not known what this one does not."""
    if not snapshot.settings_known:
        return ""
    other = "UDP (-u)" if snapshot.settings.protocol == "tcp" else "TCP, as to a web server (-T -P 443)"
    return f"A firewall often passes other protocols: try {other}."


def _own_ttl(snapshot: Snapshot, address: str, before_ttl: int) -> int:
    """Where a router that refuses to forward answers for itself: mostly a hop before that of the refused probes."""
    nearer = (hop for hop in reversed(snapshot.hops) if hop.ttl < before_ttl)
    return next((hop.ttl for hop in nearer if any(one.address == address for one in hop.responders)), before_ttl)


def _cut_off(evidence: Evidence, cut: Cut, rounds: int, owner: Owner, shown: Shown) -> Verdict:
    """The target answered before, and a router reports now that it cannot reach it."""
    snapshot = evidence.snapshot
    prohibited = refusals.is_prohibition(cut.icmp_type, cut.icmp_code)
    network = owner(cut.address) or ""
    duration_us = rounds * snapshot.settings.interval_us
    why = "It worked before. Packets reach this router, which refuses them; what it leaves unanswered is no loss there."
    return Verdict(
        rules.PROHIBITED if prohibited else rules.UNREACHABLE,
        "fault",
        at_hop(cut.ttl),
        "prohibited by a router" if prohibited else "unreachable",
        brief=f"for {wording.duration(duration_us / 1e6)}",
        figures=f"{shown(cut.address)} {refusals.meaning(cut.icmp_type, cut.icmp_code)};"
        f" {wording.plural(rounds, 'round')} in a row lost at the target",
        reasons=(why, f"Network: {network}.") if network else (why,),
        numbers=(
            ("icmp_type", cut.icmp_type or 0),
            ("icmp_code", cut.icmp_code or 0),
            ("rounds", rounds),
            ("duration_us", duration_us),
        ),
        since_us=snapshot.time_us - duration_us,
        network=network,
        addresses=(cut.address,),
        headline=True,
    )


def _gone(evidence: Evidence, outage: Outage, owner: Owner, shown: Shown) -> Verdict:
    cut = cut_of(evidence.snapshot, outage)
    if cut is not None:
        return _cut_off(evidence, cut, outage.rounds, owner, shown)
    return _stopped(evidence, outage.first, outage.rounds)


def _stopped(evidence: Evidence, first: int, rounds: int) -> Verdict:
    """The target answered before and does not any more; ``first`` is the index of the first lost round."""
    snapshot = evidence.snapshot
    alive = [
        hop.ttl
        for hop in snapshot.hops
        if evidence.end is not None
        and hop.ttl < evidence.end.ttl
        and any(value >= 0 for value in hop.rtts_us[first + 1 :].tolist())
    ]
    duration_us = rounds * snapshot.settings.interval_us
    after = max(alive, default=0)
    nearer = [hop for hop in snapshot.hops if evidence.end is not None and hop.ttl < evidence.end.ttl]
    nobody = not after and all_silent(nearer, first + 1, first + rounds)
    where = f"; the path ends after hop {after}" if after else "; no hop answers now" if nobody else ""
    return Verdict(
        rules.TARGET_STOPPED,
        "fault",
        at_hop(after) if after else None,
        f"down for {wording.duration(duration_us / 1e6)}",
        figures=f"{rounds} rounds in a row lost{where}",
        reasons=(
            "It worked before.",
            *((f"Hops up to {after} still answer; it may be the return path from beyond them.",) if after else ()),
        ),
        numbers=(("rounds", rounds), ("duration_us", duration_us), ("after_ttl", after), ("nobody", yes(nobody))),
        since_us=snapshot.time_us - duration_us,
        headline=True,
    )


def _silent(evidence: Evidence, last: Hop, beyond: Hop, shown: Shown) -> Verdict:
    snapshot = evidence.snapshot
    protocol = snapshot.settings.protocol if snapshot.settings_known else ""
    tried = latest(evidence, CheckKind.OTHER_PROTOCOLS, beyond.ttl)
    if tried is not None:
        return _tried_others(tried, last, beyond, protocol, shown)
    plan = other_protocols(snapshot.settings, beyond.ttl)
    filtered = protocol.upper() or "these probes"
    lossy = any(row.ttl <= last.ttl and row.judged and row.lost for row in evidence.rows)
    return Verdict(
        rules.TARGET_SILENT,
        "fault",
        at_hop(beyond.ttl),
        "target silent",
        figures=f"0 of {wording.count(evidence.completed(beyond))} answered; hop {last.ttl} answers",
        reasons=(
            f"The path ends there, the target is down, or everything beyond it filters {filtered}.",
            "This trace cannot tell which.",
            *_short_timeout(snapshot),
        ),
        settle=in_words(plan),
        check=plan,
        numbers=(
            ("completed", evidence.completed(beyond)),
            ("last_ttl", last.ttl),
            ("protocol", protocol),
            ("lossy", yes(lossy)),
        ),
        headline=True,
    )


def _short_timeout(snapshot: Snapshot) -> tuple[str, ...]:
    """What a timeout below the usual one may hide."""
    seconds = snapshot.settings.timeout_s
    if not snapshot.settings_known or seconds >= TIMEOUT_S:
        return ()
    return (f"Answers that come after the timeout of {seconds} s (-Z) count as none: a longer one would show them.",)


def _tried_others(tried: Check, last: Hop, beyond: Hop, protocol: str, shown: Shown) -> Verdict:
    """A silent target settled by a check: the host is up, or a router refuses, or the path ends."""
    probes = sum(result.completed for result in tried.results)
    numbers: Numbers = (("completed", beyond.completed), ("last_ttl", last.ttl), ("other_probes", probes))
    others = (f"Other protocols were tried: {tried.counts}.",)
    up = [result for result in tried.results if result.from_target]
    if up:
        names = " and ".join(result.name for result in up)
        return Verdict(
            rules.PROTOCOL_FILTERED,
            "note",
            at_hop(beyond.ttl),
            f"{protocol.upper()} is filtered, the host is up",
            figures=f"it answers {names}",
            reasons=others,
            numbers=(
                *numbers,
                ("answered", names),
                ("first_answered", up[0].name),
                ("protocol", protocol),
            ),
            headline=True,
        )
    refusal = next(((result.name, result.refusal) for result in tried.results if result.refusal is not None), None)
    if refusal is not None:
        name, (address, icmp_type, icmp_code) = refusal
        return Verdict(
            rules.OTHER_PROTOCOLS_REFUSED,
            "fault",
            at_hop(beyond.ttl),
            "refused by a router",
            figures=f"to {name}, {shown(address)} {refusals.meaning(icmp_type, icmp_code)}",
            reasons=others,
            numbers=(*numbers, ("icmp_type", icmp_type or 0), ("icmp_code", icmp_code or 0)),
            addresses=(address,),
            headline=True,
        )
    return Verdict(
        rules.PATH_ENDS,
        "fault",
        Place(last.ttl, beyond.ttl),
        f"the path ends after hop {last.ttl}",
        figures=f"no protocol gets an answer from beyond it: {tried.counts}",
        reasons=("The target is down, or everything to it is dropped beyond that hop.",),
        numbers=numbers,
        headline=True,
    )
