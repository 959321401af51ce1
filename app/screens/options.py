"""How the screen is to look when it opens."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..settings import ReportSettings


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """What the command line and the configuration say about the screen.

    ``theme`` is a theme's name, empty for the default. ``fields`` are the letters of ``-o`` in mtr's order, empty for
    the default. ``view`` is ``table``, ``chart``, ``graph`` or ``compact``. ``show_addresses`` shows names with their
    addresses (``-b``). ``ascii_only`` asks for plain characters whatever the terminal can show. ``keys`` maps names of
    actions to keys. ``source_name`` stands in the header, ``host_name`` in reports, which are made as ``report`` says.
    ``network_field`` is a field of ``-y`` to show at first. ``themes`` are the user's own, token by
    token.
    """

    theme: str = ""
    fields: str = ""
    view: str = "table"
    show_addresses: bool = False
    ascii_only: bool = False
    mouse: bool = True
    source_name: str = ""
    host_name: str = ""
    report: ReportSettings = field(default_factory=ReportSettings)
    mpls: bool = False
    scale_us: tuple[int, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    network_field: int | None = None
    leave_at_end: bool = False
    themes: tuple[tuple[str, tuple[tuple[str, object], ...]], ...] = ()
