"""How the screen is to look when it opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..sanitize import NOTHING, Text
from ..settings import ReportSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..compare.baseline import Baseline
    from ..launch.recordings import Recordings


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """What the command line and the configuration say about the screen."""

    theme: str = ""  # by name, empty: the default
    fields: str = ""  # the letters of ``-o`` in mtr's order, empty: the default
    view: str = "table"  # ``table``, ``chart``, ``graph``, ``compact`` or ``both``
    show_addresses: bool = False  # names with their addresses (``-b``)
    ascii_only: bool = False  # plain characters, whatever the terminal can show
    mouse: bool = True  # clicks and the wheel are taken; else they are left to the terminal
    source_name: Text = NOTHING  # this host in the header, empty: not shown
    host_name: Text = NOTHING  # this host in reports
    report: ReportSettings = field(default_factory=ReportSettings)  # how reports are made
    mpls: bool = False  # MPLS labels are shown (``-e``)
    scale_us: tuple[int, ...] = ()  # upper bounds of the strip chart's classes; empty: its own
    keys: tuple[tuple[str, str], ...] = ()  # names of actions, and the keys that they are given
    untraced: tuple[tuple[Text, Text], ...] = ()  # targets that are not traced, and why
    network_field: int | None = None  # number of a network fact to show at first, None: none
    bell: bool = False  # it rings with alerts
    baseline: Baseline | None = None  # what traces are held against; None: nothing
    leave_at_end: bool = False  # once all rounds are over
    recorder: Callable[[], Recordings] | None = None  # loads what the session is recorded by, None: it cannot be
    themes: tuple[tuple[str, tuple[tuple[str, object], ...]], ...] = ()  # the user's own, token by token
