"""Every error that reaches a user, by whose fault it is and what to do; each ends the program with its status.

HopscopeError                 1  one line on standard error: what went wrong, and what to do about it
├── UsageError                1  the command line: option, value, range
├── ConfigurationError        1  a file: name, line, key
├── OutputError               1  standard output cannot be written
├── RecordingError            1  a session file cannot be written, or read
├── ResolveError              1  a target's name does not resolve
├── ProbeProcessError         1  the probe process cannot be started, does not answer, or keeps dying
└── UnsupportedError          1  the probe process, or this installation, may not or cannot do what was asked for

mtr ends with 1 whatever went wrong, and so do we; a signal ends the program with 128 and its number, as shells have it
(process/signals.py). What a single probe suffers is a state of that probe, never one of these.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .sanitize import Text

# What lets users without privileges send ICMP on Linux (icmp(7)), as a remedy after a full stop.
ALLOW_ICMP = 'Root allows it:  sysctl -w net.ipv4.ping_group_range="0 2147483647"'


class HopscopeError(Exception):
    """What went wrong and where, in one line without the program's name.

    Args:
        what: what went wrong: operation, object, reason.
        remedy: what the user can do about it, as half a sentence; empty: nothing that could be said here.
        below: lines that show where it is wrong, each safe to show; below the sentence.
    """

    exit_status = 1

    def __init__(self, what: str, *, remedy: str = "", below: Sequence[Text] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.below = tuple(below)

    def __str__(self) -> str:
        return f"{self.what}; {self.remedy}" if self.remedy else self.what


class UsageError(HopscopeError):
    """The command line asks for what cannot be."""


class ConfigurationError(HopscopeError):
    """A configuration, scenario or database file is wrong."""


class OutputError(HopscopeError):
    """Standard output is closed, full or broken."""


class RecordingError(HopscopeError):
    """A session file cannot be written, or read."""


class ResolveError(HopscopeError):
    """A target's name does not resolve."""


class ProbeProcessError(HopscopeError):
    """The probe process cannot be started, does not answer, or keeps dying."""


class UnsupportedError(HopscopeError):
    """The probe process, or this installation, may not or cannot do what was asked for."""
