"""Every error that reaches a user, by whose fault it is and what to do.

HopscopeError                 one line on stderr, exit status 1
├── UsageError                the command line: option, value, range
├── ConfigurationError        a file: name, line, key
├── OutputError               standard output cannot be written
├── ResolveError              a target's name does not resolve
├── ProbeProcessError         the probe process cannot be started, does not answer, or keeps dying
└── UnsupportedError          the probe process may not or cannot do what was asked for

What a single probe suffers is a state of that probe, never one of these.
"""

from __future__ import annotations


class HopscopeError(Exception):
    """What went wrong, where, and what to do: one line, without the program's name."""

    exit_status = 1


class UsageError(HopscopeError):
    """The command line asks for what cannot be."""


class ConfigurationError(HopscopeError):
    """A configuration or scenario file is wrong."""


class OutputError(HopscopeError):
    """Standard output is closed, full or broken."""


class ResolveError(HopscopeError):
    """A target's name does not resolve."""


class ProbeProcessError(HopscopeError):
    """The probe process cannot be started, does not answer, or keeps dying."""


class UnsupportedError(HopscopeError):
    """The probe process may not, or cannot, do what was asked for."""
