"""The one table of what is known of an address's network: the numbers of ``-y`` and their titles everywhere.

Imported before ``--help`` is answered, so nothing costly is.
"""

from __future__ import annotations


class NetworkFact:
    """One fact of an ``Origin``.

    Args:
        number: what ``-y`` calls it, and its place in ``FACTS``; 0 to 4 are mtr's.
        field: the field of ``Origin`` that holds it.
        title: above a column.
        help: in the list of ``--help``.
        key: in JSON.
        width: characters of its column in a text report; 0: the layout says.
        prefix: what stands before it where it is read alone.
    """

    __slots__ = ("field", "help", "key", "number", "prefix", "title", "width")

    def __init__(self, number: int, field: str, title: str, help: str, *, key: str, width: int, prefix: str) -> None:  # noqa: A002
        self.number = number
        self.field = field
        self.title = title
        self.help = help
        self.key = key
        self.width = width
        self.prefix = prefix


AS_NUMBER, PREFIX, COUNTRY, REGISTRY, ALLOCATED, AS_NAME, CITY = range(7)
FIRST_WITH_NAME = AS_NAME  # from here on, by DNS, the name of the AS is asked for: a question of its own
FACTS = (
    NetworkFact(AS_NUMBER, "number", "AS", "AS number", key="as_number", width=0, prefix="AS"),
    NetworkFact(PREFIX, "prefix", "Prefix", "prefix", key="prefix", width=19, prefix=""),
    NetworkFact(COUNTRY, "country", "Country", "country", key="country", width=4, prefix=""),
    NetworkFact(REGISTRY, "registry", "Registry", "registry", key="registry", width=8, prefix=""),
    NetworkFact(ALLOCATED, "allocated", "Allocated", "date", key="allocated", width=11, prefix=""),
    NetworkFact(AS_NAME, "as_name", "AS name", "AS name", key="as_name", width=25, prefix=""),
    NetworkFact(CITY, "city", "City", "city", key="city", width=17, prefix=""),
)
SHOWN_MAX = 5  # at once in a report


def owner(number: str | None, name: str | None) -> str | None:
    """Whose network it is, such as ``AS64501 transit.example``; None where the number is not known."""
    return f"{FACTS[AS_NUMBER].prefix}{number} {name or ''}".rstrip() if number else None
