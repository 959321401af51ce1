"""Hide the near end of a path, for sharing: addresses, names and AS of the first hops, and the local host.

Whoever shows or writes a trace passes it through here first; names and origins of what is hidden are then neither
asked for nor shown, because there is no address left to ask about.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..path.snapshot import Happening, Hop, Snapshot
from ..settings import Target
from ..trace.events import Event, ProbeAnswered

HIDDEN = "hidden"


class Privacy:
    """Hides the first ``hops`` hops; 0 hides nothing. ``hops`` may be changed at any time.

    What was seen at a hidden hop is hidden wherever it shows: at other hops and in the log of events.
    """

    def __init__(self, hops: int = 0) -> None:
        self.hops = hops
        self._seen: dict[str, int] = {}  # address: the lowest TTL at which it answered
        self._last: tuple[int, Snapshot, Snapshot] | None = None

    def local_host(self, name: str) -> str:
        """The local host's name or address, as it may be shown."""
        return HIDDEN if self.hops else name

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """The trace as it may be shown; the same object where nothing is hidden or nothing changed."""
        if not self.hops:
            return snapshot
        last = self._last
        if last is not None and last[0] == self.hops and last[1] is snapshot:
            return last[2]
        hidden = _hide(snapshot, self.hops)
        self._last = (self.hops, snapshot, hidden)
        return hidden

    def event(self, event: Event) -> Event:
        """An event of a live report as it may be shown; events are to be handed in in their order."""
        if not isinstance(event, ProbeAnswered):
            return event
        lowest = min(event.ttl, self._seen.get(event.address, event.ttl))
        self._seen[event.address] = lowest
        return replace(event, address=HIDDEN) if lowest <= self.hops else event


def _hide(snapshot: Snapshot, hops: int) -> Snapshot:
    secret = {responder.address for hop in snapshot.hops if hop.ttl <= hops for responder in hop.responders}
    for happening in snapshot.happenings:
        if 0 < happening.first_ttl <= hops:
            near = hops - happening.first_ttl + 1
            secret.update((*happening.old[:near], *happening.new[:near]))
    secret.update(filter(None, (snapshot.local_address, snapshot.settings.local_address)))
    text = re.compile("|".join(rf"(?<![\w.:]){re.escape(one)}(?![\w:]|\.\w)" for one in sorted(secret, key=len)[::-1]))
    return replace(
        snapshot,
        target=_target(snapshot.target, secret),
        settings=replace(snapshot.settings, local_address=HIDDEN if snapshot.settings.local_address else ""),
        hops=tuple(_hop(hop, hops, secret) for hop in snapshot.hops),
        happenings=tuple(_happening(one, text, secret) for one in snapshot.happenings) if secret else (),
        local_address=HIDDEN if snapshot.local_address else "",
        note=text.sub(HIDDEN, snapshot.note) if secret else snapshot.note,
        reason=text.sub(HIDDEN, snapshot.reason) if secret else snapshot.reason,
    )


def _target(target: Target, secret: set[str]) -> Target:
    if target.address in secret:
        return replace(target, name=HIDDEN, address=HIDDEN, others=())
    return target


def _hop(hop: Hop, hops: int, secret: set[str]) -> Hop:
    if hop.ttl > hops and not any(responder.address in secret for responder in hop.responders):
        return hop
    responders = tuple(
        replace(responder, address=HIDDEN) if hop.ttl <= hops or responder.address in secret else responder
        for responder in hop.responders
    )
    return replace(hop, responders=responders)


def _happening(happening: Happening, text: re.Pattern[str], secret: set[str]) -> Happening:
    return replace(
        happening,
        text=text.sub(HIDDEN, happening.text),
        old=tuple(HIDDEN if one in secret else one for one in happening.old),
        new=tuple(HIDDEN if one in secret else one for one in happening.new),
    )
