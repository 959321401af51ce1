"""A JSON object a line, for each event as it happens; the form is laid down in schemas/events.schema.json."""

from __future__ import annotations

from collections import deque

from ....probe.version import VERSION
from ....probe.wire import REPLY, TTL_EXPIRED
from ...json_text import json_line
from ...path.refused import WORDS as REFUSALS
from ...trace import events as happened
from ...trace.far_clock import ClockOffset
from .. import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...insight.assessment import Assessment
    from ...path.snapshot import EntryKind, LogEntry, Snapshot
    from ...sanitize import Text
    from ..context import Context
    from ..lived import Lived
    from .lane_lines import LaneLines

SCHEMA_VERSION = 3
JUDGED_FROM = 10  # rounds
GRAVE = ("fault", "warning", "changed")
LOGGED_ELSEWHERE: tuple[EntryKind, ...] = (
    "start",
    "clock",
    "alert-raised",
    "alert-cleared",
    "alert-command",
)  # log_entries that other lines tell of


class JsonLines:
    """Makes the lines of all targets of a session."""

    def __init__(self, session: Lived, context: Context) -> None:
        self._session = session
        self._context = context
        self._offset_us = session.snapshots()[0].clock_offset_us
        self._nameless: dict[str, None] = {}
        # What was known of names, and of what may be shown, when names were last looked for.
        self._known: tuple[object, ...] = ()
        self._addresses: set[str] = set()
        self._log_entries = [0] * len(session.targets)
        # Of each target, what snapshots told that are newer than the events written so far: moment, and line.
        self._ahead: list[deque[tuple[int, Text]]] = [deque() for _ in session.targets]
        self._grave: list[list[tuple[str, str, int, int]]] = [[] for _ in session.targets]
        self._lanes: LaneLines | None = None
        # Of each target, the path changes whose cost is not told yet.
        self._changes: list[list[LogEntry]] = [[] for _ in session.targets]

    def begin(self) -> Iterator[Text]:
        """A line for each target: what is traced, and how. Where hops are hidden, the target is too until the end."""
        hidden = self._session.privacy.target
        # What has happened meanwhile is a matter of luck, and told by other lines.
        for index, trace in enumerate(self._session.starting()):
            shown = hidden(self._session.targets[index])
            yield _line(
                event="start",
                schema_version=SCHEMA_VERSION,
                program={"name": "hopscope", "version": VERSION},
                time=describe.moment(trace.started_us + self._offset_us),
                target=index,
                source={"host": self._context.source(shown), **describe.vantage(shown)},
                target_host=describe.target(shown, trace.settings),
                settings=describe.settings(trace.settings),
            )

    def event(self, index: int, event: happened.Event) -> Iterator[Text]:
        """The line of an event, if there is one for its kind."""
        what = _what(event, self._offset_us)
        if what is None:
            return
        yield from self._until(index, event.time_us - 1)
        yield _line(event=what.pop("event"), time=self._moment(event.time_us), target=index, **what)
        if isinstance(event, happened.ProbeAnswered) and event.address not in self._addresses:
            self._addresses.add(event.address)
            self._nameless[event.address] = None
        if isinstance(event, happened.RoundStarted):
            self._ahead[index] += [*self._happened(index), *self._cost(index), *self._judged(index)]
            yield from self._until(index, event.time_us)

    def turn(self) -> Iterator[Text]:
        """Names that have become known."""
        known = len(self._addresses), self._session.known_version, self._session.privacy.version
        if known == self._known:
            return
        self._known = known
        for address in list(self._nameless):
            name = self._context.name(address)
            if name is not None:
                del self._nameless[address]
                yield _line(event="name", address=address, name=name)

    def end(self) -> Iterator[Text]:
        """What happened last, which paths there were, and a line for each target that says how it ended."""
        from ...path.flow_map import flow_map

        for index, trace in enumerate(self._session.snapshots()):
            yield from (line for _, line in self._ahead[index])
            yield from (line for _, line in (*self._happened(index), *self._cost(index, last=True)))
            yield from (line for _, line in self._judged(index, last=True))
            paths = flow_map(trace)
            yield _line(
                event="paths",
                time=self._moment(trace.time_us),
                target=index,
                hops=[
                    {"ttl": hop.ttl, **describe.flow_hop(shared, hop)}
                    for hop, shared in zip(trace.hops, paths.hops, strict=True)
                    if shared.found
                ],
                links=[describe.link(one) for one in paths.links],
            )
            yield _line(
                event="end",
                time=self._moment(trace.time_us),
                target=index,
                target_host=describe.target(trace.target, trace.settings),
                rounds=trace.rounds,
                reached=trace.reached,
                state=trace.state,
                reason=trace.reason or None,
            )

        yield from self._both_directions()

    def _both_directions(self) -> Iterator[Text]:
        """What two traces of each other and the count between them say, at their end."""
        traces = self._session.snapshots()
        if not any(one.one_way for one in traces):
            return
        from .both_ways import judged

        answer = judged(traces, self._context)
        if answer is not None:
            yield _line(event="both-directions", **describe.both_ways(answer))

    def _until(self, index: int, time_us: int) -> Iterator[Text]:
        """What snapshots told of the time up to a moment: where events wait to be written, it waits with them."""
        ahead = self._ahead[index]
        while ahead and ahead[0][0] <= time_us:
            yield ahead.popleft()[1]

    def _happened(self, index: int) -> Iterator[tuple[int, Text]]:
        """The new entries of the event log, each with its moment."""
        trace = self._session.snapshot(index)
        first = max(0, self._log_entries[index] - trace.log_entries_forgotten)
        news: tuple[LogEntry, ...] = trace.log_entries[first:]
        self._log_entries[index] = trace.log_entries_forgotten + len(trace.log_entries)
        for one in news:
            if one.kind in LOGGED_ELSEWHERE:
                continue
            if one.kind == "path-changed":
                self._changes[index].append(one)
            yield (
                one.time_us,
                _line(
                    event=one.kind,
                    time=self._moment(one.time_us),
                    target=index,
                    round=one.round,
                    text=one.text,
                    first_ttl=one.first_ttl or None,
                    last_ttl=one.last_ttl or None,
                    old=list(one.old),
                    new=list(one.new),
                    returned=one.returned,
                ),
            )

    def _cost(self, index: int, *, last: bool = False) -> Iterator[tuple[int, Text]]:
        """What path changes cost, with the moment: once no later round alters it, or at the end."""
        if not self._changes[index]:
            return
        from ...insight.evidence import change_effect

        trace = self._session.snapshot(index)
        for one in list(self._changes[index]):
            if not last and not change_effect.is_settled(trace, one):
                continue
            self._changes[index].remove(one)
            yield (
                trace.time_us,
                _line(
                    event="path-change-cost",
                    time=self._moment(trace.time_us),
                    target=index,
                    round=one.round,
                    changed=self._moment(one.time_us),
                    **describe.change_cost(one, change_effect.cost(trace, one)),
                ),
            )

    def _judged(self, index: int, *, last: bool = False) -> Iterator[tuple[int, Text]]:
        """What the trace means, with the moment: at its end, and when the findings that are more than notes change."""
        from ...insight.verdicts import verdicts

        trace = self._session.snapshot(index)
        if not last and trace.rounds < JUDGED_FROM:
            return
        judged = verdicts(trace, self._context.owner, self._context.host)
        yield from self._together(index, trace, judged, last=last)
        grave = [
            (one.rule.id, one.status.value, one.first_ttl, one.last_ttl)
            for one in judged.verdicts
            if one.severity in GRAVE
        ]
        if not last and grave == self._grave[index]:
            return
        self._grave[index] = grave
        yield (
            trace.time_us,
            _line(
                event="assessment",
                time=self._moment(trace.time_us),
                target=index,
                round=trace.last_round,
                **describe.assessment(judged, self._offset_us),
            ),
        )

    def _together(self, index: int, trace: Snapshot, judged: Assessment, *, last: bool) -> Iterator[tuple[int, Text]]:
        """What the lanes of a target say together, with the moment: at their end, and when it changes."""
        if len(self._session.targets) < 2:
            return
        if self._lanes is None:
            from .lane_lines import LaneLines

            self._lanes = LaneLines(self._context)
        news = self._lanes.judged(index, trace, judged, last=last)
        if news is not None:
            lanes, found = news
            said = {"severity": None, "answer": None, "verdicts": []} if found is None else describe.lanes(found)
            yield trace.time_us, _line(event="lanes", time=self._moment(trace.time_us), targets=lanes, **said)

    def _moment(self, time_us: int) -> str:
        return describe.moment(time_us + self._offset_us)


def _what(event: happened.Event, offset_us: int) -> dict[str, object] | None:
    """The fields of an event, but for its time and target; None for what other lines tell of."""
    what: dict[str, object] | None = None
    match event:
        case happened.RoundStarted():
            what = {"event": "round", "round": event.round}
        case happened.ProbeSent():
            what = {"event": "sent", **_probe(event), "flow": event.flow if event.flow >= 0 else None}
        case happened.ProbeShared():
            what = {"event": "shared", **_probe(event)}
        case happened.ProbeLost():
            what = {"event": "lost", **_probe(event), "outcome": "unanswered"}
        case happened.ProbeFailed():
            outcome = "not-sent" if event.word in REFUSALS else "withdrawn"
            what = {
                "event": "failed",
                **_probe(event),
                "outcome": outcome,
                "answer": event.word,
                "reason": event.reason,
            }
        case happened.ProbeAnswered():
            what = {
                "event": "answer",
                **_probe(event),
                "outcome": "answered" if event.word in {REPLY, TTL_EXPIRED} else "unreachable",
                "answer": event.word,
                "address": event.address,
                "rtt_us": event.rtt_us,
                "late": event.late,
                "labels": describe.labels(event.labels),
                "interfaces": describe.interfaces(event.interfaces),
                "icmp_type": event.icmp_type,
                "icmp_code": event.icmp_code,
                "reply_ttl": event.reply_ttl,
                "quoted_ttl": event.quoted_ttl,
                "quoted_tos": event.quoted_tos,
                "rewritten": event.rewritten,
                "clock": event.clock,
            }
        case happened.ProbeDuplicated():
            what = {
                "event": "duplicate",
                **_probe(event),
                "address": event.address,
                "elsewhere": event.elsewhere,
                "rtt_us": event.rtt_us,
                "icmp_type": event.icmp_type,
                "icmp_code": event.icmp_code,
                "reply_ttl": event.reply_ttl,
            }
        case happened.ClockCompared():
            compared = ClockOffset(event.offset_us - offset_us, event.bound_us)
            what = {"event": "clock", **describe.far_clock(compared), "stepped": event.stepped}
        case happened.OneWayCounted():
            what = {
                "event": "one-way",
                "state": event.state,
                "reason": event.reason or None,
                "round": event.round if event.round >= 0 else None,
                "forward": describe.way(event.forward),
                "return": describe.way(event.back),
            }
        case happened.AlertTurned() | happened.AlertCommandEnded():
            what = _alert(event, offset_us)
        case happened.StateChanged():
            what = {"event": "state", "state": event.state, "reason": event.reason or None}
    return what


def _alert(event: happened.AlertTurned | happened.AlertCommandEnded, offset_us: int) -> dict[str, object]:
    state = "raised" if event.raised else "cleared"
    if isinstance(event, happened.AlertCommandEnded):
        return {"event": "alert-command", "alert": event.alert, "state": state, "outcome": event.text}
    since = describe.moment(event.since_us + offset_us)
    counted = describe.share(event) if event.probes else {}
    return {"event": "alert", "alert": event.alert, "state": state, "since": since, **counted}


def _probe(
    event: happened.ProbeSent
    | happened.ProbeShared
    | happened.ProbeLost
    | happened.ProbeFailed
    | happened.ProbeAnswered
    | happened.ProbeDuplicated,
) -> dict[str, object]:
    return {"round": event.round, "ttl": event.ttl, "seq": event.seq}


def _line(**fields: object) -> Text:
    return json_line(fields)
