"""What the user has chosen to look at."""

from __future__ import annotations

from dataclasses import dataclass, field

LATENCY_FIELDS = "LSNABWV"
JITTER_FIELDS = "DRAGJMXI"
VIEWS = ("table", "chart", "graph", "compact")


@dataclass(slots=True)
class ViewState:
    """The view of the moment; the application changes it, painting reads it.

    ``target`` indexes the targets. ``selected`` is the TTL of the selected hop, 0 for none; ``kept`` that of the
    second curve. ``panel`` is ``auto``, ``open``, ``closed`` or ``full``. ``fields_changed``: the user chose other
    columns. ``network_field`` is a field of ``-y``, None when off. ``all_unfolded`` shows the addresses of all hops;
    ``otherwise`` holds the TTLs that were unfolded, or folded, against that. ``older`` counts the
    rounds that pictures look back. ``zoom`` indexes what a cell of the strips can stand for, the shortest first.
    """

    view: str = "table"
    compact: bool = False
    target: int = 0
    selected: int = 0
    kept: int = 0
    panel: str = "auto"
    fields: str = LATENCY_FIELDS
    network_field: int | None = None
    mpls: bool = False
    all_unfolded: bool = False
    this_path: bool = False
    older: int = 0
    zoom: int = 0
    find: str = ""
    otherwise: set[int] = field(default_factory=set)
    scale_us: tuple[int, ...] = ()
    fields_changed: bool = False
