"""From a snapshot to the rows of the hop table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...widgets import numbers
from ...widgets.hop_table import Row, Table
from ...widgets.ink import Ink
from ...widgets.strip import CHANGE_COLUMN, GAP_COLUMN, History, Track, is_lan
from . import marks

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..path.snapshot import Hop, Snapshot

DEFAULT_FIELDS = "LSNABWV"
MUTED, TEXT, STRONG = Ink("muted"), Ink("text"), Ink("strong")
GAP_KINDS = frozenset({"paused", "restarted", "network-down", "slept"})
ERRORS = {
    "no-route": "(no route to host)",
    "no-route-host": "(no route to host)",
    "no-route-network": "(no route to network)",
    "network-down": "(network is down)",
    "host-down": "(host is down)",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How rows are to be written: names, addresses beside them, fields, decimals."""

    name: Callable[[str], str | None]
    show_addresses: bool = False
    fields: str = DEFAULT_FIELDS
    lan: bool = False


def table(snapshot: Snapshot, look: Look, now_us: int) -> Table:
    """The table of a snapshot at a time (monotonic microseconds)."""
    changed = marks.changed_ttls(snapshot, now_us)
    rows = tuple(_row(snapshot, hop, look, index, hop.ttl in changed) for index, hop in enumerate(snapshot.hops))
    return Table(
        rows=rows,
        fields=look.fields,
        history=history(snapshot),
        now_us=now_us,
        lan=look.lan,
        message="" if rows else waiting(snapshot, now_us),
    )


def waiting(snapshot: Snapshot, now_us: int) -> str:
    """What stands in the table while it is empty."""
    if snapshot.state == "failed":
        return ""
    if now_us - snapshot.started_us < 5_000_000 or snapshot.state == "starting":
        return f"Waiting for the first answer from {snapshot.target.name} ..."
    return "No hop has answered for 5 s. Local firewall, or no route? u tries UDP, t TCP."


def lan(snapshot: Snapshot) -> bool:
    """Whether two decimals are wanted: every answering hop's average is below 10 ms."""
    return is_lan([hop.statistics.average for hop in snapshot.hops if hop.received])


def history(snapshot: Snapshot) -> History:
    """The histories of all hops, and the columns between rounds."""
    length = len(snapshot.hops[0].rtts_us) if snapshot.hops else 0
    first_round = snapshot.last_round + 1 - length
    changes = [one for one in snapshot.happenings if one.kind == "path-changed" and one.round >= first_round]
    gaps = {one.round + 1 for one in snapshot.happenings if one.kind in GAP_KINDS and one.round + 1 > first_round}
    markers = {(one.round, CHANGE_COLUMN) for one in changes} | {(at, GAP_COLUMN) for at in gaps}
    own: dict[int, set[int]] = {}
    since = 0
    for one in changes:
        for ttl in range(one.first_ttl, one.last_ttl + 1):
            own.setdefault(ttl, set()).add(one.round - first_round)
        since = max(since, one.round - first_round)
    silent_target = marks.target_silent(snapshot)
    tracks = []
    for hop in snapshot.hops:
        last = hop is snapshot.hops[-1]
        silent = marks.is_silent(hop)
        tracks.append(
            Track(
                rtts_us=hop.rtts_us,
                base_us=_base(hop, since),
                harmless=silent and not last,
                fault=silent and last and silent_target,
                changed_rounds=frozenset(own.get(hop.ttl, ())),
            )
        )
    ordered = tuple(sorted(markers))
    return History(tuple(tracks), snapshot.last_round, snapshot.settings.interval_us, ordered)


def _base(hop: Hop, since: int) -> int:
    """The best time of the current path: of the rounds since the last change, as far as they are kept."""
    if since <= 0 or since >= len(hop.rtts_us):
        return hop.statistics.best
    return min((value for value in hop.rtts_us[since:] if value >= 0), default=hop.statistics.best)


def host(hop: Hop, look: Look) -> str:
    """Name, address, or both of the address that answered last; what stands there instead while none has."""
    if hop.error:
        return ERRORS.get(hop.error, f"({hop.error})")
    address = hop.address
    if address is None:
        return "no reply (silent)" if marks.is_silent(hop) else "(waiting for reply)"
    return label(address, look)


def label(address: str, look: Look) -> str:
    """An address as the table shows it."""
    name = look.name(address)
    if not name:
        return address
    return f"{name} ({address})" if look.show_addresses else name


def _row(snapshot: Snapshot, hop: Hop, look: Look, index: int, changed: bool) -> Row:  # noqa: FBT001
    last = index == len(snapshot.hops) - 1
    silent = marks.is_silent(hop)
    stale = marks.is_stale(hop)
    mark = ""
    if last and marks.target_silent(snapshot):
        mark = "fault"
    elif changed:
        mark = "changed"
    elif silent:
        mark = "note"
    lost_now = hop.waiting and hop.address is not None
    ink = MUTED if stale or hop.address is None else Ink("text", bold=lost_now)
    loss_ink = Ink("bad", bold=True) if mark == "fault" else MUTED if hop.dropped == 0 or silent else TEXT
    cells, inks = [], []
    for field in look.fields:
        cells.append(cell(hop, field, look, stale=stale))
        if field in "LD":
            inks.append(loss_ink)
        elif field in "NA" and not stale:
            inks.append(MUTED if field == "N" and hop.waiting else STRONG)
        else:
            inks.append(MUTED)
    return Row(
        ttl=hop.ttl,
        number=str(hop.ttl),
        mark=mark,
        host=host(hop, look),
        host_ink=ink,
        info="",
        cells=tuple(cells),
        inks=tuple(inks),
        track=index,
        tint="chbg" if changed else "bg",
    )


def cell(hop: Hop, field: str, look: Look, *, stale: bool = False) -> str:
    """One number of a row; blank where there is none."""
    if field == "L":
        return numbers.loss(hop.received, hop.completed)
    if field in "DRS":
        number = {"D": hop.dropped, "R": hop.received, "S": hop.sent}[field]
        return numbers.count(number)
    if field == " " or not hop.received or (field == "N" and stale):
        return ""
    times = hop.statistics
    value = {
        "N": times.last,
        "B": times.best,
        "A": times.average,
        "W": times.worst,
        "V": times.stdev,
        "G": times.geometric_mean,
        "J": times.jitter,
        "M": times.jitter_average,
        "X": times.jitter_worst,
        "I": times.jitter_interarrival,
    }.get(field)
    return "" if value is None else numbers.milliseconds(value, 2 if look.lan else 1)
