"""Verdicts on a target that is not reached: L8, L9, P7; and on what keeps the trace itself from going on."""

from __future__ import annotations

from os import strerror
from typing import TYPE_CHECKING

from ....probe.wire import (
    ADDRESS_IN_USE,
    ADDRESS_NOT_AVAILABLE,
    HOST_DOWN,
    INVALID_ARGUMENT,
    NETWORK_DOWN,
    NO_ROUTE,
    PERMISSION_DENIED,
    PROBES_EXHAUSTED,
)
from ...path.snapshot import UNANSWERED
from .. import wording
from ..assessment import Numbers, Verdict, span
from ..checks.offers import in_words, other_protocols
from ..checks.results import latest
from ..finding import Finding, Owner, Rank

if TYPE_CHECKING:
    from ...path.snapshot import Hop, Snapshot
    from ...trace.checks import Check
    from ..evidence.gather import Evidence

# ICMP unreachable codes by IP version: RFC 792, RFC 1122, RFC 1812; RFC 4443.
MEANINGS: dict[tuple[int, int], str] = {
    (3, 0): "has no route to the network",
    (3, 1): "cannot reach the host",
    (3, 2): "does not speak this protocol",
    (3, 3): "has this port closed",
    (3, 4): "would have to fragment the packet",
    (3, 6): "does not know the network",
    (3, 7): "does not know the host",
    (3, 9): "prohibits it (network)",
    (3, 10): "prohibits it (host)",
    (3, 11): "has no route for this type of service",
    (3, 12): "cannot reach the host for this type of service",
    (3, 13): "prohibits it (filter)",
    (1, 0): "has no route",
    (1, 1): "prohibits it",
    (1, 3): "cannot reach the address",
    (1, 4): "has this port closed",
    (1, 5): "prohibits it (source address)",
    (1, 6): "rejects the route",
}
PROHIBITED = {(3, 9), (3, 10), (3, 13), (1, 1), (1, 5)}


# Why the local system sends no probe, and what to do about it.
CAUSES = {
    NETWORK_DOWN: "the network is down",
    NO_ROUTE: "there is no route",
    HOST_DOWN: "the host or gateway does not answer on the link",
    PERMISSION_DENIED: "a local firewall or a missing privilege",
    INVALID_ARGUMENT: "the system refuses such packets",
    ADDRESS_IN_USE: "the source port is in use",
    ADDRESS_NOT_AVAILABLE: "the source address is not one of this host",
    PROBES_EXHAUSTED: "too many probes are under way",
}
# So many probes that were not sent are a verdict; it is the answer while the last is so recent.
REFUSED_MIN, REFUSED_NEWS_US = 3, 60_000_000


def not_sent(snapshot: Snapshot) -> list[Finding]:
    """L12: probes that the own host did not send; they count in no loss."""
    count = sum(often for _, _, often, _ in snapshot.refused)
    if count < REFUSED_MIN:
        return []
    word, reason, _, last_us = max(snapshot.refused, key=lambda entry: entry[2])
    cause = CAUSES.get(word, "the system reports an error")
    if reason.isdecimal():
        cause = f"{strerror(int(reason)).lower()} (errno {int(reason)})"
    news = snapshot.time_us - last_us < REFUSED_NEWS_US
    sent = sum(hop.sent for hop in snapshot.hops)
    verdict = Verdict(
        "L12",
        "warning" if news else "note",
        0,
        0,
        "Probes not sent by this host",
        figures=f"{wording.count(count)} of {wording.count(count + sent)}: {cause}",
        reasons=("They count in no loss. The cause is on this host or its link, not on the path.",),
        numbers=(("refused", count), ("sent", sent), ("cause", word), ("errno", reason)),
    )
    lead = "This host does not send all probes:"
    return [Finding(Rank.LOCAL, verdict, ((lead, f"{cause}."), (lead, f"{count} refused.")) if news else ())]


def about_reach(evidence: Evidence, owner: Owner) -> list[Finding]:
    """Whether and why the target is not reached."""
    snapshot = evidence.snapshot
    lasting = next((outage for outage in evidence.outages if outage.lasting), None)
    last = evidence.end
    if last is None:
        return [_nothing(snapshot)] if _tried(snapshot) else []
    if last.error:
        return [_refused(last, owner)]
    if snapshot.reached or lasting is not None:
        return [_broken(evidence, lasting.first, lasting.rounds)] if lasting is not None else []
    beyond = snapshot.hops[-1]
    if beyond.received or beyond.completed < 10:
        return []
    return [_silent(evidence, last, beyond)]


def _tried(snapshot: Snapshot) -> bool:
    return snapshot.rounds >= 5


def _nothing(snapshot: Snapshot) -> Finding:
    protocol = snapshot.settings.protocol
    verdict = Verdict(
        "L9",
        "fault",
        0,
        0,
        "No hop answers",
        figures=f"{snapshot.rounds} rounds of {protocol} without any answer",
        reasons=("A local firewall, no route, or a network that drops these probes.",),
        settle="Another protocol may get through.",
        numbers=(("rounds", snapshot.rounds),),
    )
    return Finding(Rank.UNREACHED, verdict, (("No hop has answered.", "A local firewall, or no route?"),))


def _refused(hop: Hop, owner: Owner) -> Finding:
    responder = hop.responders[hop.latest]
    kind = next(
        ((word, kind, code) for word, kind, code, _ in reversed(responder.kinds) if word == hop.error),
        (hop.error, None, None),
    )
    code = (kind[1] or 0, kind[2] or 0) if kind[1] is not None else None
    meaning = MEANINGS.get(code, "") if code else ""
    says = meaning or "reports that there is no way on"
    prohibited = code in PROHIBITED
    network = owner(responder.address)
    by = f" ({network})" if network else ""
    reasons: tuple[str, ...] = ("The packets get as far as this router, which refuses them.",)
    if network:
        reasons = (*reasons, f"Network: {network}.")
    verdict = Verdict(
        "P7",
        "fault",
        hop.ttl,
        hop.ttl,
        "Prohibited by a router" if prohibited else "Unreachable",
        figures=f"{responder.address} {says}",
        reasons=reasons,
        numbers=(("icmp_type", kind[1] or 0), ("icmp_code", kind[2] or 0)),
    )
    lead = "The target is not reached:"
    return Finding(
        Rank.UNREACHED,
        verdict,
        (
            (lead, f"hop {hop.ttl}, {responder.address}{by}, {says}."),
            (lead, f"hop {hop.ttl}, {responder.address}, {says}."),
            (lead, f"hop {hop.ttl} {says}."),
            ("Not reached:", f"hop {hop.ttl} {says}."),
        ),
    )


def _broken(evidence: Evidence, first: int, rounds: int) -> Finding:
    """The target answered before and does not any more."""
    snapshot = evidence.snapshot
    alive = [
        hop.ttl
        for hop in snapshot.hops
        if evidence.end is not None
        and hop.ttl < evidence.end.ttl
        and any(value >= 0 for value in hop.rtts_us[first + 1 :].tolist())
    ]
    length = wording.duration(rounds * snapshot.settings.interval_us / 1e6)
    after = max(alive, default=0)
    where = f"the path ends after hop {after}" if after else "no hop answers any more"
    verdict = Verdict(
        "L9",
        "fault",
        after,
        after,
        "Broken since " + length,
        figures=f"{rounds} rounds in a row lost; {where}",
        reasons=(
            "It worked before.",
            *((f"Hops up to {after} still answer; it may be the way back from behind them.",) if after else ()),
        ),
        numbers=(("rounds", rounds), ("after_ttl", after)),
    )
    return Finding(
        Rank.UNREACHED,
        verdict,
        (
            ("The target has stopped answering:", f"{length} ago; {where}."),
            ("Target lost:", f"{length} ago; {where}."),
        ),
    )


def _silent(evidence: Evidence, last: Hop, beyond: Hop) -> Finding:
    snapshot = evidence.snapshot
    protocol = snapshot.settings.protocol
    plan = other_protocols(snapshot.settings, beyond.ttl)
    tried = latest(evidence, "L8", beyond.ttl)
    if tried is not None:
        return _tried_others(tried, last, beyond, protocol)
    lossy = [row for row in evidence.rows if row.ttl <= last.ttl and row.judged and row.lost]
    fine = "path is fine" if not lossy else "path answers"
    verdict = Verdict(
        "L8",
        "fault",
        beyond.ttl,
        beyond.ttl,
        "Target silent",
        figures=f"0 of {wording.count(beyond.completed)} answered; hop {last.ttl} answers",
        reasons=(f"Either its firewall drops {protocol}, or it is down. {protocol} alone cannot tell.",),
        settle=in_words(plan),
        check=plan,
        numbers=(("completed", beyond.completed), ("last_ttl", last.ttl)),
    )
    lead = f"The target does not answer {protocol};"
    return Finding(
        Rank.UNREACHED,
        verdict,
        (
            (lead, f"{fine} up to hop {last.ttl}."),
            ("No answer", f"to {protocol}; {fine} up to hop {last.ttl}."),
        ),
    )


def _tried_others(tried: Check, last: Hop, beyond: Hop, protocol: str) -> Finding:
    """L8 settled by a check: the host is up, or something prohibits it, or the path ends (L9)."""
    counts = tried.text.partition(": ")[2]
    probes = sum(result.completed for result in tried.results)
    numbers: Numbers = (("completed", beyond.completed), ("last_ttl", last.ttl), ("other_probes", probes))
    up = [result for result in tried.results if result.from_target]
    if up:
        names = " and ".join(result.name for result in up)
        # Another one that was sent, and is unanswered, may be filtered too.
        only = "only " if all(result.from_target or not result.sent for result in tried.results) else ""
        verdict = Verdict(
            "L8",
            "note",
            beyond.ttl,
            beyond.ttl,
            f"{protocol} is filtered, the host is up",
            figures=f"it answers {names}",
            reasons=(f"Other protocols were tried: {counts}.",),
            numbers=(*numbers, ("answered", names)),
        )
        lead = "The target is up:"
        answers = ((lead, f"it answers {names}; {only}{protocol} is filtered."), (lead, f"it answers {up[0].name}."))
        return Finding(Rank.UNREACHED, verdict, answers)
    refused = next((result for result in tried.results if result.refusal is not None), None)
    if refused is not None and refused.refusal is not None:
        address, icmp_type, icmp_code = refused.refusal
        says = MEANINGS.get((icmp_type or 0, icmp_code or 0), "reports that there is no way on")
        verdict = Verdict(
            "L8",
            "fault",
            beyond.ttl,
            beyond.ttl,
            "Refused on the way",
            figures=f"to {refused.name}, {address} {says}",
            reasons=(f"Other protocols were tried: {counts}.",),
            numbers=numbers,
        )
        lead = "The target is not reached:"
        return Finding(Rank.UNREACHED, verdict, ((lead, f"{address} {says}."), (lead, "a router refuses it.")))
    verdict = Verdict(
        "L9",
        "fault",
        last.ttl,
        beyond.ttl,
        f"The path ends after hop {last.ttl}",
        figures=f"no protocol gets an answer from behind it: {counts}",
        reasons=("The target is down, or everything to it is dropped behind that hop.",),
        numbers=numbers,
    )
    lead = f"The path ends after hop {last.ttl}:"
    return Finding(Rank.UNREACHED, verdict, ((lead, f"no protocol gets an answer ({probes} probes)."), (lead, "")))


def recently_lost(hop: Hop, rounds: int) -> bool:
    """Whether the latest known rounds of a hop were all lost."""
    known = [value for value in hop.rtts_us[-rounds:].tolist() if value >= UNANSWERED]
    return len(known) == rounds and max(known) == UNANSWERED


def place(first_ttl: int, last_ttl: int) -> str:
    """``hop 4`` or ``hops 4-6``."""
    return f"hop{'' if first_ttl == last_ttl else 's'} {span(first_ttl, last_ttl)}"
