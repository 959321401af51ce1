"""What the user has chosen to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .. import actions
from ..sanitize import NOTHING

if TYPE_CHECKING:
    from ..sanitize import Text
    from ..settings import Target

LATENCY_FIELDS = "LSNABWV"
JITTER_FIELDS = "DRAGJMXI"
VIEWS = tuple(actions.VIEWS.split())  # in the order of the key that goes through them


@dataclass(slots=True)
class ViewState:
    """The view of the moment: actions change it, pictures are given a frozen copy (``present.view_input``)."""

    view: str = "table"  # ``table``, ``chart``, ``graph``, ``merged``, ``both`` or ``overview``
    compact: bool = False  # no panel, no blank rows, one row of header
    target: int = 0  # index of the target that is shown
    selected: int = 0  # TTL of the selected hop, 0: none
    kept: int = 0  # TTL of the hop that is the second curve, 0: none
    panel: str = "auto"  # ``auto``, ``open``, ``closed`` or ``full``
    fields: str = LATENCY_FIELDS  # the letters of the columns
    network_field: int | None = None  # number of a network fact beside the host, None: none
    mpls: bool = False  # labels are shown
    all_unfolded: bool = False  # the addresses of hops have rows of their own
    this_path: bool = False  # figures of the current path alone
    zoom: int = 0  # index of what a cell of the strips stands for, the shortest first
    order: tuple[Target, ...] = ()  # the lanes of the overview as they were sorted; empty: the order given
    filter: str = ""  # what the rows of the overview must hold, empty: all are shown
    find: str = ""  # what was looked for last
    otherwise: set[int] = field(default_factory=set)  # TTLs that are unfolded, or folded, against ``all_unfolded``
    scale_us: tuple[int, ...] = ()  # upper bounds of the strip chart's classes; empty: its own
    ticket_note: Text = NOTHING  # what the user adds to tickets and pages
    fields_changed: bool = False  # the user chose other columns than the command line
