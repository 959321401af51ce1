"""What a picture depends on beside the measurement and its judgement: frozen, so that painting can change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...actions import Action
    from ...compare.comparison import Comparison
    from .table import Look
    from .time_line import Moment


@dataclass(frozen=True, slots=True)
class ViewInput:
    """What the user looks at and how it is written, at one moment."""

    look: Look  # how hosts and numbers are written
    view: str = "table"  # ``table``, ``chart``, ``graph``, ``merged``, ``both`` or ``overview``
    target: int = 0  # index of the target that is shown
    selected: int = 0  # TTL of the selected hop, 0: none
    kept: int = 0  # TTL of the hop that is the second curve, 0: none
    moment: Moment | None = None  # that is looked at, None: the present
    this_path: bool = False  # the current path alone
    scale_us: tuple[int, ...] = ()  # upper bounds of the strip chart's classes; empty: its own
    filter: str = ""  # what the rows of the overview must hold, empty: all are shown
    width: int = 0  # cells of the terminal, 0: not known
    actions: tuple[Action, ...] = ()  # the table of keys, with the user's own
    source_name: str = ""  # this host in the header, empty: not shown
    baseline: Comparison | None = None  # the trace that is shown beside the baseline; None: there is none
    typed_fields: str | None = None  # what is typed into the prompt for columns, None: it is not open
