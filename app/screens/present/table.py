"""From a snapshot to the rows of the hop table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ....widgets import numbers
from ....widgets.hop_table import HopRow, TableContents
from ....widgets.ink import Ink
from ....widgets.strip import is_lan
from ...insight import refusals
from ...insight.assessment import HopJudgement
from ...path.columns import COLUMNS
from ...path.event_log import latest_change
from ...path.interfaces import brief
from ...resolve.facts import FACTS
from ...trace.refusals import at_hop
from ..state import LATENCY_FIELDS
from . import hop_marks, strips

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...insight.assessment import Assessment
    from ...path.snapshot import Hop, Snapshot
    from ...resolve.origin import Origin

MUTED, TEXT = Ink("muted"), Ink("text")
DIFFERS = "* "  # before a host that differs from the baseline
ROLLED_FROM = 3  # turns of a routing loop: those before are shown


def _no_origin(_address: str) -> Origin | None:
    return None


class Look(NamedTuple):
    """How rows are to be written."""

    name: Callable[[str], str | None]  # of an address; None: it is not known, or names are off
    origin: Callable[[str], Origin | None] = _no_origin  # of an address; None: it is not known, or not looked for
    show_addresses: bool = False  # beside names
    fields: str = LATENCY_FIELDS  # the letters of the columns
    lan: bool = False  # times have two decimals
    network_field: int | None = None  # number of a network fact beside the host, None: none
    mpls: bool = False  # labels below the address
    otherwise: frozenset[int] = frozenset()  # TTLs of hops that are unfolded, or folded, against ``all_unfolded``
    all_unfolded: bool = False  # the addresses of a hop have rows of their own
    zoom: strips.Zoom = strips.ZOOMS[0]  # what a cell of the strips stands for

    differing: frozenset[int] = frozenset()  # TTLs of hops that differ from the baseline

    def unfolds(self, ttl: int) -> bool:
        """Whether the addresses of a hop have rows of their own."""
        return self.all_unfolded != (ttl in self.otherwise)


def table(
    snapshot: Snapshot, look: Look, now_us: int, assessment: Assessment, *, selected: int = 0, rolled: bool = True
) -> TableContents:
    """The table of a snapshot at a time (monotonic microseconds).

    ``rolled``: of a routing loop two turns are shown, unless a hop of a later one is selected.
    """
    judged = {one.ttl: one for one in assessment.hops}
    since = _path_start(snapshot)
    changed = hop_marks.changed_ttls(snapshot, now_us)
    rows: list[HopRow] = []
    hidden = _later_turns(assessment) if rolled and not look.all_unfolded else ()
    for index, hop in enumerate(snapshot.hops):
        if hop.ttl in hidden and selected not in hidden:
            rows += [_rolled(assessment, hidden)] * (hop.ttl == hidden[0])
            continue
        unfolded = look.unfolds(hop.ttl)
        judgement = judged.get(hop.ttl, HopJudgement(hop.ttl))
        row = _row(hop, look, index, judgement, since=since, changed=hop.ttl in changed, unfolded=unfolded)
        if unfolded and len(hop.responders) > 1 and not hop.error:
            how, count = judgement.balance, f"{len(hop.responders)} addresses"
            row = row._replace(
                host=f"{count}, balanced per {how}" if how else count, host_brief=count, interface="", more=""
            )
        if hop.ttl in look.differing:
            row = row._replace(host=f"{DIFFERS}{row.host}", host_brief=row.host_brief and f"{DIFFERS}{row.host_brief}")
        rows.append(row)
        rows += address_rows(hop, look, unfolded=unfolded)
    return TableContents(
        rows=tuple(rows),
        fields=look.fields,
        titles=tuple(COLUMNS[letter].title for letter in look.fields),
        info_title="" if look.network_field is None else FACTS[look.network_field].title,
        history=strips.history(snapshot, assessment, look.zoom),
        lan=look.lan,
    )


def _later_turns(assessment: Assessment) -> tuple[int, ...]:
    """The hops of a routing loop from its third turn on."""
    return tuple(one.ttl for one in assessment.hops if one.turn >= ROLLED_FROM)


def _rolled(assessment: Assessment, hidden: tuple[int, ...]) -> HopRow:
    """The row that stands for the later turns of a routing loop."""
    turn = [one.ttl for one in assessment.hops if one.turn == 1]
    which = f"{turn[0]}-{turn[-1]} repeat" if len(turn) > 1 else f"{turn[0]} repeats"
    return HopRow(hidden[0], "", "changed", f"{which} to hop {hidden[-1]}", MUTED, "", (), ())


def hops_alone(made: TableContents) -> TableContents:
    """The table without the rows of addresses and labels."""
    return made._replace(rows=tuple(row for row in made.rows if row.number))


def lan(snapshot: Snapshot) -> bool:
    """Whether two decimals are wanted: every answering hop's average is below 10 ms."""
    return is_lan([hop.statistics.average for hop in snapshot.hops if hop.received])


def host(hop: Hop, look: Look) -> str:
    """Name, address, or both of the address that answered last; what stands there instead while none has."""
    if hop.error:
        return _refused(hop, look)
    address = hop.address
    if address is None:
        return "no reply (silent)" if hop_marks.is_silent(hop) else "(waiting for reply)"
    return label(address, look)


def _refused(hop: Hop, look: Look) -> str:
    """Who refuses the packets at a hop, and with which words."""
    if hop.address is None:
        return at_hop(hop.error) or f"({hop.error})"
    kinds = hop.responders[hop.latest].kinds
    said = next((refusals.short_name(*kind[:3]) for kind in reversed(kinds) if kind[0] == hop.error), hop.error)
    return f"{label(hop.address, look)} ({said})"


def label(address: str, look: Look) -> str:
    """An address as the table shows it."""
    name = look.name(address)
    if not name:
        return address
    return f"{name} ({address})" if look.show_addresses else name


def network(address: str | None, look: Look) -> str:
    """What is known of the network of an address, as its column shows it."""
    if look.network_field is None or address is None:
        return ""
    origin = look.origin(address)
    fact = origin.fact(look.network_field) if origin is not None else None
    if not fact:
        return "-"
    return FACTS[look.network_field].prefix + fact


def _row(
    hop: Hop, look: Look, index: int, judgement: HopJudgement, *, since: int, changed: bool, unfolded: bool
) -> HopRow:
    stale = hop_marks.is_stale(hop)
    mark = str(judgement.severity)
    if changed and mark not in {"fault", "warning"}:
        mark = "changed"
    ink = MUTED if stale or hop.address is None else Ink("text", bold=hop.waiting)
    loss_ink = TEXT
    if hop.dropped == 0 or judgement.loss == "harmless":
        loss_ink = MUTED
    elif judgement.loss == "path" or judgement.severity == "warning":
        loss_ink = Ink("warn" if judgement.severity == "warning" else "bad", bold=True)
    several = len(hop.responders) > 1 and not hop.error
    others = len(_answering(hop, since)) - 1 if several and not unfolded else 0
    return HopRow(
        ttl=hop.ttl,
        number=str(hop.ttl),
        mark=mark,
        host=host(hop, look),
        host_ink=ink,
        host_brief=label(hop.address, look) if hop.error and hop.address else "",
        info=network(hop.address, look),
        cells=tuple(cell(hop, field, look, stale=stale) for field in look.fields),
        inks=tuple(_ink(hop, field, loss_ink, stale=stale) for field in look.fields),
        track=index,
        tint="chbg" if changed else "bg",
        interface=brief(hop.responders[hop.latest].interfaces) if hop.latest >= 0 and not hop.error else "",
        more=f"+{others}" if others > 0 else "",
    )


def _answering(hop: Hop, since: int) -> set[int]:
    """The responders that answered since a round of the history: those of the current path."""
    return set(hop.answered_by[max(0, since) :]) - {-1}


def _path_start(snapshot: Snapshot) -> int:
    """Where in the histories the current path begins."""
    change = latest_change(snapshot)
    length = len(snapshot.hops[0].rtts_us) if snapshot.hops else 0
    return 0 if change is None else max(0, change.round - (snapshot.last_round + 1 - length))


def _ink(hop: Hop, field: str, loss_ink: Ink, *, stale: bool) -> Ink:
    if field in "LD":
        return loss_ink
    if field in "NA" and not stale:
        return MUTED if field == "N" and hop.waiting else TEXT
    return MUTED


def address_rows(hop: Hop, look: Look, *, unfolded: bool) -> list[HopRow]:
    """The rows below a hop: its addresses where they are unfolded, and labels where they are shown."""
    several = len(hop.responders) > 1
    made: list[HopRow] = []
    total = sum(responder.statistics.answers for responder in hop.responders)
    for at, responder in enumerate(hop.responders):
        if several and unfolded:
            share = round(100 * responder.statistics.answers / total) if total else 0
            one = replace(hop, received=responder.statistics.answers, statistics=responder.statistics)
            cells = [cell(one, field, look) if field not in "LDS" else "" for field in look.fields]
            if "S" in look.fields:
                cells[look.fields.index("S")] = f"{responder.statistics.answers:5d}"
            row = _below(hop, label(responder.address, look), MUTED)._replace(
                info=network(responder.address, look),
                cells=tuple(cells),
                inks=(MUTED,) * len(cells),
                aside=f"{share} % of answers",
                aside_brief=f"{share} %",
                interface=brief(responder.interfaces),
                branch="last_branch" if at == len(hop.responders) - 1 else "branch",
            )
            made.append(row)
        if look.mpls and (not several or unfolded or at == hop.latest):
            made += [
                _below(hop, f"  MPLS label {one.label} tc {one.tc} ttl {one.ttl}", Ink("note-words"))
                for one in responder.labels
            ]
    return made


def _below(hop: Hop, host: str, ink: Ink) -> HopRow:
    """A row that belongs to a hop."""
    return HopRow(hop.ttl, "", "", host, ink, "", (), ())


def cell(hop: Hop, letter: str, look: Look, *, stale: bool = False) -> str:
    """One number of a row; blank where there is none."""
    column = COLUMNS[letter]
    if column.kind == "loss":
        return numbers.loss(hop.received, hop.completed)
    if column.kind == "count":  # what is in flight is sent, too, on the screen
        return numbers.count(hop.sent if letter == "S" else column.value(hop))
    if column.kind == "blank" or not hop.received or (letter == "N" and stale):
        return ""
    return numbers.milliseconds(column.value(hop), 2 if look.lan else 1)
