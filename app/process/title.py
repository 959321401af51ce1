"""The arguments that other programs see of this process (proc_pid_cmdline(5))."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

ARG_START, ARG_END = 48, 49  # fields of /proc/self/stat by proc_pid_stat(5), counted from 1
STATE = 3  # the first field after the name, which may hold anything


def show_arguments(arguments: Sequence[str]) -> None:
    """Show these arguments instead of the interpreter's: monitoring looks for ``mtr`` there.

    The new ones must not be longer than the old ones. Where the system does not allow it, nothing changes.
    """
    text = b"".join(argument.encode("utf-8", "surrogateescape") + b"\0" for argument in arguments)
    try:
        with open("/proc/self/stat", "rb") as file:  # noqa: PTH123
            fields = file.read().rpartition(b") ")[2].split()
        start, end = int(fields[ARG_START - STATE]), int(fields[ARG_END - STATE])
        if not 0 < start < end or len(text) > end - start:
            return
        with open("/proc/self/mem", "r+b", buffering=0) as memory:  # noqa: PTH123
            memory.seek(start)
            memory.write(text.ljust(end - start, b"\0"))
    except (OSError, ValueError, IndexError, OverflowError):
        return
