"""Reverse names of addresses: the hosts file first, then PTR records; readers never wait."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..sanitize import sanitize_name
from .hosts import normal_address, read_hosts
from .lookups import Asker, LookupTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..sanitize import Text
    from .client import Client

WAIT_MAX_S = 2.0
ELSEWHERE_MAX = 65_536


class Names:
    """Names of addresses.

    Args:
        on: whether names are looked up at first.
        asker: the thread that asks; None: no query ever leaves (the demo), and only ``fixed`` and the hosts file
            name anything.
        fixed: names laid over all others, by address: a lab's, or a session file's, which may grow.
        hosts: a file in the form of hosts(5); None: none.
        at_vantage: addresses that answer to a vantage point get the names that its own resolver has for them.
    """

    def __init__(
        self,
        *,
        on: bool = True,
        asker: Asker | None = None,
        fixed: Mapping[str, str] | None = None,
        hosts: Path | None = Path("/etc/hosts"),
        at_vantage: bool = False,
    ) -> None:
        self._on = on
        self._fixed = {} if fixed is None else fixed
        self.at_vantage = at_vantage
        # Names that vantage points tell, by address; None: not told, or there is none.
        self._elsewhere: dict[str, Text | None] = {}
        self._told = 0
        self._hosts_path = hosts
        self._hosts: dict[str, Text] | None = None
        self._table: LookupTable[Text] | None = LookupTable(asker, _ask) if asker else None

    @property
    def on(self) -> bool:
        """Whether names are looked up and shown."""
        return self._on

    def set_on(self, *, on: bool) -> None:
        """Turn names on or off, at once: off stops queries."""
        self._on = on
        if not on and self._table:
            self._table.cancel()

    @property
    def version(self) -> int:
        """Rises when a name may have become known."""
        return self._told + (self._table.version if self._table else 0)

    def elsewhere(self, address: str) -> None:
        """This address is a vantage point's to name: it is not asked for here, unless it was before."""
        if address not in self._elsewhere and len(self._elsewhere) < ELSEWHERE_MAX:
            self._elsewhere[address] = None

    def told(self, address: str, name: Text | None) -> None:
        """What a vantage point calls an address; the first that has a name for it is believed."""
        if name is not None and self._elsewhere.get(address, "") is None:
            self._elsewhere[address] = name
            self._told += 1

    def name(self, address: str) -> Text | None:
        """The name of an address, safe to show; None: none, not yet known, or names are off. Returns at once."""
        if not self._on:
            return None
        fixed = self._fixed.get(address)
        if fixed is not None:
            return sanitize_name(fixed)
        if address.partition("%")[0] in self._elsewhere:
            return self._elsewhere[address.partition("%")[0]]
        if self._hosts is None:
            self._hosts = read_hosts(self._hosts_path) if self._hosts_path else {}  # a few milliseconds, once
        bare = address.partition("%")[0]
        listed = self._hosts.get(bare)
        if listed is not None:
            return listed
        if self._table is None or not is_asked(bare):
            return None
        return self._table.get(bare)

    def wait(self, timeout_s: float = WAIT_MAX_S) -> bool:
        """Wait for the names that have been asked for, all together, for ``timeout_s`` at most; whether all came."""
        return not (self._on and self._table) or self._table.wait(timeout_s)


def is_asked(address: str) -> bool:
    """Whether the DNS can know a name of the address: not of link-local and unspecified ones, nor of what is none."""
    return not address.lower().startswith(("fe80:", "169.254.", "0.")) and normal_address(address) not in (None, "::")


async def _ask(client: Client, address: str) -> tuple[Text | None, float]:
    found = await client.ptr(address)
    return (sanitize_name(found.texts[0]) if found.texts else None), found.ttl_s
