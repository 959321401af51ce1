"""What one lane's trace carries: where it loses, how often, how long its answers take, and over which routers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...path.snapshot import UNANSWERED
from ...protocols import PROTOCOLS
from .. import rules
from ..answer import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Hop, Snapshot
    from ..assessment import Assessment, Verdict
    from ..rules import Rule, Severity

# Loss, what a trace alone cannot tell from a limit of the target's or the last hop's replies, and such limits.
LOSS = frozenset({rules.PATH_LOSS, rules.LOCAL_LOSS, rules.LAST_LINK_LOSS})
OPEN = frozenset({rules.TARGET_LOSS_OR_LIMIT, rules.LAST_HOP_LOSS_OR_LIMIT})
LIMITS = frozenset({rules.TARGET_REPLY_LIMIT, rules.TARGET_REPLY_LIMIT_CONFIRMED})
HERE = "local"  # what the place of traces from this host is called beside others
RTTS_MAX = 100  # of so many rounds times are compared: of now


@dataclass(frozen=True, slots=True)
class Range:
    """Where a lane loses: the hops of its own path."""

    near_ttl: int  # the last hop that is surely before the loss; 0: the host that probes
    far_ttl: int  # the first hop that surely loses
    share: float  # that is lost there, 0 to 1
    perhaps_limits: bool  # it may be a limit of replies


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One trace among those of a target."""

    name: str  # what sets it apart from the others, for sentences: "fra", "TCP 443", "fra by IPv6"
    vantage: str  # where it is traced from
    protocol: str  # by its name
    title: str  # of the protocol, with the port where that was named
    version: int  # of IP
    severity: Severity  # of its own answer
    ranges: tuple[Range, ...]  # where it loses by its own answer, the nearest first; empty: it does not, or not surely
    lasting_us: int  # for how long it has been as it is now; 0: it is not known
    end: Hop | None  # the target's hop; None: the target has not answered
    reached: bool  # the target answers
    unreached: bool  # the target does not, by the lane's own answer
    last: Hop | None  # the last hop that answers; None: none does
    ttls: dict[str, int]  # of each address on the path, the first
    bases_us: dict[int, int]  # by hop the best RTT of it and all later ones: what gets that far takes no longer
    rtts_us: tuple[int, ...]  # the latest RTTs of the target
    interval_us: int  # from one round to the next

    def counted(self, within_us: int) -> tuple[int, int]:
        """How many probes to the target were lost, and how many have a fate, in the last so many microseconds."""
        if self.end is None:
            return 0, 0
        rounds = len(self.end.rtts_us) if not within_us else max(1, within_us // self.interval_us)
        values = self.end.rtts_us[-rounds:]
        lost = sum(value == UNANSWERED for value in values)
        return lost, lost + sum(value >= 0 for value in values)

    def crosses(self, limits: Range) -> list[str]:
        """The addresses of its path that lie in a range, the nearest first."""
        return [address for address, ttl in self.ttls.items() if limits.near_ttl < ttl <= limits.far_ttl]

    def at_target(self, limits: Range) -> bool:
        """Whether what begins in a range begins at the target alone, as far as is known."""
        return self.end is not None and limits.far_ttl == self.end.ttl and self._is_last(limits.near_ttl)

    def _is_last(self, ttl: int) -> bool:
        """Whether no hop between this one and the target answers."""
        assert self.end is not None
        return all(not ttl < other < self.end.ttl for other in self.ttls.values())


def lanes_of(traces: Sequence[tuple[Snapshot, Assessment]]) -> list[Lane]:
    """The lanes, named by what sets them apart."""
    places = [str(snapshot.target.vantage) or HERE for snapshot, _ in traces]
    kinds = [_kind(snapshot) for snapshot, _ in traces]
    by_place, by_kind = len(set(places)) > 1, len(set(kinds)) > 1
    often = Counter(places)
    made = []
    for (snapshot, judged), where, kind in zip(traces, places, kinds, strict=True):
        name = where if not by_kind else kind if not by_place else f"{where} by {kind}" if often[where] > 1 else where
        made.append(_lane(snapshot, judged, name, where))
    return made


def _kind(snapshot: Snapshot) -> str:
    """By what it is traced, in words; without a lane of its own by the protocol."""
    kind = snapshot.target.kind
    return kind.words if kind is not None else PROTOCOLS[snapshot.settings.protocol].title


def _lane(snapshot: Snapshot, judged: Assessment, name: str, where: str) -> Lane:
    target, kind = snapshot.target, snapshot.target.kind
    end = next((hop for hop in snapshot.hops if any(one.address == target.address for one in hop.responders)), None)
    found = next((one for one in judged.verdicts if _is_loss(one)), None)
    leading = judged.answer.rules[0] if judged.answer.rules else None
    ttls: dict[str, int] = {}
    for hop in snapshot.hops:
        for one in hop.responders:
            ttls.setdefault(one.address, hop.ttl)
    return Lane(
        name=name,
        vantage=where,
        protocol=snapshot.settings.protocol,
        title=PROTOCOLS[snapshot.settings.protocol].title + (f" {kind.port}" if kind is not None and kind.port else ""),
        version=target.version,
        severity=judged.severity,
        ranges=_ranges(found) if found is not None else (),
        lasting_us=_lasting_us(snapshot, found),
        end=end,
        reached=snapshot.reached and end is not None,
        unreached=leading is not None and leading.cuts_off and end is None,
        last=next((hop for hop in reversed(snapshot.hops) if hop.received), None),
        ttls=ttls,
        bases_us=_bases_us(snapshot),
        rtts_us=_latest_us(snapshot, end),
        interval_us=snapshot.settings.interval_us,
    )


def _is_loss(verdict: Verdict) -> bool:
    """Whether it says surely that probes stay unanswered, be it by loss or by a limit at the end of the path."""
    rule: Rule = verdict.rule
    return rule in OPEN or rule in LIMITS or (rule in LOSS and verdict.status is Status.CONFIRMED)


def _ranges(found: Verdict) -> tuple[Range, ...]:
    numbers = dict(found.numbers)
    share = float(numbers.get("share") or 0.0)
    perhaps = found.rule not in LOSS
    if found.place is None:
        return ()
    near_ttl = found.place.first_ttl - (found.rule in LIMITS)
    first = Range(near_ttl, found.place.last_ttl, float(numbers.get("first_share") or share), perhaps)
    if found.further is None:
        return (first,)
    limits = perhaps or numbers.get("further_perhaps_limits") == "yes"
    further = Range(
        found.further.first_ttl, found.further.last_ttl, float(numbers.get("further_share") or share), limits
    )
    return first, further


def _lasting_us(snapshot: Snapshot, found: Verdict | None) -> int:
    """For how long the loss, or else the present path, has been there."""
    if found is not None and found.since_us is not None:
        return max(0, snapshot.time_us - found.since_us)
    rounds = snapshot.last_round - snapshot.path_round + 1
    return max(0, rounds) * snapshot.settings.interval_us


def _bases_us(snapshot: Snapshot) -> dict[int, int]:
    bases: dict[int, int] = {}
    least = None
    for hop in reversed(snapshot.hops):
        if hop.received:
            best = hop.base_us if hop.base_us >= 0 else hop.statistics.best
            least = best if least is None else min(least, best)
            bases[hop.ttl] = least
    return dict(sorted(bases.items()))


def _latest_us(snapshot: Snapshot, end: Hop | None) -> tuple[int, ...]:
    """RTTs of the target on the present path, at the present level."""
    if end is None:
        return ()
    rounds = snapshot.last_round - max(snapshot.path_round, snapshot.level_round) + 1
    return tuple([value for value in end.rtts_us[-min(max(rounds, 1), RTTS_MAX) :] if value >= 0])
