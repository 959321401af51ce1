"""A measurement at any moment of it: the time cursor says what is shown, and the measurement does all else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..additions import Addition
    from ..path.privacy import Privacy
    from ..path.snapshot import Snapshot
    from ..replay.cursor import TimeCursor
    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..trace.checks import CheckPlan
    from .source import Measured


class OverTime:
    """A ``Source`` over a measurement.

    Args:
        measured: goes on, whatever moment is looked at; of a replay it measures nothing.
        time: its present is what ``measured`` shows, with nothing hidden that ``measured`` hides.
    """

    def __init__(self, measured: Measured, time: TimeCursor) -> None:
        self._measured = measured
        self.time = time

    def snapshots(self) -> tuple[Snapshot, ...]:
        """A snapshot of each target at the moment, as it may be shown."""
        if not self.time.is_back:
            return self._measured.snapshots()
        return self.privacy.snapshots(self.time.snapshots())

    def now_us(self) -> int:
        """The moment."""
        return self.time.now_us()

    def pause(self) -> None:
        """Stand still at the moment; in the present, stop sending."""
        if self.time.is_back:
            self.time.pause()
        else:
            self._measured.pause()

    def resume(self) -> None:
        """Let time pass; in the present, send again."""
        if self.time.is_back:
            self.time.play()
        else:
            self._measured.resume()

    def reset(self) -> None:
        """Begin the statistics anew, in the present."""
        self.time.go_live()
        self._measured.reset()

    def change(self, **changes: object) -> None:
        """Take new values for fields of ``TraceSettings``, in the present."""
        self._measured.change(**changes)

    def check(self, index: int, plan: CheckPlan) -> None:
        """Run a check beside the trace of a target, in the present."""
        self._measured.check(index, plan)

    def add(self, target: str = "", where: str = "", lane: str = "") -> Addition:
        """Begin to trace more."""
        return self._measured.add(target, where, lane)

    @property
    def additions(self) -> tuple[Addition, ...]:
        """Those that are not over yet, or that had errors."""
        return self._measured.additions

    def remove(self, index: int) -> None:
        """Trace a target no more; it is looked at the present."""
        self._measured.remove(index)

    def end_check(self) -> None:
        """End the check before its time."""
        self._measured.end_check()

    def name(self, address: str) -> Text | None:
        """The reverse name of an address."""
        return self._measured.name(address)

    @property
    def names_on(self) -> bool:
        """Whether reverse names are shown."""
        return self._measured.names_on

    def set_names(self, *, on: bool) -> None:
        """Show reverse names, or not."""
        self._measured.set_names(on=on)

    @property
    def known_version(self) -> int:
        """Rises when a name or a network may have become known, or another moment is shown."""
        return self._measured.known_version + self.time.version

    def origin(self, address: str) -> Origin | None:
        """The network of an address."""
        return self._measured.origin(address)

    @property
    def origins_on(self) -> bool:
        """Whether the networks of addresses are looked up."""
        return self._measured.origins_on

    def set_origins(self, *, on: bool) -> None:
        """Look networks up, or not."""
        self._measured.set_origins(on=on)

    @property
    def privacy(self) -> Privacy:
        """Hides the first hops."""
        return self._measured.privacy
