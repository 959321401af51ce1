"""The text of ``--help``: the table of options, grouped, within 80 columns."""

from __future__ import annotations

import textwrap

from .table import GROUPS, NOTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .option import Option

WIDTH = 80
TEXT_COLUMN = 30

EXAMPLES = (
    ("{program} example.com", "the path, live on screen"),
    ("{program} -rwc 100 example.com", "100 rounds, then a report"),
    ("{program} -j -c 5 example.com | jq", "JSON for a script"),
    ("{program} -T -P 443 example.com", "probe with TCP to port 443"),
    ("{program} --demo", "a simulated network"),
)


def help_text(program: str) -> str:
    """All options with what they do, and examples; the program goes by the name it was started under."""
    lines = [
        f"usage: {program} [OPTION]... TARGET...",
        "",
        "Shows the network path to each target, and where packets are lost.",
    ]
    for title, options in GROUPS:
        note = f" ({NOTES[title]})" if title in NOTES else ""
        lines += ["", *textwrap.wrap(f"{title}{note}:", WIDTH)]
        for option in options:
            lines += _lines(option)
    lines += ["", "Examples:"]
    lines += [f"  {example.format(program=program):<38} {text}" for example, text in EXAMPLES]
    lines += ["", "MTR_OPTIONS holds options that stand before those given here.", ""]
    return "\n".join(lines)


def _lines(option: Option) -> list[str]:
    short = f"-{option.short}, " if option.short else "    "
    metavar = f" {option.metavar}" if option.metavar else ""
    head = f"  {short}--{option.long}" + (f"[={option.metavar}]" if option.optional else metavar)
    text = textwrap.wrap(option.help, WIDTH - TEXT_COLUMN, break_on_hyphens=False)
    if len(head) + 2 > TEXT_COLUMN:
        return [head, *(" " * TEXT_COLUMN + line for line in text)]
    return [head.ljust(TEXT_COLUMN) + text[0], *(" " * TEXT_COLUMN + line for line in text[1:])]
