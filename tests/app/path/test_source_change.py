"""The host that probes gets another address while it is traced from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hopscope.app.path.hiding import HIDDEN
from hopscope.app.path.path import Path
from hopscope.app.path.privacy import Privacy
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import TraceSettings
from hopscope.app.trace.events import SourceChanged, StateChanged
from support.engines import TARGET

OLD, NEW = "192.0.2.7", "192.0.2.8"


def changed(vantage: str = "", local_address: str = "") -> Path:
    target = replace(TARGET, source=OLD, vantage=sanitize(vantage))
    path = Path(target, TraceSettings(local_address=local_address))
    path.record(StateChanged(1_000_000, "running"))
    path.record(SourceChanged(13_400_000, OLD, NEW))
    return path


@pytest.mark.parametrize(("vantage", "whose"), [("", "this host's address"), ("ssh:fra", "the address of ssh:fra")])
def test_the_change_is_in_the_log_and_the_snapshot(vantage: str, whose: str) -> None:
    """The log says when and from what to what; probes come from the new address."""
    snapshot = changed(vantage).snapshot()
    entry = snapshot.log_entries[-1]
    assert (entry.kind, entry.old, entry.new) == ("source-changed", (OLD,), (NEW,))
    assert entry.text == f"{whose} changed from {OLD} to {NEW} after 12 s"
    assert snapshot.local_address == NEW


def test_an_address_that_was_asked_for_stays() -> None:
    """Probes are sent from it, whatever the routes say."""
    assert changed(local_address=OLD).snapshot().local_address == OLD


def test_privacy_hides_both_addresses() -> None:
    """In the log, its text, and in what a recording is told."""
    privacy = Privacy(1)
    shown = privacy.snapshot(changed().snapshot())
    assert shown.log_entries[-1].text == "this host's address changed from hidden to hidden after 12 s"
    assert (shown.log_entries[-1].old, shown.log_entries[-1].new) == ((HIDDEN,), (HIDDEN,))
    assert shown.local_address == HIDDEN
    event = SourceChanged(1, OLD, NEW)
    assert Privacy(1).event(TARGET, event) == SourceChanged(1, HIDDEN, HIDDEN)
    assert Privacy(0).event(TARGET, event) == event
