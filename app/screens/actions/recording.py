"""The key that records, and what the screen tells of recordings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..stage import Stage

if TYPE_CHECKING:
    from ...launch.recordings import Recordings

JUDGED_EVERY_S = 1.0


class RecordingActions(Stage, inherit_bindings=False):
    """A recording is begun and ended, and one that ends by itself is told of."""

    recordings: Recordings | None = None
    _judged_at = 0.0

    def action_record(self) -> None:
        """Record from now on, or end the recording that goes on."""
        if self.recordings is None:
            self.say("Nothing is measured here, so there is nothing to record", "warn")
            return
        self.say(self.recordings.switch())
        self.update(force=True)

    def poll(self) -> None:
        """Tell what has become of recordings, too."""
        super().poll()
        if self.judge.waits or self.options.recorder is None:
            return
        if self.recordings is None:  # loaded now: figures are on the screen, and all until now has been kept
            self.recordings = self.options.recorder()
            if self.recordings.note:
                self.say(self.recordings.note, stays=True)
        if problem := self.recordings.problem():
            self.say(problem, "bad", stays=True)
        if not self.is_back and time.monotonic() - self._judged_at >= JUDGED_EVERY_S:
            self._judged_at = time.monotonic()
            for snapshot in self.source.snapshots():
                self.recordings.judged(snapshot, self.judge.assess(snapshot))

    @property
    def recording_words(self) -> str:
        """The size of the recording that goes on, for the header; empty: there is none."""
        going = self.recordings.going if self.recordings is not None else None
        return going.size if going is not None else ""
