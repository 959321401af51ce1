"""The network that an address belongs to: AS number, prefix, country, registry, date, and the AS's name.

By DNS, in the form that Team Cymru's service made common and others follow: TXT records below a zone, for
192.0.2.1 ``1.2.0.192.ZONE`` and for IPv6 the nibbles of the first 64 bits in reverse, each record ``AS | prefix |
country | registry | date``; and at ``ASn.ZONE`` ``AS | country | registry | date | name``.
"""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..sanitize import sanitize
from .lookups import Asker, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .client import Client
    from .databases import Databases

PROVIDER_4 = "origin.asn.cymru.com"
PROVIDER_6 = "origin6.asn.cymru.com"
UNALLOCATED = "NA"
AS_MAX = 2**32 - 1  # RFC 6793
FIELD_MAX = 20
NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of the network of an address; empty where unknown. All texts are safe to show.

    ``numbers`` are the AS numbers that originate the prefix, mostly one. ``country`` is where the address block is
    registered, or, with a database, where the address is.
    """

    numbers: tuple[int, ...] = ()
    prefix: str = ""
    country: str = ""
    registry: str = ""
    allocated: str = ""
    as_name: str = ""
    city: str = ""

    @property
    def number(self) -> str:
        """The AS numbers as text, joined by ``/``."""
        return "/".join(str(number) for number in self.numbers)

    def fact(self, kind: int) -> str | None:
        """A fact by mtr's number for it: 0 AS number, 1 prefix, 2 country, 3 registry, 4 date; None where unknown.

        Ours are 5, the AS's name, and 6, the city.
        """
        facts = (self.number, self.prefix, self.country, self.registry, self.allocated, self.as_name, self.city)
        return facts[kind] or None


def parse_origins(texts: tuple[str, ...]) -> Origin | None:
    """The origin that TXT records tell of: fields of the most specific prefix, AS numbers of all. None: nothing usable.

    A field that is not what it should be is left empty.
    """
    origins = [origin for origin in map(_parse_origin, texts) if origin != Origin()]
    if not origins:
        return None
    origins.sort(key=lambda origin: -int(origin.prefix.rpartition("/")[2] or 0))
    numbers = dict.fromkeys(number for origin in origins for number in origin.numbers)
    return replace(origins[0], numbers=tuple(numbers))


def _parse_origin(text: str) -> Origin:
    fields = [field.strip() for field in sanitize(text, 1000).split("|")]
    number, prefix, country, registry, allocated = (*fields, "", "", "", "", "")[:5]
    return Origin(_numbers(number), _prefix(prefix), _word(country), _word(registry), _word(allocated))


def parse_as_name(texts: tuple[str, ...]) -> str | None:
    """The name of an AS from its TXT record."""
    for text in texts:
        fields = sanitize(text, 1000).split("|")
        if len(fields) >= 5 and (name := fields[4].strip()):
            return name[:NAME_MAX]
    return None


def _numbers(text: str) -> tuple[int, ...]:
    words = text.split()[:8]
    numbers = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 10]
    return tuple(dict.fromkeys(number for number in numbers if number <= AS_MAX))


def _prefix(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False)) if "/" in text else ""
    except ValueError:
        return ""


def _word(text: str) -> str:
    return text if len(text) <= FIELD_MAX and text != UNALLOCATED and " " not in text else ""


def is_public(address: str) -> bool:
    """Whether the address can belong to a network of the Internet: neither private nor reserved nor multicast."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return parsed.is_global and not parsed.is_multicast


def question(address: str, provider_4: str = PROVIDER_4, provider_6: str = PROVIDER_6) -> str:
    """The name to ask for the origin of an address; no network in the table of the Internet is longer than 64 bits."""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 4:
        return f"{'.'.join(reversed(str(parsed).split('.')))}.{provider_4}."
    return f"{'.'.join(reversed(f'{int(parsed) >> 64:016x}'))}.{provider_6}."


def as_question(number: int, provider: str = PROVIDER_4) -> str | None:
    """The name to ask for an AS's name; None where the provider's zone does not say where these stand."""
    first, _, zone = provider.partition(".")
    return f"AS{number}.{zone}." if first.startswith("origin") and zone else None


class Origins:
    """Origins of addresses; readers never wait.

    Args:
        on: whether origins are looked up at first.
        asker: the thread that asks; None: no query ever leaves.
        fixed: origins laid over all others, by address; the lab's.
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
        self._fixed = dict(fixed or {})
        self._databases = databases
        self._providers = (provider_4, provider_6)
        self._names_wanted = False
        asks = asker if databases is None else None
        self._table: Table[Origin] | None = Table(asks, self._ask) if asks else None
        self._name_table: Table[str] | None = Table(asks, self._ask_name) if asks else None

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
