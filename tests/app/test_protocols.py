"""The table of protocols."""

from __future__ import annotations

from hopscope.app.options.model import read_options
from hopscope.app.protocols import PROTOCOLS
from hopscope.probe import protocols as of_the_probe


def test_they_are_those_of_the_line_protocol() -> None:
    """The probe process knows each, and the table knows all that it knows."""
    assert set(PROTOCOLS) == set(of_the_probe.PROTOCOLS)


def test_each_can_be_asked_for_as_messages_say() -> None:
    """The option that messages name chooses it, with its port where it has a usual one."""
    for one in PROTOCOLS.values():
        settings = read_options([one.option, "host"], {}).settings
        assert (settings.protocol, settings.port) == (one.name, one.default_port)


def test_what_stands_in_needs_no_more_rights() -> None:
    """A stand-in has none of its own, so that looking for one ends."""
    assert all(one.stand_in is None or one.stand_in.stand_in is None for one in PROTOCOLS.values())
