"""What outputs that are written line by line look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..path.privacy import Privacy
    from ..path.snapshot import Snapshot
    from ..settings import Target


class Lived(Protocol):
    """What is told of line by line: a session that is measured, or one that was."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """What is traced, in the order of the snapshots."""

    def starting(self) -> tuple[Snapshot, ...]:
        """The snapshot of each target before anything happened, as it may be shown, whatever has."""

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The newest snapshot of each target, as it may be shown."""

    def snapshot(self, index: int) -> Snapshot:
        """That of one target, by its index; of many targets that costs less."""

    @property
    def known_version(self) -> int:
        """Rises when a name may have become known."""

    @property
    def privacy(self) -> Privacy:
        """Hides the first hops."""

    def pause(self) -> None:
        """Stop sending."""

    def resume(self) -> None:
        """Send again."""

    def reset(self) -> None:
        """Begin the statistics anew."""

    @property
    def names_on(self) -> bool:
        """Whether reverse names are shown."""

    def set_names(self, *, on: bool) -> None:
        """Show reverse names, or not."""
