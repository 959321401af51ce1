"""What a screen needs: snapshots of the moment that is looked at, names, and the commands that go back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..additions import Addition
    from ..path.privacy import Privacy
    from ..path.snapshot import Snapshot
    from ..replay.cursor import TimeCursor
    from ..resolve.origin import Origin
    from ..sanitize import Text
    from ..trace.checks import CheckPlan


class Measured(Protocol):
    """A running measurement as the screens see it. All methods return at once and may be called from any thread."""

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The newest snapshot of each target, in the order given; cheap when nothing changed."""

    def pause(self) -> None:
        """Stop sending; answers still come in."""

    def resume(self) -> None:
        """Send again."""

    def reset(self) -> None:
        """Begin the statistics anew."""

    def change(self, **changes: object) -> None:
        """Take new values for fields of ``TraceSettings``, at once, without stopping the probing."""

    def check(self, index: int, plan: CheckPlan) -> None:
        """Run a check beside the trace of a target; its progress and outcome are in the snapshots."""

    def add(self, target: str = "", where: str = "", lane: str = "") -> Addition:
        """Begin to trace more, beside what is traced; what is returned says how far it is; empty: each there is."""

    @property
    def additions(self) -> tuple[Addition, ...]:
        """Those that are not over yet, or that had errors, until they are cancelled."""

    def remove(self, index: int) -> None:
        """Trace a target no more; the indices of those after it fall by one.

        Raises:
            UsageError: it is the only one.
        """

    def end_check(self) -> None:
        """End the check before its time."""

    def name(self, address: str) -> Text | None:
        """The reverse name of an address, sanitized; None: unknown, not yet known, or names are off."""

    @property
    def names_on(self) -> bool:
        """Whether reverse names are looked up."""

    def set_names(self, *, on: bool) -> None:
        """Turn reverse names on or off; off stops queries at once."""

    @property
    def known_version(self) -> int:
        """Rises when a name or a network may have become known."""

    def origin(self, address: str) -> Origin | None:
        """The network of an address, with its AS's name; None: unknown, not yet known, or origins are off."""

    @property
    def origins_on(self) -> bool:
        """Whether the networks of addresses are looked up."""

    def set_origins(self, *, on: bool) -> None:
        """Turn looking up networks on or off; off stops queries at once."""

    @property
    def privacy(self) -> Privacy:
        """Hides the first hops; snapshots come with them hidden, the local host's name is for ``local_host``."""


class Source(Measured, Protocol):
    """A measurement at one moment: the present, or another."""

    def now_us(self) -> int:
        """The moment, on the clock of the snapshots (monotonic)."""

    @property
    def time(self) -> TimeCursor | None:
        """Moves to other moments; None: none is kept but the present."""
