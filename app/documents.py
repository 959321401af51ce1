"""Documents made of tables: chapters of the manual, and the man pages.

``python -m hopscope.app.documents`` writes them anew; a test holds what is shipped against what is made.
"""

from __future__ import annotations

from pathlib import Path

from ..probe.options import OPTIONS as PACKET_OPTIONS
from ..probe.version import VERSION
from .actions import ACTIONS, COLUMNS, LOOK, PROBING, PROGRAM
from .insight.rules import markdown
from .manual import FOLDER, NAMES, roff, text
from .options.table import GROUPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .options.option import Option

DATE = "2026-11-28"  # of the man pages
# The chapters of hopscope(1), below the table of options; the one on the line protocol is hopscope-packet(1)'s.
CHAPTERS = tuple(name for name in NAMES if name != "line-protocol")


def documents() -> Iterator[tuple[str, str]]:
    """Path below the manual's folder, and text, of every document that is made."""
    for name, make in TABLES.items():
        yield f"{name}.md", make()
    yield "man/hopscope.1", hopscope_page()
    yield "man/hopscope-packet.1", packet_page()


def keys() -> str:
    """The chapter of keys: every action with its name in the configuration."""
    lines = [
        "# Keys",
        "",
        "Letters act in either case where no action of its own holds the capital.",
        "The table `[keys]` of the [configuration](configuration.md) gives actions other keys, by their names.",
    ]
    for group in (LOOK, COLUMNS, PROBING, PROGRAM):
        lines += ["", f"## {group}", "", "| key | what it does | name |", "|---|---|---|"]
        for action in ACTIONS:
            if action.group == group:
                shown = " ".join(f"`{key}`" for key in action.shown.split()) or "none"
                lines.append(f"| {shown} | {action.does} | `{action.name}` |")
    return "\n".join(lines) + "\n"


def hopscope_page() -> str:
    """hopscope(1)."""
    sections = [
        [".SH NAME", "hopscope \\- the network path to a host, live in the terminal"],
        [".SH SYNOPSIS", ".B hopscope", "[\\fIOPTION\\fR]... \\fITARGET\\fR..."],
        [
            ".SH DESCRIPTION",
            *roff.prose(
                "hopscope shows the network path to each target: every router, its loss, its RTT, and in plain words"
                " what they mean. It takes the options of mtr and writes the same reports. It needs no privilege."
                " On a terminal it opens a screen; elsewhere it writes a report. `--manual` shows one of the"
                " chapters below."
            ),
        ],
        [".SH OPTIONS", *(line for title, options in GROUPS for line in _group(title, options))],
        *(roff.chapter(TABLES[name]() if name in TABLES else text(name)) for name in CHAPTERS),
        [
            ".SH FILES",
            *roff.tagged("`~/.config/hopscope/config.toml`", "The configuration; `--print-config` prints one."),
        ],
        [".SH SEE ALSO", ".BR hopscope\\-packet (1),", ".BR mtr (8),", ".BR traceroute (1),", ".BR tracepath (8)"],
    ]
    return roff.page("hopscope", DATE, f"hopscope {VERSION}", sections)


def packet_page() -> str:
    """hopscope-packet(1)."""
    sections = [
        [".SH NAME", "hopscope\\-packet \\- send network probes and measure their answers"],
        [".SH SYNOPSIS", ".B hopscope\\-packet", "[\\fIOPTION\\fR]..."],
        [
            ".SH DESCRIPTION",
            *roff.prose(
                "hopscope-packet is the probe process of hopscope. It reads commands from standard input and writes"
                " answers to standard output, in the line protocol of mtr-packet. It gives up every privilege before it"
                " reads the first command."
            ),
        ],
        [".SH OPTIONS", *(line for one in PACKET_OPTIONS for line in roff.tagged(f"**{one.shown}**", one.help))],
        roff.chapter(text("line-protocol")),
        roff.chapter(text("privileges")),
        [".SH EXIT STATUS", *roff.prose("0 at the end of input; 1 after an error, which is said on standard error.")],
        [".SH SEE ALSO", ".BR hopscope (1),", ".BR mtr\\-packet (8)"],
    ]
    return roff.page("hopscope-packet", DATE, f"hopscope {VERSION}", sections)


def _group(title: str, options: tuple[Option, ...]) -> Iterator[str]:
    yield f'.SS "{roff.escape(title)}"'
    for option in options:
        names = ([f"**-{option.short}**"] if option.short else []) + [f"**--{option.long}**"]
        tag = ", ".join(names)
        if option.metavar:
            tag += f"[=[{option.metavar}](.md)]" if option.optional else f" [{option.metavar}](.md)"
        yield from roff.tagged(tag, f"{option.help[0].upper()}{option.help[1:]}.")


# Chapters that are tables of the program.
TABLES = {"keys": keys, "verdict-rules": markdown}


def write() -> None:
    """Write every document to its place."""
    for name, made in documents():
        Path(FOLDER, name).write_text(made, encoding="utf-8")


if __name__ == "__main__":
    write()
