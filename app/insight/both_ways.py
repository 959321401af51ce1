"""Two hosts traced from each other, and packets counted one way between them: in which direction loss is, and where.

Round trips do not tell a direction, from whichever end they start. The one-way count does, where it carries it:

1. A direction loses if it has lost at least LOST_MIN packets, and more than NEGLIGIBLE of them explains (binomial tail,
   at LEVEL).
2. Loss is of one direction alone if that one loses, the other does not, and Fisher's exact test says that it loses more
   (at MORE_LEVEL). If both lose it is of both. Else the direction is open.
3. What was in flight while foreign packets flooded the count is in no figure, and names no direction.
4. Where nothing has ever arrived in a direction, no direction is named at all: something blocks these packets, and what
   else it does is not known.

The place is that of the trace which leaves in the direction that loses, and only where the other direction does not:
its probes travel that way, and their replies the way that loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..path.one_way import BLOCKED_FROM
from ..protocols import PROTOCOLS
from ..statistics.exact_tests import binomial_tail, fisher_greater, proportion_interval
from . import rules, wording
from .answer import Status
from .lanes.facts import LOSS, OPEN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from ..path.one_way import OneWay
    from ..path.snapshot import Hop, Snapshot
    from ..trace.events import WayCount
    from .answer import Numbers
    from .assessment import Assessment, Verdict
    from .evidence.network import Owner, Shown
    from .place import Place
    from .rules import Rule, Severity

    Traced = tuple[Snapshot, Assessment]
    Lossy = Literal["", "forward", "return", "both"]

LEVEL = 0.005
# Of one look of many: where both directions lose alike, one alone is named in less than 0.5 % of counts looked at 60
# times.
MORE_LEVEL = 0.001
NEGLIGIBLE = 0.001
LOST_MIN = 3
BAD_SHARE = 0.01
BETWEEN = "between "  # how a network begins that is a pair of them
NAMES = {"forward": "forward path", "return": "return path"}


@dataclass(frozen=True, slots=True)
class BothAnswer:
    """What the two traces and the one-way count say together."""

    rule: Rule  # that it rests on
    severity: Severity  # one of the rule's
    direction: Lossy  # the direction that loses; empty: the count names none
    lead: str  # what is lost and in which direction, a sentence
    rest: str = ""  # where, or what stands against it, sentences; empty: nothing more
    place: Place | None = None  # of the trace that leaves in that direction; None: not known, or both lose
    network: str = ""  # the network that the place lies in, or "A and B" where it is between two; empty: not known
    numbers: Numbers = ()  # the figures by name, as JSON carries them


def pair_of(snapshots: Sequence[Snapshot]) -> tuple[Snapshot, Snapshot] | None:
    """The trace from here and the one back; None: these are not such."""
    by_direction = {one.target.direction: one for one in snapshots}
    forward, back = by_direction.get("forward"), by_direction.get("return")
    return (forward, back) if forward is not None and back is not None else None


def about_both(
    forward: Traced, back: Traced, owner: Owner | None = None, shown: Shown | None = None
) -> BothAnswer | None:
    """What the traces from here (``forward``) and from there say together; None: nothing is counted one way."""
    count = forward[0].one_way
    if count is None:
        return None
    return _Judge(count, forward, back, owner, shown or str).answer()


class _Judge:
    """One judgement."""

    def __init__(self, count: OneWay, forward: Traced, back: Traced, owner: Owner | None, shown: Shown) -> None:
        self._count = count
        self._traces = {"forward": forward, "return": back}
        self._ways = {"forward": count.forward, "return": count.back}
        self._owner = owner
        self._shown = shown

    def answer(self) -> BothAnswer:
        """What is to be said of it."""
        unsaid = self._uncounted()
        if unsaid is not None:
            return unsaid
        ways = self._ways
        losing = [name for name, way in ways.items() if _loses(way)]
        if not losing:
            return self._none_loses()
        if len(losing) == 2:
            lead = f"{_share(ways['forward'])} lost on the forward path and {_share(ways['return'])} on the return path"
            return self._lossy(rules.BOTH_WAYS_LOSS, "both", lead)
        name = losing[0]
        if not _loses_more(ways[name], ways["return" if name == "forward" else "forward"]):
            lead = f"Loss, and too few packets yet to tell the direction (one-way count: {self._figures})."
            return self._made(rules.DIRECTION_OPEN, "warning", lead)
        place, where, network = self._place(name)
        lead = f"{_share(ways[name])} lost on the {NAMES[name]}{where}"
        direction: Lossy = "forward" if name == "forward" else "return"
        return self._lossy(rules.ONE_WAY_LOSS, direction, lead, place, network)

    def _uncounted(self) -> BothAnswer | None:
        """Why the count tells nothing, or not yet; None: it does."""
        if self._count.forward_blocked or self._count.back_blocked:
            return self._blocked()
        if all(way.sent >= BLOCKED_FROM for way in self._ways.values()):
            return None
        if self._count.reason:
            return self._made(rules.ONE_WAY_NOT_COUNTED, "note", f"Nothing is counted one way: {self._count.reason}.")
        return self._made(rules.ONE_WAY_EARLY, "", f"Counting one way: {self._figures} lost.")

    @property
    def _figures(self) -> str:
        return ", ".join(f"{name} {wording.of(way.lost, way.sent)}" for name, way in self._ways.items())

    def _lossy(
        self, rule: Rule, direction: Lossy, lead: str, place: Place | None = None, network: str = ""
    ) -> BothAnswer:
        share = max(way.lost / way.sent for way in self._ways.values())
        rest = [self._begins(direction, place)] if direction in self._traces else []
        return self._made(
            rule,
            "fault" if share >= BAD_SHARE else "warning",
            f"{lead} (one-way count: {self._figures}).",
            " ".join(filter(None, [*rest, self._less_in_traces()])),
            direction=direction,
            place=place,
            network=network,
        )

    def _blocked(self) -> BothAnswer:
        blocked = [
            name
            for name, holds in (("forward", self._count.forward_blocked), ("return", self._count.back_blocked))
            if holds
        ]
        loses = any(_found(trace) is not None for trace in self._traces.values())
        through = "do not come through" if len(blocked) == 2 else f"do not come through on the {NAMES[blocked[0]]}"
        lead = f"Packets of the one-way count {through}: it cannot tell the direction of loss."
        return self._made(rules.ONE_WAY_BLOCKED, "warning" if loses else "note", lead)

    def _none_loses(self) -> BothAnswer:
        ways = self._ways
        lost, sent = (sum(figures) for figures in zip(*((way.lost, way.sent) for way in ways.values()), strict=True))
        lossy = [
            name for name in ways if _found(self._traces[name]) is not None and self._end(name).loses_more(lost, sent)
        ]
        counted = f"(one-way count: {self._figures})"
        if not lossy:
            lead = f"No loss one way {counted}." if not lost else f"Hardly any loss one way {counted}."
            return self._made(rules.NO_ONE_WAY_LOSS, "fine", lead)
        end = self._end(lossy[0])
        lead = f"The {end.protocol} probes are lost, and packets counted one way are not {counted}."
        return self._made(
            rules.NOT_LOST_ONE_WAY, "note", lead, "Replies may be rate-limited, or the loss meets other packets alone."
        )

    def _less_in_traces(self) -> str:
        """That the traces lose less than the count, which is then of its own packets; empty: they do not."""
        kept = 1.0
        for way in self._ways.values():
            kept *= 1 - way.lost / way.sent
        sent = min(way.sent for way in self._ways.values())
        lost = round((1 - kept) * sent)
        ends = [self._end(name) for name in self._ways]
        if not all(end.completed and fisher_greater(lost, sent, end.lost, end.completed) <= LEVEL for end in ends):
            return ""
        return f"The {ends[0].protocol} probes lose less: it is loss of UDP, or of these ports."

    def _end(self, name: str) -> _End:
        return _End(self._traces[name][0])

    def _place(self, name: str) -> tuple[Place | None, str, str]:
        """Where the trace that leaves in a direction begins to lose, in words after the direction, and the network."""
        snapshot, _ = self._traces[name]
        found = _verdict(self._traces[name])
        place = found.place if found is not None else None
        if found is None or place is None:
            return None, "", ""
        near, far = (_address(snapshot, ttl) for ttl in (place.first_ttl, place.last_ttl))
        if near is None or far is None:
            return place, "", ""
        if self._owner is None:  # the trace's own judgement knows it
            between = found.network.startswith(BETWEEN)
            network = found.network.removeprefix(BETWEEN)
        else:
            first, last = self._owner(near), self._owner(far)
            between, network = first != last, f"{first} and {last}" if first != last else first or ""
            network = network if first and last else ""
        if not network:
            return place, "", ""
        return place, f", {BETWEEN if between else 'within '}{network}", network

    def _begins(self, direction: str, place: Place | None) -> str:
        """A sentence on where the trace of a direction begins to lose; empty: it does not say."""
        snapshot, _ = self._traces[direction]
        if place is None:
            return ""
        whose = "from here" if direction == "forward" else f"from {snapshot.target.vantage}"
        near, far = (_address(snapshot, ttl) for ttl in (place.first_ttl, place.last_ttl))
        if far is None:
            return ""
        if place.last_ttl - place.first_ttl == 1:
            return f"The trace {whose} loses from {self._shown(far)} on."
        if near is None:
            return f"The trace {whose} begins to lose at {self._shown(far)} or before."
        return f"The trace {whose} begins to lose between {self._shown(near)} and {self._shown(far)}."

    def _made(
        self,
        rule: Rule,
        severity: Severity,
        lead: str,
        rest: str = "",
        *,
        direction: Lossy = "",
        place: Place | None = None,
        network: str = "",
    ) -> BothAnswer:
        numbers: list[tuple[str, float | int | str]] = []
        for name, way in self._ways.items():
            low, high = proportion_interval(way.lost, way.sent)
            numbers += [(f"{name}_sent", way.sent), (f"{name}_lost", way.lost), (f"{name}_late", way.late)]
            numbers += [(f"{name}_low", low), (f"{name}_high", high)]
            numbers.append((f"{name}_foreign", way.foreign))
        told = " ".join(filter(None, (rest, self._disturbed())))
        return BothAnswer(rule, severity, direction, lead, told, place, network, tuple(numbers))

    def _disturbed(self) -> str:
        """That packets of others came in the way, and what of it; empty: none did."""
        foreign = [
            f"{wording.plural(way.foreign, 'foreign packet')} on the {NAMES[name]}"
            for name, way in self._ways.items()
            if way.foreign
        ]
        if not foreign:
            return ""
        return f"The count is disturbed: {' and '.join(foreign)}; what was in flight with them is not counted."


class _End:
    """What a trace loses at its target."""

    def __init__(self, snapshot: Snapshot) -> None:
        hop = _end_hop(snapshot)
        self.completed = hop.completed if hop is not None else 0
        self.lost = hop.dropped if hop is not None else 0
        self.protocol = PROTOCOLS[snapshot.settings.protocol].title

    def loses_more(self, lost: int, sent: int) -> bool:
        """Than so many of so many packets."""
        return fisher_greater(self.lost, self.completed, lost, sent) <= LEVEL


def _end_hop(snapshot: Snapshot) -> Hop | None:
    address = snapshot.target.address
    return next((hop for hop in snapshot.hops if any(one.address == address for one in hop.responders)), None)


def _found(trace: Traced) -> Place | None:
    """Where a trace's own answer says that it loses; None: it says no such thing."""
    found = _verdict(trace)
    return found.place if found is not None else None


def _verdict(trace: Traced) -> Verdict | None:
    """The verdict on loss that a trace's own answer rests on; None: it rests on something else."""
    _, judged = trace
    rule = judged.answer.rules[0] if judged.answer.rules else None
    if rule not in LOSS | OPEN or (rule in LOSS and judged.answer.status is not Status.CONFIRMED):
        return None
    return next((one for one in judged.verdicts if one.rule is rule), None)


def _address(snapshot: Snapshot, ttl: int) -> str | None:
    return next((hop.address for hop in snapshot.hops if hop.ttl == ttl), None) if ttl else None


def _loses(way: WayCount) -> bool:
    return way.lost >= LOST_MIN and binomial_tail(way.lost, way.sent, NEGLIGIBLE) <= LEVEL


def _loses_more(one: WayCount, other: WayCount) -> bool:
    return fisher_greater(one.lost, one.sent, other.lost, other.sent) <= MORE_LEVEL


def _share(way: WayCount) -> str:
    share = way.lost / way.sent
    return f"{100 * share:.0f} %" if share >= BAD_SHARE else f"{wording.percent(share)} %"
