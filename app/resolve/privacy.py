"""Hide the near end of a path, for sharing: addresses, names and AS of the first hops, and the local host.

Whoever shows or writes a trace passes it through here first; names and origins of what is hidden are then neither
asked for nor shown, because there is no address left to ask about.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ..trace.events import ProbeAnswered

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..path.snapshot import Happening, Hop, Snapshot
    from ..settings import Target
    from ..trace.events import Event

HIDDEN = "hidden"
DEFAULT_HOPS = 3  # what the screen's key hides where no number was given: home, access, provider's edge


class Privacy:
    """Hides the first ``hops`` hops; 0 hides nothing. ``hops`` may be changed at any time.

    What was seen at a hidden hop is hidden wherever it shows: at other hops, of other targets, in the log of events.
    """

    def __init__(self, hops: int = 0) -> None:
        self.hops = hops
        self._nearest: dict[str, int] = {}  # address: the lowest TTL at which it was seen
        self._kept: dict[Target, tuple[int, Snapshot, Snapshot]] = {}

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
        secret = {address for address, ttl in self._nearest.items() if ttl <= hops}
        hidden = _hide(snapshot, hops, secret)
        self._kept[snapshot.target] = (hops, snapshot, hidden)
        return hidden

    def event(self, event: Event) -> Event:
        """An event as it may be shown; events are to be handed in in their order."""
        if not self.hops or not isinstance(event, ProbeAnswered):
            return event
        return replace(event, address=HIDDEN) if self._see(event.address, event.ttl) <= self.hops else event

    def _see(self, address: str, ttl: int) -> int:
        """The lowest TTL at which an address was seen, this one included."""
        nearest = self._nearest[address] = min(ttl, self._nearest.get(address, ttl))
        return nearest

    def _learn(self, snapshot: Snapshot, hops: int) -> None:
        for hop in snapshot.hops:
            for responder in hop.responders:
                self._see(responder.address, hop.ttl)
        for happening in snapshot.happenings:
            if 0 < happening.first_ttl <= hops:
                for addresses in (happening.old, happening.new):
                    for ttl, address in enumerate(addresses[: hops - happening.first_ttl + 1], happening.first_ttl):
                        self._see(address, ttl)
        for address in (snapshot.local_address, snapshot.settings.local_address):
            if address:
                self._see(address, 0)


def _hide(snapshot: Snapshot, hops: int, secret: set[str]) -> Snapshot:
    hide = _hider(secret)
    return replace(
        snapshot,
        target=_target(snapshot.target, secret),
        settings=replace(snapshot.settings, local_address=HIDDEN if snapshot.settings.local_address else ""),
        hops=tuple(_hop(hop, hops, secret) for hop in snapshot.hops),
        happenings=tuple(_happening(one, hide, secret) for one in snapshot.happenings),
        local_address=HIDDEN if snapshot.local_address else "",
        note=hide(snapshot.note),
        reason=hide(snapshot.reason),
    )


def _hider(secret: set[str]) -> Callable[[str], str]:
    """Replaces secret addresses within a text; an address is no part of a longer one."""
    if not secret:
        return str
    any_of = "|".join(re.escape(address) for address in sorted(secret, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.:])(?:{any_of})(?![\w:]|\.\w)")
    return lambda text: pattern.sub(HIDDEN, text)


def _target(target: Target, secret: set[str]) -> Target:
    if target.address in secret:
        return replace(target, name=HIDDEN, address=HIDDEN, others=())
    return target


def _hop(hop: Hop, hops: int, secret: set[str]) -> Hop:
    if hop.ttl > hops and not any(responder.address in secret for responder in hop.responders):
        return hop
    return replace(
        hop,
        responders=tuple(
            replace(responder, address=HIDDEN) if hop.ttl <= hops or responder.address in secret else responder
            for responder in hop.responders
        ),
    )


def _happening(happening: Happening, hide: Callable[[str], str], secret: set[str]) -> Happening:
    return replace(
        happening,
        text=hide(happening.text),
        old=tuple(HIDDEN if address in secret else address for address in happening.old),
        new=tuple(HIDDEN if address in secret else address for address in happening.new),
    )
