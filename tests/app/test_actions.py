"""The table of actions: keys as they are written, given to others, and named in sentences."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hopscope.app.actions import (
    ACTIONS,
    MORE,
    SHOWN,
    Action,
    first_key,
    help_lines,
    is_key,
    key_name,
    keys_of,
    remapped,
)
from hopscope.app.insight.assessment import Assessment
from hopscope.app.screens.app import HopscopeApp
from hopscope.app.screens.present.verdict import answer, waiting
from support.moving import MovingSource, SeveralTargets
from support.screen import screen, text
from support.snapshots import nothing_answered


def test_no_key_and_no_name_is_given_twice() -> None:
    """Each action has a name of its own, and no key of another's."""
    assert len({action.name for action in ACTIONS}) == len(ACTIONS)
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_the_application_knows_each_action(action: Action) -> None:
    """What a row of the table calls is there."""
    call = action.call.partition("(")[0]
    assert hasattr(HopscopeApp, f"action_{call}")


def test_keys_are_read_as_they_are_written() -> None:
    """What help and footer write is understood in the configuration."""
    for action in ACTIONS:
        assert [key_name(shown) for shown in action.shown.split()] == list(action.keys)
    assert set(SHOWN) >= {key for action in ACTIONS for key in action.keys if "_" in key}


def test_a_capital_is_the_letter_unless_another_has_it() -> None:
    """Q is the type of service, so that q alone quits; R resets as r does."""
    taken = {key for action in ACTIONS for key in action.keys}
    keys = {action.name: keys_of(action, taken) for action in ACTIONS}
    assert keys["quit"] == ["q", "ctrl+c"]
    assert keys["reset"] == ["r", "R"]


def test_a_key_that_is_given_away_is_lost_by_its_owner() -> None:
    """An action without a key has none in sentences, and the help says so."""
    actions = remapped({"export": "F2", "verdict": "x"})
    assert first_key("export", actions) == "F2"
    assert first_key("verdict", actions) == "x"
    lost = remapped({"export": "q, Ctrl-C"})
    assert first_key("quit", lost) == ""
    assert ("none", "quit") in help_lines("Program", lost)


def test_sentences_name_the_users_own_keys() -> None:
    """What the screen offers in words is what the keys do."""
    snapshot = nothing_answered()
    actions = remapped({"udp": "F7", "tcp": "F8", "export": "F2", "quit": "F12"})
    waits = waiting(snapshot, snapshot.started_us + 60_000_000, actions)
    assert waits.endswith("or no route? F7 tries UDP, F8 tries TCP.")
    failed = answer(replace(snapshot, state="failed"), Assessment(), actions)
    assert failed.sentences[0][1] == "Numbers so far are kept; F2 exports, F12 quits."


async def test_the_screen_names_the_users_own_keys() -> None:
    """Tabs, the target bar and the state in the header stand beside the keys that they answer to."""
    keys = (("rtt", "F5"), ("overview", "F6"), ("pause-or-resume", "F7"))
    source = SeveralTargets(a_example=MovingSource(), b_example=MovingSource())
    async with screen(source, (120, 40), keys=keys) as (app, pilot):
        assert "F5 RTT" in text(app)
        assert "F6 all" in text(app)
        await pilot.press("f7")
        await pilot.pause()
        app.update(force=True)
        await pilot.pause()
        assert "paused, F7 resumes" in text(app)


def test_each_family_that_says_more_exists() -> None:
    """The line below a family belongs to one."""
    assert set(MORE) <= {action.family for action in ACTIONS}


def test_keys_of_the_configuration_are_keys() -> None:
    """Each key that help shows can be written as it shows it; words that name none are told apart."""
    shown = {key for action in ACTIONS for key in action.shown.split()}
    assert [key for key in shown if not is_key(key)] == []
    assert all(map(is_key, ("F12", "Ctrl-E", "ctrl+shift+up", "Q", "-", "+", "PgDn", "return", "Esc", "Space", "ü")))
    assert not any(map(is_key, ("foo bar", "F99", "Strg-E", "Ctrl-", "")))
