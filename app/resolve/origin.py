"""The network that an address belongs to: AS number, prefix, country, registry, date, and the AS's name.

By DNS, in the form that Team Cymru's service made common and others follow: TXT records below a zone, for
192.0.2.1 ``1.2.0.192.ZONE`` and for IPv6 the nibbles of the first 64 bits in reverse, each record ``AS | prefix |
country | registry | date``; and at ``ASn.ZONE`` ``AS | country | registry | date | name``.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace

from ..defaults import PROVIDER_4, PROVIDER_6
from ..sanitize import sanitize
from .facts import FACTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..sanitize import Text

UNALLOCATED = "NA"
AS_MAX = 2**32 - 1  # RFC 6793
FIELD_MAX = 20
NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of the network of an address; empty where unknown. All texts are safe to show."""

    numbers: tuple[int, ...] = ()
    """The AS numbers that originate the prefix, mostly one."""
    prefix: str = ""
    """In CIDR notation."""
    country: str = ""
    """Where the address block is registered, or, with a database, where the address is; ISO 3166-1 code."""
    registry: str = ""
    """The regional registry that allocated the block, as the source writes it: ``ripencc``."""
    allocated: str = ""
    """The day on which the block was allocated, as the registry writes it."""
    as_name: str = ""
    """The name of the first of its AS numbers."""
    city: str = ""
    """Where the address is, in English; of databases only."""

    @property
    def number(self) -> str:
        """The AS numbers as text, joined by ``/``."""
        return "/".join(str(number) for number in self.numbers)

    def fact(self, number: int) -> Text | None:
        """A fact by its number in ``FACTS``; None where it is unknown."""
        value: str = getattr(self, FACTS[number].field)
        return sanitize(value) or None


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
