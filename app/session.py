"""A measurement put together: probe process, engine, paths and names, for screens and reports alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .path.recorder import Recorder
from .resolve.lookups import Asker
from .resolve.names import Names
from .trace.events import Event, ProbeAnswered
from .trace.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .errors import HopscopeError
    from .path.snapshot import Snapshot
    from .settings import Target, TraceSettings
    from .trace.child import Child


class Session:
    """Targets under measurement, and what their addresses are called.

    Args:
        targets: what is traced.
        settings: how.
        command: the probe process's, to start it anew should it die.
        child: the probe process where it runs already.
        explicit: the protocol was asked for by name, and none stands in for it.
        names: whether reverse names are looked up at first.
        fixed_names: a simulated network's names; no query leaves then.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        settings: TraceSettings,
        *,
        command: Sequence[str],
        child: Child | None = None,
        explicit: bool = False,
        names: bool = True,
        fixed_names: Mapping[str, str] | None = None,
    ) -> None:
        self.targets = tuple(targets)
        self._recorder = Recorder(targets, settings)
        self._asker = Asker() if fixed_names is None else None
        self._names = Names(on=names, asker=self._asker, fixed=fixed_names)
        self._runner = Runner(command, targets, settings, self._take, explicit=explicit, child=child)

    def start(self) -> None:
        """Start measuring.

        Raises:
            ProbeProcessError: the probe process cannot be run.
        """
        self._runner.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the end of the measurement; whether it has come."""
        return self._runner.wait(timeout_s)

    def stop(self) -> None:
        """End the measurement and the probe process. Names stay known."""
        self._runner.stop()

    def close(self) -> None:
        """Stop, and ask no more names."""
        self._runner.stop()
        if self._asker is not None:
            self._asker.close()

    @property
    def error(self) -> HopscopeError | None:
        """What ended the measurement before its time."""
        return self._runner.error

    def snapshots(self) -> tuple[Snapshot, ...]:
        """The newest snapshot of each target, in the order given; cheap when nothing changed."""
        return self._recorder.snapshots()

    def pause(self) -> None:
        """Stop sending; answers still come in."""
        self._runner.pause()

    def resume(self) -> None:
        """Send again."""
        self._runner.resume()

    def reset(self) -> None:
        """Begin the statistics anew."""
        self._runner.reset()

    def change(self, **changes: object) -> None:
        """Take new values for fields of ``TraceSettings``, at once, without stopping the probing."""
        self._runner.change(**changes)

    def name(self, address: str) -> str | None:
        """The reverse name of an address, sanitized; None: unknown, not yet known, or names are off."""
        return self._names.name(address)

    @property
    def names_on(self) -> bool:
        """Whether reverse names are looked up."""
        return self._names.on

    def set_names(self, *, on: bool) -> None:
        """Turn reverse names on or off; off stops queries at once."""
        self._names.set_on(on=on)

    def wait_names(self) -> None:
        """Wait, a few seconds at most, until the names that have been asked for are known."""
        self._names.wait()

    def _take(self, index: int, event: Event) -> None:
        self._recorder.record(index, event)
        if isinstance(event, ProbeAnswered):
            self._names.name(event.address)  # asked for as early as can be, so that a report need not wait
