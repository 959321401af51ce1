"""The table of output formats."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from hopscope.app.options.model import read_options
from hopscope.app.options.table import OPTIONS
from hopscope.app.report.context import Context
from hopscope.app.report.formats import ALL_IN_ONE, EACH_ALONE, EXPORTS, FORMATS, LIVE
from support import snapshots
from support.program import imported

if TYPE_CHECKING:
    from hopscope.app.report.formats import Format

WRITTEN = [one for one in FORMATS.values() if not one.is_live]


@pytest.mark.parametrize("one", FORMATS.values(), ids=list(FORMATS))
def test_each_format_can_be_asked_for(one: Format) -> None:
    """By its long name and its letter, with what it is good for in the help."""
    for word in (f"--{one.name}", *([f"-{one.short}"] if one.short else [])):
        assert read_options([word, "host"], {}).format is one
    (option,) = (option for option in OPTIONS if option.long == one.name)
    assert option.help == one.option
    assert one.shape in {ALL_IN_ONE, EACH_ALONE, LIVE}


@pytest.mark.parametrize("one", WRITTEN, ids=lambda one: one.name)
def test_several_targets_make_one_document_or_one_each(one: Format) -> None:
    """As the table says."""
    traces = [snapshots.healthy(), snapshots.lossy()]
    assert len(one.texts(traces, Context())) == (1 if one.is_all_in_one else 2)


def test_schemas_are_those_that_are_shipped() -> None:
    """Each format's schema is in the package, and each schema there is some format's."""
    folder = resources.files("hopscope.app.report") / "schemas"
    named = {one.schema for one in FORMATS.values() if one.schema}
    named |= {"mtu.schema.json", "compare.schema.json"}  # of --mtu and --compare, in json
    assert {entry.name for entry in folder.iterdir()} == named
    for name in named:
        assert json.loads((folder / name).read_text())["$schema"]


def test_exports_are_documents() -> None:
    """What is written while a trace runs cannot be exported; what can has the ending of its kind."""
    assert EXPORTS
    assert not any(one.is_live for one in EXPORTS)
    assert all(one.extension and "/" in one.media_type for one in FORMATS.values())


def test_the_table_loads_no_writer() -> None:
    """It stands between the start and ``--help``."""
    loaded = imported("hopscope.app.report.formats")
    assert not [name for name in loaded if name.startswith("hopscope.app.") and "report" not in name]
    assert not [name for name in loaded if ".writers" in name or name in {"dataclasses", "json"}]
