"""A finished stretch of a simulated trace as the screen's source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hopscope.app.sanitize import Text, sanitize
from hopscope.app.settings import TraceSettings
from support.moving import MovingSource
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from hopscope.app.path.snapshot import Snapshot


class LabSource(MovingSource):
    """What a scenario shows after some rounds, with its names; it does not move."""

    def __init__(self, name_or_toml: str, **settings: Any) -> None:
        super().__init__()
        lab = Lab(name_or_toml)
        world = lab_world(lab, TraceSettings(**settings), detail=True)
        self._seen = replace(world.run(), state="running")
        self._lab_names = lab.scenario.names()

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The path after those rounds, under the settings of now."""
        flows = self.settings.flows or self._seen.settings.flows
        return (replace(self._seen, settings=replace(self._seen.settings, flows=flows)),)

    def name(self, address: str) -> Text | None:
        """A name of the scenario."""
        return sanitize(self._lab_names[address]) if self.names_on and address in self._lab_names else None
