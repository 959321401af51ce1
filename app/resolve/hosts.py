"""The hosts file (hosts(5)): addresses and their first names."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ..sanitize import sanitize_name

if TYPE_CHECKING:
    from pathlib import Path

    from ..sanitize import Text

SIZE_MAX_BYTES = 32 * 1024 * 1024  # block lists are large; what is larger is no hosts file


def normal_address(address: str) -> str | None:
    """An address in the form in which the kernel writes it, without its zone; None where it is none."""
    text = address.partition("%")[0]
    try:
        family = socket.AF_INET6 if ":" in text else socket.AF_INET
        return socket.inet_ntop(family, socket.inet_pton(family, text))
    except (OSError, ValueError):
        return None


def parse_hosts(text: str) -> dict[str, Text]:
    """Addresses and their canonical names: the first name of the first line that lists the address.

    Aliases, the further names of a line, name nothing in reverse. Lines that make no sense are passed over.
    """
    names: dict[str, Text] = {}
    seen: set[str] = set()
    for line in text.splitlines():
        fields = line.partition("#")[0].split(None, 2)
        if len(fields) < 2 or fields[0] in seen:  # a block list: one address, a hundred thousand names
            continue
        seen.add(fields[0])
        address = normal_address(fields[0])
        if address is not None:
            names.setdefault(address, sanitize_name(fields[1]))
    return names


def read_hosts(path: Path) -> dict[str, Text]:
    """The file's names; none where it cannot be read, whatever it holds."""
    try:
        if path.stat().st_size > SIZE_MAX_BYTES:
            return {}
        return parse_hosts(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return {}
