"""What the prompts accept is what the command line accepts."""

from __future__ import annotations

import pytest
from hopscope.app import ranges
from hopscope.app.errors import UsageError
from hopscope.app.options.parse import parse
from hopscope.app.screens.dialogs.prompts import Typing, prompt
from hopscope.app.settings import TraceSettings

SETTINGS = TraceSettings()
OPTIONS = {"size": "psize", "interval": "interval", "tos": "tos", "pattern": "bitpattern"}


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize(
    "text", ["27", "28", "-28", "9000", "9001", "65535", "0", "-1", "255", "256", "0x10", "0.01", "x", ""]
)
def test_prompts_read_as_options_do(name: str, text: str) -> None:
    """A value is taken, or refused, by the prompt as by its option, and means the same."""
    value = Typing(prompt(name, SETTINGS, ""), text).value()
    try:
        ((_, expected),) = [*parse([f"--{OPTIONS[name]}={text}"])]
    except UsageError:
        expected = None
    assert (None if value is None else next(iter(value.values()))) == expected


def test_the_range_of_a_ttl_ends_at_the_other() -> None:
    """The first TTL is never above the last one."""
    settings = TraceSettings(first_ttl=3, max_ttl=9)
    assert prompt("first", settings, "").range_text == "1 to 9"
    assert prompt("max", settings, "").range_text == f"3 to {ranges.TTL.high}"
    assert Typing(prompt("max", settings, ""), "2").value() is None


@pytest.mark.parametrize(
    ("name", "label"),
    [("size", "Packet size"), ("max", "Max TTL"), ("fields", "Columns"), ("find", "Find")],
)
def test_a_prompt_is_called_as_its_action(name: str, label: str) -> None:
    """Footer, help and prompt have one word for it."""
    assert prompt(name, SETTINGS, "").label == label
