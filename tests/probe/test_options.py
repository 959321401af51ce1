"""The options of the probe process: what the table names is understood, and shown."""

from __future__ import annotations

import pytest
from hopscope.probe.limits import IN_FLIGHT_LIMIT, IN_FLIGHT_MAX
from hopscope.probe.options import OPTIONS, Options, UsageError, usage

VALUES = {"--engine": "icmplib", "--lab": "steady", "--lab-log": "file", "--max-in-flight": "7"}
SAID = {"--help", "--version"}  # answered before options are read


@pytest.mark.parametrize("name", [one.name for one in OPTIONS if one.name not in SAID])
def test_each_option_of_the_table_is_understood(name: str) -> None:
    """Each changes what the command line says, with its value where it needs one, and complains without."""
    words = [name, VALUES[name]] if name in VALUES else [name]
    changed, plain = Options(words), Options([])
    assert [getattr(changed, slot) for slot in Options.__slots__] != [
        getattr(plain, slot) for slot in Options.__slots__
    ]
    if name in VALUES:
        with pytest.raises(UsageError, match=f"^{name} needs "):
            Options([name])


def test_the_help_shows_each_option_with_its_limits() -> None:
    """Each once in the synopsis and once with what it does; no line is wider than 114 columns."""
    shown = usage()
    synopsis, _, described = shown.partition("\n\n")
    for one in OPTIONS:
        assert f"[{one.shown}]" in synopsis
        assert f"\n  {one.shown} " in described
    assert f"(default: {IN_FLIGHT_MAX}," in shown
    assert max(len(line) for line in shown.splitlines()) <= 114
    assert Options(["--max-in-flight", str(IN_FLIGHT_LIMIT)]).in_flight_max == IN_FLIGHT_LIMIT
    with pytest.raises(UsageError, match=str(IN_FLIGHT_LIMIT)):
        Options(["--max-in-flight", str(IN_FLIGHT_LIMIT + 1)])
