"""The one table of output formats: adding one is a record here and a module among the writers.

Options, reports, live outputs, exports and shell completion read it. A writer is loaded when it is used: the table is
read before ``--help`` is answered, so nothing else is imported.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Literal, Protocol

    from ..compare.comparison import Comparison
    from ..path.snapshot import Snapshot
    from ..sanitize import Document
    from ..trace.events import Event
    from ..trace.mtu.path_mtu import PathMtu
    from .context import Context, MtuFound
    from .lived import Lived

    FormatName = Literal[
        "report",
        "json",
        "xml",
        "csv",
        "raw",
        "split",
        "markdown",
        "dot",
        "json-full",
        "jsonl",
        "ticket",
        "ticket-markdown",
        "html",
    ]

    class LiveWriter(Protocol):
        """Makes lines of what happens."""

        def begin(self) -> Iterable[str]:
            """The lines before all others."""

        def event(self, index: int, event: Event) -> Iterable[str]:
            """The lines of an event of the target with this index."""

        def turn(self) -> Iterable[str]:
            """The lines of what became known meanwhile; asked for several times a second, and at the end."""

        def end(self) -> Iterable[str]:
            """The last lines."""

    Writer = Callable[[Sequence[Snapshot], Context], list[Document]]
    MtuWriter = Callable[[Sequence[MtuFound], Context], list[Document]]
    CompareWriter = Callable[[Sequence[Comparison], Context], Document]
    Each = Callable[[Snapshot, Context], Document]
    MakeLive = Callable[[Lived, Context], LiveWriter]

# Whether a trace of several targets is written in one document, as one document a target, or as lines while it runs.
ALL_IN_ONE, EACH_ALONE, LIVE = "all-in-one", "each-alone", "live"


class Format:
    """What an output is called, what it is good for, and how it is written."""

    __slots__ = (
        "_compared",
        "_live",
        "_mtu",
        "_write",
        "endless",
        "export",
        "extension",
        "is_mtrs",
        "is_page",
        "is_ticket",
        "media_type",
        "name",
        "option",
        "schema",
        "shape",
        "short",
        "targets_together",
        "title",
    )

    name: FormatName
    """What ``--NAME`` asks for."""
    short: str
    """The letter of the option; empty: none."""
    option: str
    """What help says of the option."""
    title: str
    """In the export dialog."""
    export: str
    """What the export dialog says that it is good for; empty: it cannot be exported."""
    extension: str
    """Of files, without a dot."""
    media_type: str
    """Of RFC 6838."""
    shape: str
    """``ALL_IN_ONE``, ``EACH_ALONE`` or ``LIVE``."""
    targets_together: bool
    """Whether its lines say which target they belong to, so that all are traced at once; else one after the other."""
    endless: bool
    """Whether it goes on until somebody stops it, unless the number of rounds is given."""
    schema: str
    """The file in ``schemas/`` that lays its form down; empty: none does."""
    is_page: bool
    """Whether it shows a picture of the screen."""
    is_ticket: bool
    """Whether it is a ticket: checks are run beside the trace, and it is said which before it starts."""
    is_mtrs: bool
    """Whether mtr has it: its option is as old as mtr 0.95."""

    def __init__(
        self,
        name: FormatName,
        short: str,
        option: str,
        title: str,
        *,
        extension: str,
        media_type: str,
        write: Callable[[], Writer] | None = None,
        live: Callable[[], MakeLive] | None = None,
        mtu: Callable[[], MtuWriter] | None = None,
        compared: Callable[[], CompareWriter] | None = None,
        shape: str = EACH_ALONE,
        targets_together: bool = True,
        endless: bool = False,
        export: str = "",
        schema: str = "",
        is_mtrs: bool = True,
        is_page: bool = False,
        is_ticket: bool = False,
    ) -> None:
        self.name = name
        self.short = short
        self.option = option
        self.title = title
        self.export = export
        self.extension = extension
        self.media_type = media_type
        self.shape = shape
        self.targets_together = targets_together
        self.endless = endless
        self.schema = schema
        self.is_mtrs = is_mtrs
        self.is_page = is_page
        self.is_ticket = is_ticket
        self._write = write
        self._live = live
        self._mtu = mtu
        self._compared = compared

    @property
    def is_live(self) -> bool:
        """Whether it is written as things happen."""
        return self.shape == LIVE

    @property
    def is_all_in_one(self) -> bool:
        """Whether all targets make one document, which can be written when the last one is done."""
        return self.shape == ALL_IN_ONE

    @property
    def has_mtu(self) -> bool:
        """Whether a path MTU can be written in it."""
        return self._mtu is not None

    @property
    def has_compared(self) -> bool:
        """Whether a comparison can be written in it."""
        return self._compared is not None

    def compared_text(self, comparisons: Sequence[Comparison], context: Context) -> Document:
        """Comparisons as one document."""
        assert self._compared is not None
        return self._compared()(comparisons, context)

    def texts(self, snapshots: Sequence[Snapshot], context: Context) -> list[Document]:
        """Traces as documents: one, or one for each, in the order given."""
        assert self._write is not None
        return self._write()(snapshots, context)

    def mtu_texts(self, found: Sequence[MtuFound], context: Context) -> list[Document]:
        """Path MTUs as documents: one, or one for each, in the order given."""
        assert self._mtu is not None
        return self._mtu()(found, context)

    def live(self, session: Lived, context: Context) -> LiveWriter:
        """What writes the lines of a session while it runs."""
        assert self._live is not None
        return self._live()(session, context)


def _each(write: Each) -> Writer:
    """A writer of one document a target."""
    return lambda snapshots, context: [write(snapshot, context) for snapshot in snapshots]


def _each_mtu(write: Callable[[PathMtu, Snapshot, Context], Document]) -> MtuWriter:
    return lambda found, context: [write(result, snapshot, context) for result, snapshot in found]


def _text() -> Writer:
    from .writers.text import text_report

    return _each(text_report)


def _text_mtu() -> MtuWriter:
    from .mtu.text import mtu_text

    return _each_mtu(mtu_text)


def _text_compared() -> CompareWriter:
    from .compared.text import compared_text

    return compared_text


def _json() -> Writer:
    from .writers.json import json_report

    return _each(json_report)


def _json_mtu() -> MtuWriter:
    from .mtu.json import mtu_json

    return _each_mtu(mtu_json)


def _json_compared() -> CompareWriter:
    from .compared.json import compared_json

    return compared_json


def _xml() -> Writer:
    from .writers.xml import xml_report

    return _each(xml_report)


def _csv() -> Writer:
    from .writers.csv import csv_report

    return _each(csv_report)


def _markdown() -> Writer:
    from .writers.markdown import markdown_report

    return _each(markdown_report)


def _markdown_mtu() -> MtuWriter:
    from .mtu.markdown import mtu_markdown

    return _each_mtu(mtu_markdown)


def _markdown_compared() -> CompareWriter:
    from .compared.markdown import compared_markdown

    return compared_markdown


def _dot() -> Writer:
    from .writers.dot import dot_report

    return lambda snapshots, context: [dot_report(snapshots, context)]


def _ticket() -> Writer:
    from .writers.ticket import ticket_texts

    return ticket_texts


def _ticket_markdown() -> Writer:
    from .writers.ticket import ticket_markdowns

    return ticket_markdowns


def _html() -> Writer:
    from .writers.html import html_page

    return lambda snapshots, context: [html_page(snapshots, context)]


def _full() -> Writer:
    from .writers.full import full_report

    return lambda snapshots, context: [full_report(snapshots, context)]


def _full_mtu() -> MtuWriter:
    from .mtu.json import mtu_full

    return lambda found, context: [mtu_full(found, context)]


def _raw() -> MakeLive:
    from .writers.raw import RawLines

    return lambda _session, context: RawLines(context)


def _split() -> MakeLive:
    from .writers.split import Keys, SplitLines

    return lambda session, context: SplitLines(session, context, Keys())


def _jsonl() -> MakeLive:
    from .writers.jsonl import JsonLines

    return JsonLines


_TABLE = (
    Format(
        "report",
        "r",
        "a report as text",
        "Text report",
        extension="txt",
        media_type="text/plain",
        export="as mtr -r",
        write=_text,
        mtu=_text_mtu,
        compared=_text_compared,
    ),
    Format(
        "json",
        "j",
        "JSON",
        "JSON",
        extension="json",
        media_type="application/json",
        export="as mtr -j",
        write=_json,
        mtu=_json_mtu,
        compared=_json_compared,
    ),
    Format(
        "xml",
        "x",
        "XML",
        "XML",
        extension="xml",
        media_type="application/xml",
        export="as mtr -x",
        write=_xml,
    ),
    Format(
        "csv",
        "C",
        "comma separated values",
        "CSV",
        extension="csv",
        media_type="text/csv",
        export="as mtr -C",
        write=_csv,
    ),
    Format(
        "raw",
        "l",
        "a line for each probe and answer as it happens",
        "Raw",
        extension="txt",
        media_type="text/plain",
        live=_raw,
        shape=LIVE,
        targets_together=False,
    ),
    Format(
        "split",
        "p",
        "a line for each hop as it changes",
        "Split",
        extension="txt",
        media_type="text/plain",
        live=_split,
        shape=LIVE,
        targets_together=False,
        endless=True,
    ),
    Format(
        "markdown",
        "",
        "a table to paste into a page or a mail",
        "Markdown",
        extension="md",
        media_type="text/markdown",
        export="a table and what it means",
        write=_markdown,
        mtu=_markdown_mtu,
        compared=_markdown_compared,
        is_mtrs=False,
    ),
    Format(
        "ticket",
        "",
        "a text for a provider's support; beside the trace it tries TCP port 443 and finds the path MTU",
        "Ticket",
        extension="txt",
        media_type="text/plain",
        export="for a provider's support",
        write=_ticket,
        shape=ALL_IN_ONE,
        is_mtrs=False,
        is_ticket=True,
    ),
    Format(
        "ticket-markdown",
        "",
        "the same in Markdown",
        "Ticket, Markdown",
        extension="md",
        media_type="text/markdown",
        export="the same in Markdown",
        write=_ticket_markdown,
        shape=ALL_IN_ONE,
        is_mtrs=False,
        is_ticket=True,
    ),
    Format(
        "html",
        "",
        "a page that stands alone: answer, table, graphs of every hop, and a picture of the screen",
        "HTML",
        extension="html",
        media_type="text/html",
        export="a page that stands alone",
        write=_html,
        shape=ALL_IN_ONE,
        is_mtrs=False,
        is_page=True,
    ),
    Format(
        "dot",
        "",
        "the graph of all paths seen, for Graphviz",
        "Graph",
        extension="dot",
        media_type="text/vnd.graphviz",
        write=_dot,
        shape=ALL_IN_ONE,
        is_mtrs=False,
    ),
    Format(
        "json-full",
        "",
        "JSON with everything that was seen",
        "JSON full",
        extension="json",
        media_type="application/json",
        export="all samples and events",
        schema="report.schema.json",
        write=_full,
        mtu=_full_mtu,
        shape=ALL_IN_ONE,
        is_mtrs=False,
    ),
    Format(
        "jsonl",
        "",
        "a JSON object a line for each event as it happens",
        "JSON lines",
        extension="jsonl",
        media_type="application/jsonl",
        schema="events.schema.json",
        live=_jsonl,
        shape=LIVE,
        is_mtrs=False,
    ),
)
FORMATS: dict[str, Format] = {one.name: one for one in _TABLE}
EXPORTS = tuple(one for one in _TABLE if one.export)
