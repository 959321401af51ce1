"""What modules import."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import pytest


def test_no_module_needs_itself() -> None:
    """There is no circle of imports, those for the type checker alone included."""
    grimp = pytest.importorskip("grimp", reason="grimp comes with import-linter, of the extra dev")
    graph = grimp.build_graph("hopscope.app", "hopscope.widgets", "hopscope.probe")
    needs = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(needs) > 300
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))
