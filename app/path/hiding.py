"""What shows of a trace where some addresses are secret: an alias stands for each, wherever it is told.

``secret`` has the alias of each secret address. Which ones are is the business of ``privacy``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ...probe.interface import Interface
from ..sanitize import sanitize_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..sanitize import Text
    from ..settings import Target, TraceSettings
    from ..trace.checks import Check
    from ..trace.mtu.path_mtu import PathMtu
    from .snapshot import Epoch, Hop, LogEntry, Responder, SeemingChange, Snapshot

HIDDEN = sanitize_name("hidden")


def hide_snapshot(snapshot: Snapshot, hops: int, secret: Mapping[str, Text]) -> Snapshot:
    """A trace whose first ``hops`` hops say nothing of their interfaces, with secrets replaced everywhere."""
    hide = hider(secret)
    return replace(
        snapshot,
        target=hide_target(snapshot.target, secret),
        settings=_settings(snapshot.settings),
        hops=tuple(_hop(hop, hops, secret) for hop in snapshot.hops),
        log_entries=tuple(_log_entry(one, hide, secret) for one in snapshot.log_entries),
        epochs=tuple(_epoch(one, secret) for one in snapshot.epochs),
        seeming_change=_seeming(snapshot.seeming_change, secret),
        checks=tuple(hide_check(one, secret) for one in snapshot.checks),
        local_address=HIDDEN if snapshot.local_address else "",
        interface="",
        note=hide(snapshot.note),
        reason=hide(snapshot.reason),
        one_way=snapshot.one_way and replace(snapshot.one_way, reason=hide(snapshot.one_way.reason)),
    )


def hide_check(check: Check, secret: Mapping[str, Text]) -> Check:
    """A check, with secrets replaced in its results."""
    results = (
        replace(result, refusal=(secret.get(result.refusal[0], result.refusal[0]), *result.refusal[1:]))
        if result.refusal
        else result
        for result in check.results
    )
    found = check.mtu
    mtu = None if found is None else hide_path_mtu(found, hide_target(found.target, secret), secret)
    return replace(check, results=tuple(results), mtu=mtu)


def hide_path_mtu(found: PathMtu, target: Target, secret: Mapping[str, Text]) -> PathMtu:
    """What is known of a path MTU, of a target as it is shown."""
    return replace(
        found,
        target=target,
        hops=tuple(
            hop if hop.address is None else replace(hop, address=secret.get(hop.address, hop.address))
            for hop in found.hops
        ),
        falls=tuple(replace(fall, reporter=secret.get(fall.reporter, fall.reporter)) for fall in found.falls),
    )


def _seeming(change: SeemingChange | None, secret: Mapping[str, Text]) -> SeemingChange | None:
    if change is None:
        return None
    old, new = (tuple(secret.get(address, address) for address in each) for each in (change.old, change.new))
    return replace(change, old=old, new=new)


def _epoch(epoch: Epoch, secret: Mapping[str, Text]) -> Epoch:
    hops = (
        hop._replace(addresses=tuple((secret.get(address, address), often) for address, often in hop.addresses))
        for hop in epoch.hops
    )
    return epoch._replace(hops=tuple(hops))


def hider(secret: Mapping[str, Text]) -> Callable[[str], str]:
    """Replaces secret addresses within a text; an address is no part of a longer one."""
    if not secret:
        return str
    any_of = "|".join(re.escape(address) for address in sorted(secret, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w.:])(?:{any_of})(?![\w:]|\.\w)")
    return lambda text: pattern.sub(lambda found: secret[found[0]], text) if text else text


def hide_target(target: Target, secret: Mapping[str, Text]) -> Target:
    """A target, under its alias where its address is secret, and without this host's own address."""
    if target.address in secret:
        alias = secret[target.address]
        target = replace(target, name=alias, address=alias, others=())
    vantage = sanitize_name(secret.get(target.vantage, target.vantage))
    if target.source or vantage != target.vantage:
        return replace(target, source="", vantage=vantage)
    return target


def _settings(settings: TraceSettings) -> TraceSettings:
    return replace(
        settings,
        local_address=HIDDEN if settings.local_address else "",
        local_device=HIDDEN if settings.local_device else "",
    )


def _hop(hop: Hop, hops: int, secret: Mapping[str, Text]) -> Hop:
    told = {
        address
        for responder in hop.responders
        for address in (responder.address, *(one.address for one in responder.interfaces))
    } | {one.address for one in hop.unreachables}
    if hop.ttl > hops and told.isdisjoint(secret):
        return hop
    return replace(
        hop,
        responders=tuple(_responder(one, secret, near=hop.ttl <= hops) for one in hop.responders),
        unreachables=tuple(replace(one, address=secret.get(one.address, one.address)) for one in hop.unreachables),
    )


def _responder(responder: Responder, secret: Mapping[str, Text], *, near: bool) -> Responder:
    """An address of a hop; what a hidden one says of its interfaces is left out."""
    if near or responder.address in secret:
        address = secret.get(responder.address, responder.address)
        return replace(responder, address=address, interfaces=())
    return replace(responder, interfaces=hide_interfaces(responder.interfaces, secret))


def hide_interfaces(interfaces: tuple[Interface, ...], secret: Mapping[str, Text]) -> tuple[Interface, ...]:
    """What a router that is shown says of its interfaces, without addresses that are not."""
    return tuple(
        Interface(one.role, one.name, index=one.index, address=secret.get(one.address, one.address), mtu=one.mtu)
        for one in interfaces
    )


def _log_entry(entry: LogEntry, hide: Callable[[str], str], secret: Mapping[str, Text]) -> LogEntry:
    return replace(
        entry,
        text=hide(entry.text),
        old=tuple(secret.get(address, address) for address in entry.old),
        new=tuple(secret.get(address, address) for address in entry.new),
    )
