"""Hide the near end of a path, for sharing: addresses, names and AS of the first hops, and the local host.

Whoever shows or writes a trace passes it through here first; names and origins of what is hidden are then neither
asked for nor shown, because there is no address left to ask about. Each hidden address has an alias of its own, so
that what depends on telling addresses apart (load balancing, loops, changes) stays true.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from ..trace.events import ProbeAnswered, ProbeFailed, StateChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..path.snapshot import Epoch, Happening, Hop, Snapshot
    from ..settings import Target
    from ..trace.events import Event

HIDDEN = "hidden"
TTL_BEYOND = 256
DEFAULT_HOPS = 3  # what the screen's key hides where no number was given: home, access, provider's edge


class Privacy:
    """Hides the first ``hops`` hops; 0 hides nothing. ``hops`` may be changed at any time.

    What was seen at a hidden hop is hidden wherever it shows: at other hops, of other targets, in the log of events.
    """

    def __init__(self, hops: int = 0) -> None:
        self.hops = hops
        self._wanted = hops or DEFAULT_HOPS
        self._nearest: dict[str, int] = {}  # address: the lowest TTL at which it was seen
        self._aliases: dict[str, str] = {}
        self._given: set[str] = set()
        self._numbers = count(1)
        self._kept: dict[Target, tuple[int, Snapshot, Snapshot]] = {}

    def toggle(self) -> None:
        """Hide nothing, or again as many hops as before."""
        self._wanted, self.hops = self.hops or self._wanted, 0 if self.hops else self._wanted

    def local_host(self, name: str) -> str:
        """The local host's name or address, as it may be shown."""
        return HIDDEN if self.hops else name

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """The trace as it may be shown; the same object as before where nothing changed."""
        hops = self.hops
        if not hops:
            return snapshot
        kept = self._kept.get(snapshot.target)
        if kept is not None and kept[0] == hops and kept[1] is snapshot:
            return kept[2]
        self._learn(snapshot, hops)
        hidden = _hide(snapshot, hops, self._secret())
        self._kept[snapshot.target] = (hops, snapshot, hidden)
        return hidden

    def event(self, event: Event) -> Event:
        """An event as it may be shown; events are to be handed in in their order."""
        if not self.hops:
            return event
        if isinstance(event, ProbeAnswered):
            near = self._see(event.address, event.ttl) <= self.hops
            return replace(event, address=self._alias(event.address)) if near else event
        if isinstance(event, StateChanged | ProbeFailed) and event.reason:
            return replace(event, reason=_hider(self._secret())(event.reason))
        return event

    def _secret(self) -> dict[str, str]:
        """The addresses to hide, and their aliases."""
        return {address: self._alias(address) for address, ttl in self._nearest.copy().items() if ttl <= self.hops}

    def _alias(self, address: str) -> str:
        alias = self._aliases.get(address)
        if alias is None:
            alias = self._aliases.setdefault(address, f"{HIDDEN}-{next(self._numbers)}")
            self._given.add(alias)
        return alias

    def _see(self, address: str, ttl: int) -> int:
        """The lowest TTL at which an address was seen, this one included; an alias of ours is no address."""
        if address == HIDDEN or address in self._given:
            return TTL_BEYOND
        nearest = self._nearest[address] = min(ttl, self._nearest.get(address, ttl))
        return nearest

    def _learn(self, snapshot: Snapshot, hops: int) -> None:
        for hop in snapshot.hops:
            for responder in hop.responders:
                self._see(responder.address, hop.ttl)
        for epoch in snapshot.epochs:
            for left in epoch.hops:
                for address, _ in left.addresses:
                    self._see(address, left.ttl)
        for happening in snapshot.happenings:
            if 0 < happening.first_ttl <= hops:
                for addresses in (happening.old, happening.new):
                    for ttl, address in enumerate(addresses[: hops - happening.first_ttl + 1], happening.first_ttl):
                        self._see(address, ttl)
        for address in (snapshot.local_address, snapshot.settings.local_address):
            if address:
                self._aliases[address] = HIDDEN
                self._see(address, 0)


def _hide(snapshot: Snapshot, hops: int, secret: Mapping[str, str]) -> Snapshot:
    hide = _hider(secret)
    return replace(
        snapshot,
        target=_target(snapshot.target, secret),
        settings=replace(snapshot.settings, local_address=HIDDEN if snapshot.settings.local_address else ""),
        hops=tuple(_hop(hop, hops, secret) for hop in snapshot.hops),
        happenings=tuple(_happening(one, hide, secret) for one in snapshot.happenings),
        epochs=tuple(_epoch(one, secret) for one in snapshot.epochs),
        local_address=HIDDEN if snapshot.local_address else "",
        note=hide(snapshot.note),
        reason=hide(snapshot.reason),
    )


def _epoch(epoch: Epoch, secret: Mapping[str, str]) -> Epoch:
    hops = (
        replace(hop, addresses=tuple((secret.get(address, address), often) for address, often in hop.addresses))
        for hop in epoch.hops
    )
    return replace(epoch, hops=tuple(hops))


def _hider(secret: Mapping[str, str]) -> Callable[[str], str]:
    """Replaces secret addresses within a text; an address is no part of a longer one."""
    if not secret:
        return str
    any_of = "|".join(re.escape(address) for address in sorted(secret, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.:])(?:{any_of})(?![\w:]|\.\w)")
    return lambda text: pattern.sub(lambda found: secret[found[0]], text) if text else text


def _target(target: Target, secret: Mapping[str, str]) -> Target:
    if target.address in secret:
        return replace(target, name=HIDDEN, address=secret[target.address], others=(), source="")
    return replace(target, source="") if target.source else target


def _hop(hop: Hop, hops: int, secret: Mapping[str, str]) -> Hop:
    if hop.ttl > hops and not any(responder.address in secret for responder in hop.responders):
        return hop
    return replace(
        hop,
        responders=tuple(
            replace(responder, address=secret.get(responder.address, responder.address)) for responder in hop.responders
        ),
    )


def _happening(happening: Happening, hide: Callable[[str], str], secret: Mapping[str, str]) -> Happening:
    return replace(
        happening,
        text=hide(happening.text),
        old=tuple(secret.get(address, address) for address in happening.old),
        new=tuple(secret.get(address, address) for address in happening.new),
    )
