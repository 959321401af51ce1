"""The table of what is known of networks."""

from __future__ import annotations

import json
from importlib import resources

from hopscope.app.resolve.facts import AS_NUMBER, CITY, FACTS
from hopscope.app.resolve.origin import Origin

ORIGIN = Origin((64500, 64501), "192.0.2.0/24", "NL", "ripencc", "2001-02-03", "Example", "Delft")


def test_each_is_a_field_of_an_origin() -> None:
    """By its number; what is unknown is None."""
    assert [ORIGIN.fact(one.number) for one in FACTS] == [
        *("64500/64501", "192.0.2.0/24", "NL", "ripencc", "2001-02-03", "Example", "Delft")
    ]
    assert [Origin().fact(one.number) for one in FACTS] == [None] * len(FACTS)


def test_numbers_are_places() -> None:
    """So that a number of ``-y`` finds its fact."""
    assert [one.number for one in FACTS] == list(range(AS_NUMBER, CITY + 1))


def test_the_schema_names_them() -> None:
    """The full report has each under its key."""
    schema = json.loads((resources.files("hopscope.app.report") / "schemas" / "report.schema.json").read_text())
    assert all(f'"{one.key}"' in json.dumps(schema) for one in FACTS)
