"""What the screen tells of alerts: each turn once, with whose it is, and how many are raised."""

from __future__ import annotations

from dataclasses import replace

from hopscope.app.path.snapshot import LogEntry, RaisedAlert, Snapshot
from hopscope.app.screens.present.alerts import turns_since
from support.lab_source import LabSource
from support.screen import screen, text

RAISED = LogEntry(2_000_000, 2, "alert-raised", "loss > 2% over 100 (12 of 100)")
CLEARED = LogEntry(9_000_000, 9, "alert-cleared", "loss > 2% over 100 after 7 s")


class Alarming(LabSource):
    """A source whose trace has what alerts leave behind."""

    def __init__(self, *entries: LogEntry, raised: int = 0) -> None:
        super().__init__("steady", rounds=5)
        self.entries = entries
        self.raised = raised

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The path, with entries of alerts."""
        (one,) = super().snapshots()
        alerts = tuple(RaisedAlert(f"alert {number}", 0, 0) for number in range(self.raised))
        log = (*one.log_entries, *self.entries)
        return (replace(one, log_entries=log, alerts=alerts, version=one.version + len(log)),)


def test_each_turn_is_told_once_in_its_order() -> None:
    """Turns after a moment are found, the oldest first, each a sentence with its severity."""
    snapshots = Alarming(RAISED, CLEARED).snapshots()
    raised, cleared = turns_since(snapshots, -1)
    assert (raised.text, raised.severity) == ("Alert: loss > 2% over 100 (12 of 100)", "warning")
    assert (cleared.text, cleared.severity) == ("Alert cleared: loss > 2% over 100 after 7 s", "fine")
    assert turns_since(snapshots, raised.time_us) == [cleared]
    assert turns_since(snapshots, cleared.time_us) == []


def test_of_several_targets_it_says_whose() -> None:
    """Where several are traced, the target stands behind it."""
    (one,) = Alarming(RAISED).snapshots()
    assert turns_since((one, one), -1)[0].text.endswith("(www.example.org)")


async def test_the_screen_tells_and_rings_and_counts() -> None:
    """A raised alert is a message, a count in the header, and with the option one ring of the bell."""
    source = Alarming()
    async with screen(source, (100, 30), bell=True) as (app, pilot):
        rung: list[bool] = []
        app.bell = lambda: rung.append(True)  # type: ignore[method-assign]
        assert "alert" not in text(app).lower()
        source.entries, source.raised = (RAISED,), 2
        app.tick()
        await pilot.pause()
        app.tick()
        await pilot.pause()
        assert "2 alerts" in text(app)
        assert "Alert: loss > 2% over 100 (12 of 100)" in text(app)
    assert rung == [True]
