"""Events come back from their lines as they were."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.recording import event_lines
from hopscope.app.recording.event_lines import EventLines, Known, Told
from hopscope.app.recording.lines_of_events import LinesOfEvents
from hopscope.app.recording.values import Unfit
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target, TraceSettings
from hopscope.app.trace import events
from hopscope.app.trace.checks import ArmResult, Check, CheckKind, CheckPlan
from hopscope.app.trace.group import Group
from hopscope.probe.lab.scenario import shipped
from support.engines import World, steady
from support.virtual import Lab, lab_world

if TYPE_CHECKING:
    from collections.abc import Iterable

START_US = 1_000_000


def written(told: Iterable[tuple[int, events.Event]]) -> list[str]:
    """The lines of events."""
    lines = EventLines(START_US)
    return [
        one if isinstance(one, str) else json.dumps(one) for index, event in told for one in lines.lines(index, event)
    ]


def read(lines: Iterable[str], targets: int = 1) -> list[Told]:
    """The events of lines."""
    reader = LinesOfEvents(Known(START_US), targets)
    values: list[Any] = [json.loads(line) for line in lines]
    found = [reader.array(value) if isinstance(value, list) else reader.item(value) for value in values]
    return [one for one in found if one is not None]


@pytest.mark.parametrize("name", shipped())
def test_the_events_of_every_scenario_come_back(name: str) -> None:
    """What a trace of any shipped network tells comes back from its lines, event by event."""
    world = lab_world(Lab(name), TraceSettings(rounds=40, flows=4), detail=True)
    world.run()
    told = [(0, event) for event in world.events]
    assert len(told) > 200
    assert read(written(told)) == told


def test_targets_keep_their_events(monkeypatch: pytest.MonkeyPatch) -> None:
    """With several targets each event comes back with the index of its own."""
    targets = tuple(Target(sanitize(f"t{number}"), f"192.0.2.{number}", 4) for number in range(1, 6))
    told: list[tuple[int, events.Event]] = []
    take = Group.take_events

    def noted(group: Group) -> list[tuple[int, events.Event]]:
        taken = list(take(group))
        told.extend(taken)
        return taken

    monkeypatch.setattr(Group, "take_events", noted)
    World(steady(4), TraceSettings(rounds=5), targets).run()
    assert {index for index, _ in told} == {0, 1, 2, 3, 4}
    assert read(written(told), 5) == told


def test_what_is_rare_comes_back_too() -> None:
    """Changes of settings, checks, resets, readings of counters and late answers come back whole."""
    plan = CheckPlan(CheckKind.HALF_RATE, 3, (), "probe hop 3 at half the rate", "a limit shows")
    check = Check(plan, "done", (ArmResult("half rate", 9, 8, 1, 0, ("10.0.0.1", 3, None)),), 0, 4, 1, 2)
    told: list[events.Event] = [
        events.StateChanged(START_US, "running"),
        events.RoundStarted(START_US, 0),
        events.ProbeSent(START_US + 1, 0, 3, 17, 2),
        events.TrafficRead(START_US + 2, 0, "eth0", 1 << 40),
        events.SourceChanged(START_US + 2, "192.0.2.7", "192.0.2.8"),
        events.ProbeLost(START_US + 3, 0, 3, 17),
        events.ProbeAnswered(START_US + 9, 0, 3, 17, "ttl-expired", "10.0.0.3", 8, late=True),
        events.ProbeDuplicated(START_US + 10, 0, 3, 17, "10.0.0.9", 9, elsewhere=True, icmp_type=11),
        events.ProbeFailed(START_US + 11, 0, 4, 18, "no-route", "ENETUNREACH"),
        events.ProbeShared(START_US + 11, 0, 5, 19),
        events.HopForgotten(START_US + 12, 5),
        events.SettingsChanged(START_US + 13, TraceSettings(protocol="udp", rounds=None), "fallback", "why"),
        events.CheckChanged(START_US + 14, check),
        events.AlertTurned(START_US + 14, "loss > 2% over 100", True, START_US + 2, 12, 100, 0.0635, 0.2002),
        events.AlertTurned(START_US + 14, "path changed", False, START_US + 2),
        events.AlertCommandEnded(START_US + 14, "path changed", False, "the command ended with status 1: no route"),
        events.StatisticsReset(START_US + 15),
        events.StateChanged(START_US + 16, "finished", "reason"),
    ]
    assert read(written((0, event) for event in told)) == [(0, event) for event in told]


def test_numbers_of_answers_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """More kinds of answers than are remembered are told with numbers that begin anew."""
    monkeypatch.setattr(event_lines, "ANSWERS_KNOWN", 4)
    told: list[tuple[int, events.Event]] = [(0, events.RoundStarted(START_US, 0))]
    for seq in range(20):
        told.append((0, events.ProbeSent(START_US + seq, 0, 1, seq)))
        told.append((0, events.ProbeAnswered(START_US + seq, 0, 1, seq, "reply", f"10.0.0.{seq % 7}", 5)))
    lines = written(told)
    assert "[9,0]" in lines
    assert read(lines) == told


def test_answers_to_forgotten_probes_stand_as_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer to a probe that is no longer remembered comes back all the same."""
    monkeypatch.setattr(event_lines, "PROBES_KNOWN", 2)
    told: list[tuple[int, events.Event]] = [(0, events.RoundStarted(START_US, 0))]
    told += [(0, events.ProbeSent(START_US, 0, ttl, ttl)) for ttl in range(1, 6)]
    told.append((0, events.ProbeAnswered(START_US + 9, 0, 1, 1, "reply", "10.0.0.1", 5)))
    assert read(written(told)) == told


def test_a_probe_takes_few_bytes() -> None:
    """A probe that is answered takes no more than 40 bytes, whatever else happens."""
    world = lab_world(Lab("steady"), TraceSettings(rounds=300), detail=True)
    world.run()
    lines = written((0, event) for event in world.events)
    probes = sum(isinstance(event, events.ProbeSent) for event in world.events)
    assert sum(len(line) + 1 for line in lines) / probes <= 40


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[]", "nothing in it"),
        ("[0]", "too few"),
        ("[0,1,2]", "too many"),
        ("[0,1099511627776]", "more time than can be"),
        ("[4,1,1]", "no interface"),
        ("[1,5,1]", "before the first round"),
        ("[2,5,0,0,9]", "no such probe"),
        ("[3,5,0]", "no such probe"),
        ("[8,1]", "no such target"),
        ("[8,-1]", "no such target"),
        ("[0,99999999999999999999]", "more time"),
        ('{"e":"round","d":1,"round":-1}', "round"),
        ('{"e":"round","d":1,"round":7}', "round"),
        ('{"e":"sent","d":1,"round":0,"ttl":0,"seq":1}', "ttl"),
        ('{"e":"sent","d":1,"round":0,"ttl":256,"seq":1}', "ttl"),
        ('{"e":"sent","d":1,"round":5,"ttl":1,"seq":1}', "round"),
        ('{"e":"lost","d":1,"ttl":1,"seq":1}', "round is missing"),
        ('{"e":"lost","d":"1","round":0,"ttl":1,"seq":1}', "microseconds"),
        ('{"e":"state","d":1,"state":"asleep"}', "known words"),
        ('{"e":"answer","n":1,"word":"reply","address":"10.0.0.1"}', "next number"),
        ('{"e":"answer","n":0,"word":"moo","address":"10.0.0.1"}', "known words"),
        ('{"e":"answer","n":0,"word":"reply","address":"somewhere"}', "address"),
    ],
)
def test_what_cannot_have_happened_is_refused(line: str, said: str) -> None:
    """A line that no writer made is refused with what is wrong about it."""
    with pytest.raises(Unfit, match=said):
        read([line])


@pytest.mark.parametrize("line", ["[7,1,2,3]", "[100]", '{"e":"weather","d":"sunny"}', '{"x":1}', '{"e":[1]}'])
def test_unknown_kinds_are_skipped(line: str) -> None:
    """A line of a kind that a later version may write is skipped."""
    assert read([line]) == []
