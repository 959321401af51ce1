"""Records as plain values, and back from values that nobody has checked."""

from __future__ import annotations

import ast
import inspect
import json
from typing import Any, get_args

import pytest
from hopscope.app import settings
from hopscope.app.path import one_way, snapshot
from hopscope.app.recording import values
from hopscope.app.recording.event_lines import KINDS
from hopscope.app.recording.values import Unfit, plain, record
from hopscope.app.sanitize import sanitize
from hopscope.app.settings import LaneKind, Target, TraceSettings
from hopscope.app.trace import events
from hopscope.probe.interface import Interface
from hopscope.probe.wire import Label


def test_every_kind_of_event_has_a_word() -> None:
    """No kind of event is missing from a recording."""
    assert set(KINDS.values()) == set(get_args(events.Event))


@pytest.mark.parametrize("kind", [*KINDS.values(), Target, TraceSettings])
def test_every_kind_can_be_read(kind: type) -> None:
    """The annotations of every record that a recording holds are understood."""
    with pytest.raises(Unfit):
        record(kind, 5)


@pytest.mark.parametrize("module", [settings, events, one_way, snapshot])
def test_words_are_those_of_the_annotations(module: Any) -> None:
    """The words that a file may use are those that annotations allow, which exist for the type checker alone."""
    tree = ast.parse(inspect.getsource(module))
    found = {
        node.targets[0].id: set(ast.literal_eval(node.value.slice))
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Subscript)
        and isinstance(node.value.value, ast.Name)
        and node.value.value.id == "Literal"
    }
    known = {name: set(get_args(values.NAMES[name])) for name in found if name in values.NAMES}
    assert known == {name: words for name, words in found.items() if name in known}


@pytest.mark.parametrize(
    "value",
    [
        Target(sanitize("a.example"), "192.0.2.1", 4, 443, ("192.0.2.2",), kind=LaneKind("tcp", 443)),
        TraceSettings(protocol="udp", rounds=None),
        events.ProbeAnswered(
            5,
            0,
            3,
            9,
            "ttl-expired",
            "10.0.0.1",
            4,
            (Label(16000, 0, 1, 2),),
            interfaces=(Interface("incoming", "ae1"),),
        ),
    ],
)
def test_a_record_comes_back(value: object) -> None:
    """A record comes back equal from JSON."""
    assert record(type(value), json.loads(json.dumps(plain(value)))) == value


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Target, {"name": "x"}, "address is missing"),
        (Target, {"name": "x", "address": 5, "version": 4}, "address: not a text"),
        (Target, {"name": "x", "address": "x" * 5000, "version": 4}, "address: not a text"),
        (Target, {"name": "x", "address": "1.2.3.4", "version": True}, "version: not a whole number"),
        (Target, {"name": "x", "address": "1.2.3.4", "version": 1 << 70}, "version: not a whole number"),
        (Target, {"name": "x", "address": "1.2.3.4", "version": 4, "others": ["a"] * 5000}, "others: not a list"),
        (TraceSettings, {"protocol": "carrier-pigeon"}, "protocol: not one of the known words"),
        (TraceSettings, [], "not an object"),
    ],
)
def test_what_does_not_fit_is_named(kind: type, value: object, said: str) -> None:
    """A value that does not fit is refused, and the field is named."""
    with pytest.raises(Unfit, match=said):
        record(kind, value)


def test_texts_are_made_safe() -> None:
    """Whatever a file says, no text from it holds a control character."""
    target = record(Target, {"name": "a\x1b[31m\u202eb", "address": "192.0.2.1", "version": 4})
    assert target.name == "a?[31m?b"
