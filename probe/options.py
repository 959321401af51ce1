"""The command line of ``hopscope-packet``."""

import sys

from .dispatcher import IN_FLIGHT_MAX

# Every range of identifiers has more room than this.
IN_FLIGHT_LIMIT = 30_000

USAGE = """\
usage: hopscope-packet [--engine kernel|icmplib] [--lab SCENARIO [--lab-log FILE]] [--max-in-flight N] [--allow-mark]
                       [--no-seccomp] [--help] [--version]

Sends network probes and reports their answers: mtr-packet's line protocol on standard input and output.

  --engine NAME      kernel: all protocols, without privilege, timed by the kernel (Linux; the default there);
                     icmplib: ICMP alone, as root, timed by the program, on any system
  --lab SCENARIO     a simulated network instead of the real one: a scenario's name or a TOML file
  --lab-log FILE     write what becomes of every probe there, a line of JSON each
  --max-in-flight N  refuse a probe when N are unanswered (default: 1024, as mtr-packet)
  --allow-mark       keep CAP_NET_RAW, which marking packets needs
  --no-seccomp       do without the filter that leaves only the system calls of probing
"""


ENGINES = ("kernel", "icmplib")
_NEEDS = {
    "--engine": "kernel or icmplib",
    "--lab": "a scenario",
    "--lab-log": "a file",
    "--max-in-flight": "a number from 1 to 30000",
}


class UsageError(Exception):
    """The command line is wrong; the message says how."""


class Options:
    """What the command line says."""

    __slots__ = ("allow_mark", "confined", "engine", "in_flight_max", "lab", "lab_log")

    def __init__(self, arguments: "list[str]") -> None:
        self.engine = "kernel" if sys.platform == "linux" else "icmplib"
        self.lab: str | None = None
        self.lab_log: str | None = None
        self.in_flight_max = IN_FLIGHT_MAX
        self.allow_mark = False
        self.confined = True
        words = iter(arguments)
        for word in words:
            name, equals, value = word.partition("=")
            if name == "--allow-mark" and not equals:
                self.allow_mark = True
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
