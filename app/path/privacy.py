"""Hide the near end of a path, for sharing: addresses, names and AS of the first hops, and the local host.

Whoever shows or writes a trace passes it through here first; names and origins of what is hidden are then neither
asked for nor shown, because there is no address left to ask about. Each hidden address has an alias of its own, so
that what depends on telling addresses apart (load balancing, loops, changes) stays true. A target is hidden until it
is known to lie beyond the hidden hops. So is whoever reports an unreachable: any router up to the probe's TTL may have
sent that, so it shows only once its address has told, at a hop that is not hidden, of a TTL that expired there.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from ...probe import wire
from ...probe.interface import NEXT_HOP, Interface
from ..sanitize import sanitize
from ..trace.events import (
    CheckChanged,
    OneWayCounted,
    ProbeAnswered,
    ProbeDuplicated,
    ProbeFailed,
    SourceChanged,
    StateChanged,
)
from .hiding import HIDDEN, hide_check, hide_interfaces, hide_path_mtu, hide_snapshot, hide_target, hider
from .placement import NOWHERE, Placement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from ..sanitize import Text
    from ..settings import Target
    from ..trace.checks import Check
    from ..trace.events import Event
    from ..trace.mtu.path_mtu import PathMtu
    from .snapshot import Hop, Snapshot

PLACED = frozenset((wire.REPLY, wire.TTL_EXPIRED))  # words of answers that say where on the path they come from
# Of duplicates that are no unreachables, by IP version and ICMP type (RFC 792, RFC 4443).
DUPLICATE_WORDS: dict[int, dict[int | None, str]] = {
    4: {0: wire.REPLY, 11: wire.TTL_EXPIRED},
    6: {129: wire.REPLY, 3: wire.TTL_EXPIRED},
}
HIDDEN_TARGET = "hidden-target"
DEFAULT_HOPS = 3  # what the screen's key hides where no number was given: home, access, provider's edge


class _Kept(NamedTuple):
    """A trace and how it was shown, with how much was hidden and known then."""

    hops: int
    learned: int
    trace: Snapshot
    shown: Snapshot


class Privacy:
    """Hides the first ``hops`` hops; 0 hides nothing. ``hops`` may be changed at any time.

    What was seen at a hidden hop is hidden wherever it shows: at other hops, of other targets, in the log of events.
    """

    def __init__(self, hops: int = 0) -> None:
        self.hops = hops
        self._wanted = hops or DEFAULT_HOPS
        self._nearest: dict[str, int] = {}  # address: the lowest TTL at which it was seen
        self._expired: set[str] = set()  # addresses that said that a TTL had expired: they are at the hop of that TTL
        self._reporters: set[str] = set()  # addresses that reported an unreachable: they may be nearer than its TTL
        self._aliases: dict[str, Text] = {}
        self._given: set[str] = {HIDDEN}
        self._numbers = count(1)
        self._target_numbers = count(1)
        self._placements: dict[Target, Placement] = {}  # by what events tell
        self._learned = 0  # rises with what is known of addresses
        self._kept: dict[Target, _Kept] = {}

    @property
    def version(self) -> tuple[int, int]:
        """Differs whenever something else may be hidden than before."""
        return self.hops, self._learned

    def toggle(self) -> None:
        """Hide nothing, or again as many hops as before."""
        self._wanted, self.hops = self.hops or self._wanted, 0 if self.hops else self._wanted

    def local_host(self, name: Text) -> Text:
        """The local host's name or address, as it may be shown."""
        return HIDDEN if self.hops else name

    def snapshots(self, snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
        """Traces as they may be shown; the same objects as before where nothing changed."""
        hops = self.hops
        if not hops:
            return tuple(snapshots)
        for snapshot in snapshots:
            kept = self._kept.get(snapshot.target)
            if kept is None or kept.hops != hops or kept.trace is not snapshot:
                self._learn(snapshot, hops)
        return tuple(self._hidden(snapshot, hops) for snapshot in snapshots)

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """A trace as it may be shown."""
        return self.snapshots((snapshot,))[0]

    def _hidden(self, snapshot: Snapshot, hops: int) -> Snapshot:
        kept = self._kept.get(snapshot.target)
        if kept is not None and (kept.hops, kept.learned) == (hops, self._learned) and kept.trace is snapshot:
            return kept.shown
        learned = self._learned
        shown = hide_snapshot(snapshot, hops, self._secret(snapshot.target, Placement.of(snapshot)))
        self._kept[snapshot.target] = _Kept(hops, learned, snapshot, shown)
        return shown

    def target(self, target: Target) -> Target:
        """A target before anything is known of the path to it: hidden, whenever something is."""
        return hide_target(target, self._secret(target, Placement(target.address))) if self.hops else target

    def event(self, target: Target, event: Event) -> Event:
        """An event of a target's trace as it may be shown; they are to be handed in in their order."""
        if not self.hops:
            return event
        placement = self._placements.get(target)
        if placement is None:
            placement = self._placements[target] = Placement(target.address)
        placement.event(event)
        if isinstance(event, ProbeAnswered | ProbeDuplicated):
            return self._answer(target, event, placement)
        if isinstance(event, StateChanged | ProbeFailed | OneWayCounted) and event.reason:
            return replace(event, reason=hider(self._secret(target, placement))(event.reason))
        if isinstance(event, SourceChanged):
            self._see_own(event.old, event.new)
            return event._replace(old=HIDDEN, new=HIDDEN)
        if isinstance(event, CheckChanged):
            self._see_checks(target, event.check)
            return replace(event, check=hide_check(event.check, self._secret(target, placement)))
        return event

    def _answer(
        self, target: Target, event: ProbeAnswered | ProbeDuplicated, placement: Placement
    ) -> ProbeAnswered | ProbeDuplicated:
        """An answer as it may be shown: what a hidden address says of its interfaces is left out."""
        told = event.interfaces if isinstance(event, ProbeAnswered) else ()
        if isinstance(event, ProbeAnswered):
            word = event.word
        else:
            word = DUPLICATE_WORDS[target.version].get(event.icmp_type, wire.NO_ROUTE)
        self._answered(event.address, _nearness(target, event.ttl), {word}, told, target)
        if event.address == target.address:
            unplaced = not placement.is_beyond(self.hops)
        else:
            unplaced = word == wire.REPLY and placement.router_ttl < self.hops
        if unplaced or self.hides(event.address):
            event = event._replace(address=self._alias(event.address, is_target=event.address == target.address))
            told = ()
        if isinstance(event, ProbeAnswered) and event.interfaces:
            told = hide_interfaces(told, self._secret(target, placement))
            return event._replace(interfaces=told)
        return event

    def hides(self, address: str) -> bool:
        """Whether an address was seen at a hidden hop, or may be of one."""
        if address in self._reporters and address not in self._expired:
            return self.hops > 0
        return 0 < self.hops >= self._nearest.get(address, NOWHERE)

    def path_mtu(self, found: PathMtu, target: Target) -> PathMtu:
        """What was found of a target, which is ``target`` as it may be shown."""
        if not self.hops:
            return found
        self._see_path_mtu(found)
        return hide_path_mtu(found, target, {**self._secret_hops(), found.target.address: sanitize(target.address)})

    def _secret(self, target: Target, placement: Placement) -> dict[str, Text]:
        """The addresses to hide in a target's trace, and their aliases."""
        secret = {}
        if self.hides(target.address) or not placement.is_beyond(self.hops):
            secret[target.address] = self._alias(target.address, is_target=True)
        if target.vantage:
            secret[target.vantage] = self._alias(target.vantage)
        return secret | self._secret_hops()

    def _secret_hops(self) -> dict[str, Text]:
        """The addresses that were seen at hidden hops, or may be of them, and their aliases."""
        return {address: self._alias(address) for address in self._nearest.copy() if self.hides(address)}

    def _alias(self, address: str, *, is_target: bool = False) -> Text:
        if address in self._given:
            return sanitize(address)
        alias = self._aliases.get(address)
        if alias is None:
            kind, numbers = (HIDDEN_TARGET, self._target_numbers) if is_target else (HIDDEN, self._numbers)
            number = next(numbers)
            made = sanitize(kind if is_target and number == 1 else f"{kind}-{number}")
            self._given.add(made)  # first, so that nobody takes it for an address
            alias = self._aliases.setdefault(address, made)
        return alias

    def _answered(
        self, address: str, ttl: int, words: AbstractSet[str], told: Iterable[Interface], target: Target
    ) -> None:
        """Learn from an address's answers at a TTL, by their words, and from what it told of its interfaces."""
        if wire.TTL_EXPIRED in words and address not in self._expired:
            self._expired.add(address)
            self._learned += 1
        elif address != target.address and words and words.isdisjoint(PLACED):
            self._report(address)
        self._see(address, ttl)
        for one in told:
            if one.address:
                self._see(one.address, ttl + (one.role == NEXT_HOP))

    def _report(self, address: str) -> None:
        """Learn that an address reports an unreachable."""
        if address not in self._reporters and address not in self._given:
            self._reporters.add(address)
            self._learned += 1

    def _see(self, address: str, ttl: int) -> None:
        """Keep the lowest TTL at which an address was seen; an alias of ours is no address."""
        if address and address not in self._given and ttl < self._nearest.get(address, NOWHERE):
            self._nearest[address] = ttl
            self._learned += 1

    def _see_checks(self, target: Target, *checks: Check) -> None:
        for check in checks:
            for result in check.results:
                if result.refusal is not None:
                    self._answered(result.refusal[0], NOWHERE - 1, {wire.NO_ROUTE}, (), target)
            if check.mtu is not None:
                self._see_path_mtu(check.mtu)

    def _see_path_mtu(self, found: PathMtu) -> None:
        """A router may report a packet too big from an address that answers nothing else."""
        for hop in found.hops:
            if hop.address is not None:
                self._see(hop.address, hop.ttl)
        for fall in found.falls:
            if fall.reporter:
                self._see(fall.reporter, max(fall.after_ttl, 1))

    def _learn(self, snapshot: Snapshot, hops: int) -> None:
        for hop in snapshot.hops:
            self._learn_hop(hop, snapshot.target)
        target = snapshot.target
        for epoch in snapshot.epochs:
            for left in epoch.hops:
                for address, _ in left.addresses:
                    self._see(address, _nearness(target, left.ttl))
        for entry in snapshot.log_entries:
            whole = target.direction == "return"
            if entry.first_ttl and (whole or entry.first_ttl <= hops):
                for addresses in (entry.old, entry.new):
                    near = addresses if whole else addresses[: hops - entry.first_ttl + 1]
                    for ttl, address in enumerate(near, entry.first_ttl):
                        self._see(address, _nearness(target, ttl))
            if entry.kind == "source-changed":
                self._see_own(*entry.old, *entry.new)
        self._see_checks(snapshot.target, *snapshot.checks)
        self._see_own(snapshot.local_address, snapshot.settings.local_address)

    def _see_own(self, *addresses: str) -> None:
        """Addresses of the host that probes, but for empty ones."""
        for address in addresses:
            if address:
                self._aliases[address] = HIDDEN
                self._see(address, 0)

    def _learn_hop(self, hop: Hop, target: Target) -> None:
        for one in hop.responders:
            ttl = _nearness(target, hop.ttl)
            self._answered(one.address, ttl, {kind[0] for kind in one.kinds}, one.interfaces, target)
        for report in hop.unreachables:
            self._answered(report.address, _nearness(target, hop.ttl), {report.word}, (), target)


def _nearness(target: Target, ttl: int) -> int:
    """How far from this host what answers at a TTL may be: a trace back to this host comes ever nearer to it."""
    return 0 if target.direction == "return" else ttl
