"""The command line of ``hopscope-packet``: one table, of which ``--help`` and the manual page are made."""

import sys

from .limits import IN_FLIGHT_LIMIT, IN_FLIGHT_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINES = ("kernel", "icmplib")
ABOUT = "Sends network probes and reports their answers: mtr-packet's line protocol on standard input and output."
_USAGE = "usage: hopscope-packet "
_WIDTH, _NAME_CELLS = 114, 21


class Option:
    """An option: its name, what stands for its value (empty: it takes none), what it does, and what values it needs."""

    __slots__ = ("help", "metavar", "name", "needs")

    def __init__(self, name: str, metavar: str, said: str, needs: str = "") -> None:
        self.name = name
        self.metavar = metavar
        self.help = said
        self.needs = needs

    @property
    def shown(self) -> str:
        """The name, and what stands for its value."""
        return f"{self.name} {self.metavar}".rstrip()


OPTIONS = (
    Option(
        "--engine",
        "NAME",
        "kernel: all protocols, without privilege, timed by the kernel (Linux; the default there);"
        " icmplib: ICMP alone, as root, timed by the program, on any system",
        " or ".join(ENGINES),
    ),
    Option(
        "--lab",
        "SCENARIO",
        "a simulated network instead of the real one: a scenario's name or a TOML file",
        "a scenario",
    ),
    Option("--lab-log", "FILE", "write what becomes of every probe there, a line of JSON each", "a file"),
    Option(
        "--max-in-flight",
        "N",
        f"refuse a probe when N are unanswered (default: {IN_FLIGHT_MAX}, as mtr-packet)",
        f"a number from 1 to {IN_FLIGHT_LIMIT}",
    ),
    Option("--allow-mark", "", "keep CAP_NET_RAW, which marking packets needs"),
    Option(
        "--vantage",
        "",
        "serve another machine: resolve names, tell of this host, and end after 10 s without a command",
    ),
    Option("--one-way", "", "exchange numbered packets with another host that does, and count what arrives"),
    Option("--no-seccomp", "", "do without the filter that leaves only the system calls of probing"),
    Option("--help", "", "say this, and end"),
    Option("--version", "", "say the version, and end"),
)
_NEEDS = {one.name: one.needs for one in OPTIONS if one.needs}


def usage() -> str:
    """What ``--help`` prints."""
    return "".join(f"{line}\n" for line in _usage_lines())


def _usage_lines() -> "Iterator[str]":
    from textwrap import wrap  # for this alone: it would cost the start too much

    forms = " ".join(f"[{one.shown}]".replace(" ", "\0") for one in OPTIONS)
    indent = " " * len(_USAGE)
    for line in wrap(forms, _WIDTH, initial_indent=_USAGE, subsequent_indent=indent, break_on_hyphens=False):
        yield line.replace("\0", " ")
    yield ""
    yield ABOUT
    yield ""
    for one in OPTIONS:
        begin = f"  {one.shown}".ljust(_NAME_CELLS)
        yield from wrap(
            one.help, _WIDTH, initial_indent=begin, subsequent_indent=" " * _NAME_CELLS, break_on_hyphens=False
        )


class UsageError(Exception):
    """The command line is wrong; the message says how."""


class Options:
    """What the command line says."""

    __slots__ = ("allow_mark", "confined", "engine", "in_flight_max", "lab", "lab_log", "one_way", "vantage")

    def __init__(self, arguments: "list[str]") -> None:
        self.engine = "kernel" if sys.platform == "linux" else "icmplib"
        self.lab: str | None = None
        self.lab_log: str | None = None
        self.in_flight_max = IN_FLIGHT_MAX
        self.allow_mark = False
        self.confined = True
        self.vantage = False
        self.one_way = False
        words = iter(arguments)
        for word in words:
            name, equals, value = word.partition("=")
            if name == "--allow-mark" and not equals:
                self.allow_mark = True
            elif name == "--vantage" and not equals:
                self.vantage = True
            elif name == "--one-way" and not equals:
                self.one_way = True
            elif name == "--no-seccomp" and not equals:
                self.confined = False
            elif name in _NEEDS:
                if not equals:
                    value = next(words, "")
                self._set(name, value)
            else:
                raise UsageError(f"unknown argument: {word!r}")

    def _set(self, name: str, value: str) -> None:
        if name == "--engine" and value in ENGINES:
            self.engine = value
        elif name == "--lab" and value:
            self.lab = value
        elif name == "--lab-log" and value:
            self.lab_log = value
        elif name == "--max-in-flight" and value.isdecimal() and 1 <= int(value) <= IN_FLIGHT_LIMIT:
            self.in_flight_max = int(value)
        else:
            raise UsageError(f"{name} needs {_NEEDS[name]}")
