"""The alerts of a session: every target's are watched as its events come, and the user's command is told of them."""

from __future__ import annotations

import threading

from .alerts.watch import AlertWatch
from .path.event_log import CHANGES
from .resolve.facts import AS_NAME, AS_NUMBER, owner
from .trace.events import AlertCommandEnded, AlertTurned, RoundStarted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Protocol

    from .alerts.commands import CommandRunner, Outcome
    from .alerts.expression import Expression
    from .alerts.watch import Turn
    from .path.snapshot import LogEntry, Snapshot
    from .sanitize import Text
    from .settings import Target
    from .trace.events import Event

    class Watched(Protocol):
        """What of a session alerts look at."""

        def log_entries(self, index: int) -> tuple[LogEntry, ...]:
            """The event log of a target, by its number among all that were ever traced."""

        def shown(self, index: int) -> Snapshot:
            """Its snapshot as it may be shown, likewise."""

        def name(self, address: str) -> Text | None:
            """The name of an address; None: not known."""

        def fact(self, address: str, kind: int) -> Text | None:
            """A fact of its network; None: not known."""


TELL_WAIT_S = 2.0  # at the end, for what is being put into words


class Alerting:
    """Watches the alerts of all targets; made once a session.

    Args:
        expressions: what is watched of each target.
        runner: runs the user's command, and is closed by who made it; None: there is none.
        recording: the file that the session is recorded to, told to the command; empty: none.
    """

    def __init__(
        self, expressions: Sequence[Expression], runner: CommandRunner | None = None, recording: str = ""
    ) -> None:
        self._expressions = expressions
        self._runner = runner
        self._recording = recording
        self._watches: dict[int, AlertWatch] = {}
        self._orders: dict[int, tuple[int, Turn]] = {}
        self._finished: dict[int, list[AlertCommandEnded]] = {}  # not told of their targets yet
        self._tellers: list[threading.Thread] = []
        self._lock = threading.Lock()  # of the orders
        self.fired = False
        """Whether any was ever raised."""

    def take(self, index: int, target: Target, interval_us: int, event: Event, watched: Watched) -> Iterator[Event]:
        """An event of a target; what its alerts, and the commands that tell of them, make of it."""
        watch = self._watches.get(index)
        if watch is None:
            watch = self._watches[index] = AlertWatch(
                self._expressions, target.address, interval_us, _Changes(watched, index)
            )
        for turn in watch.take(event):
            self.fired |= turn.raised
            if self._runner is not None:
                self._tell(index, turn, watched)
            share = turn.share
            counted = (share.hits, share.probes, share.lower, share.upper) if share.probes else ()
            yield AlertTurned(turn.time_us, turn.alert, turn.raised, turn.since_us, *counted)
        if self._runner is not None and isinstance(event, RoundStarted):
            yield from self._ended(index, event.time_us)

    def stop(self) -> None:
        """Wait until the command has been told of all, if that does not take long. It may still run."""
        for teller in self._tellers:
            teller.join(TELL_WAIT_S)

    def _ended(self, index: int, now_us: int) -> Iterator[Event]:
        """The commands of this target that have ended."""
        assert self._runner is not None
        with self._lock:
            for outcome in self._runner.outcomes():
                if outcome.number not in self._orders:
                    continue  # of an earlier session
                where, turn = self._orders.pop(outcome.number)
                self._finished.setdefault(where, []).append(
                    AlertCommandEnded(now_us, turn.alert, turn.raised, in_words(outcome))
                )
        yield from self._finished.pop(index, [])

    def _tell(self, index: int, turn: Turn, watched: Watched) -> None:
        """Put it into words, beside the measuring, and have the command run."""
        self._tellers = [one for one in self._tellers if one.is_alive()]
        teller = threading.Thread(target=self._order, args=(index, turn, watched), daemon=True)
        self._tellers.append(teller)
        teller.start()

    def _order(self, index: int, turn: Turn, watched: Watched) -> None:
        assert self._runner is not None
        facts = _facts(turn, watched.shown(index), watched, self._recording)
        with self._lock:
            try:
                number = self._runner.order(facts, raised=turn.raised)
            except OSError as error:
                lost = AlertCommandEnded(turn.time_us, turn.alert, turn.raised, f"not run: {error.strerror}")
                self._finished.setdefault(index, []).append(lost)
            else:
                self._orders[number] = index, turn


class _Changes:
    """Gives the path changes that were logged since it was last asked."""

    def __init__(self, watched: Watched, index: int) -> None:
        self._watched = watched
        self._index = index
        self._latest: LogEntry | None = None

    def __call__(self) -> list[int]:
        found = []
        entries = self._watched.log_entries(self._index)
        for entry in reversed(entries):
            if entry is self._latest:
                break
            if entry.kind in CHANGES:
                found.append(entry.time_us)
        self._latest = entries[-1] if entries else None
        return found[::-1]


def in_words(outcome: Outcome) -> str:
    """How a command ended, a clause."""
    from .alerts.commands import NOT_RUN, TIME_LIMIT_S

    said = f": {outcome.output}" if outcome.output else ""
    if outcome.status == NOT_RUN:
        return f"the command could not be run{said}"
    if outcome.timed_out:
        return f"the command was ended after {TIME_LIMIT_S:.0f} s{said}"
    how = f"was ended by signal {-outcome.status}" if outcome.status < 0 else f"ended with status {outcome.status}"
    return f"the command {how}{said}"


def _facts(turn: Turn, snapshot: Snapshot, watched: Watched, recording: str) -> dict[str, str]:
    """What the command is told, by the names of its variables."""
    from datetime import UTC, datetime

    from .insight.verdicts import verdicts

    def network(address: str) -> str | None:
        return owner(watched.fact(address, AS_NUMBER), watched.fact(address, AS_NAME))

    judged = verdicts(snapshot, network, lambda address: watched.name(address) or address)
    since_s = (turn.since_us + snapshot.clock_offset_us) / 1e6
    share = turn.share
    return {
        "ALERT": turn.alert,
        "STATE": "raised" if turn.raised else "cleared",
        "TARGET": snapshot.target.lane,
        "SENTENCE": judged.sentence,
        "SINCE": f"{datetime.fromtimestamp(since_s, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "LOSS": f"{100 * share.value:.2f}" if share.probes else "",
        "LOWER": f"{100 * share.lower:.2f}" if share.probes else "",
        "UPPER": f"{100 * share.upper:.2f}" if share.probes else "",
        "RECORDING": recording,
    }
