"""What was recorded in the place of a measurement: names are those of the recording, and nothing is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..additions import Addition

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..path.privacy import Privacy
    from ..path.snapshot import Snapshot
    from ..resolve.directory import Directory
    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..trace.checks import CheckPlan


class RecordedSource:
    """What a screen needs of a measurement, of a recording: commands to the measurement do nothing.

    Args:
        directory: what the recording says of addresses; nothing is asked for.
        last: gives the snapshot of each target at the end of the recording.
    """

    def __init__(self, directory: Directory, last: Callable[[], tuple[Snapshot, ...]]) -> None:
        self._directory = directory
        self._last = last
        self.additions: tuple[Addition, ...] = ()

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The last moment."""
        return self._last()

    def pause(self) -> None:
        """Nothing is sent."""

    def resume(self) -> None:
        """Nothing is sent."""

    def reset(self) -> None:
        """What was recorded stays."""

    def change(self, **changes: object) -> None:
        """What was recorded stays."""

    def check(self, index: int, plan: CheckPlan) -> None:
        """Nothing is checked."""

    def add(self, target: str = "", where: str = "", lane: str = "") -> Addition:
        """Nothing is added; what is returned never begins."""
        return Addition(target, where, lane)

    def remove(self, index: int) -> None:
        """What was recorded stays."""

    def end_check(self) -> None:
        """None runs."""

    def name(self, address: str) -> Text | None:
        """The reverse name of an address, as it was recorded."""
        return self._directory.name(address)

    @property
    def names_on(self) -> bool:
        """Whether reverse names are shown."""
        return self._directory.names.on

    def set_names(self, *, on: bool) -> None:
        """Show reverse names, or not."""
        self._directory.names.set_on(on=on)

    @property
    def known_version(self) -> int:
        """Rises when names are shown, or no longer."""
        return self._directory.version

    def origin(self, address: str) -> Origin | None:
        """The network of an address, as it was recorded."""
        return self._directory.origin(address)

    @property
    def origins_on(self) -> bool:
        """Whether networks are shown."""
        return self._directory.origins.on

    def set_origins(self, *, on: bool) -> None:
        """Show networks, or not."""
        self._directory.origins.set_on(on=on)

    @property
    def privacy(self) -> Privacy:
        """Hides the first hops."""
        return self._directory.privacy
