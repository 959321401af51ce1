"""Looks up the networks of addresses, by DNS or in databases; readers never wait."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from ..defaults import PROVIDER_4, PROVIDER_6
from .lookups import Asker, LookupTable
from .origin import Origin, as_question, is_public, parse_as_name, parse_origins, question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import Client
    from .databases import Databases


class Origins:
    """Origins of addresses; readers never wait.

    Args:
        on: whether origins are looked up at first.
        asker: the thread that asks; None: no query ever leaves.
        fixed: origins laid over all others, by address: a lab's, or a session file's, which may grow.
        databases: files to read; where there are some, no query ever leaves either.
        provider_4: the zone to ask for IPv4 addresses.
        provider_6: the zone to ask for IPv6 addresses.
    """

    def __init__(
        self,
        *,
        on: bool = True,
        asker: Asker | None = None,
        fixed: Mapping[str, Origin] | None = None,
        databases: Databases | None = None,
        provider_4: str = PROVIDER_4,
        provider_6: str = PROVIDER_6,
    ) -> None:
        self._on = on
        self._fixed = {} if fixed is None else fixed
        self._databases = databases
        self._providers = (provider_4, provider_6)
        self._names_wanted = False
        asks = asker if databases is None else None
        self._table: LookupTable[Origin] | None = LookupTable(asks, self._ask) if asks else None
        self._name_table: LookupTable[str] | None = LookupTable(asks, self._ask_name) if asks else None

    @property
    def on(self) -> bool:
        """Whether origins are looked up and shown."""
        return self._on

    def set_on(self, *, on: bool) -> None:
        """Turn origins on or off, at once: off stops queries."""
        self._on = on
        if not on:
            for table in (self._table, self._name_table):
                if table is not None:
                    table.cancel()

    @property
    def version(self) -> int:
        """Rises when an origin may have become known."""
        return sum(table.version for table in (self._table, self._name_table) if table)

    def origin(self, address: str, *, with_name: bool = False) -> Origin | None:
        """The origin of an address; None: none, not yet known, or origins are off. Returns at once.

        ``with_name``: the name of the AS is wanted too, which by DNS is a question of its own.
        """
        if not self._on:
            return None
        address = address.partition("%")[0]
        if address in self._fixed:
            return self._fixed[address]
        if self._databases is not None:
            return self._databases.origin(address)
        if self._table is None or not is_public(address):
            return None
        self._names_wanted |= with_name
        origin = self._table.get(address)
        name = self._name(origin) if with_name and origin is not None else None
        return replace(origin, as_name=name) if origin is not None and name else origin

    def known(self, address: str) -> Origin | None:
        """The origin of an address that has been asked for, with the name of its AS if anybody wanted those."""
        return self.origin(address, with_name=self._names_wanted)

    def _name(self, origin: Origin) -> str | None:
        return self._name_table.get(str(origin.numbers[0])) if self._name_table and origin.numbers else None

    def wait(self, timeout_s: float) -> bool:
        """Wait for what has been asked for, for ``timeout_s`` at most, the names that follow from it included.

        Whether all came.
        """
        end_s = time.monotonic() + timeout_s
        tables = (self._table, self._name_table) if self._on else ()
        return all(table.wait(max(0.0, end_s - time.monotonic())) for table in tables if table is not None)

    async def _ask(self, client: Client, address: str) -> tuple[Origin | None, float]:
        found = await client.txt(question(address, *self._providers))
        origin = parse_origins(found.texts)
        if origin is not None and self._names_wanted:
            self._name(origin)  # asked before this answer counts as there, so that who waits waits for both
        return origin, found.ttl_s

    async def _ask_name(self, client: Client, number: str) -> tuple[str | None, float]:
        name = as_question(int(number), self._providers[0])
        if name is None:
            return None, 86_400
        found = await client.txt(name)
        return parse_as_name(found.texts), found.ttl_s
