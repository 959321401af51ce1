"""Scenario files are read, and what is wrong in one is said in a line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hopscope.probe.lab import scenario
from hopscope.probe.lab.schema import ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

HOP = '{ address = "192.0.2.1", rtt_ms = 1 }'


@pytest.mark.parametrize("name", scenario.shipped())
def test_shipped_scenarios_can_be_shown(name: str) -> None:
    """Every shipped scenario has a title of one line, a target, and documentation addresses alone."""
    loaded = scenario.load(name)
    assert 10 < len(loaded.title) < 110
    assert loaded.target_name == "www.example.org" or name == "datacentre"
    prefixes = ("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:", "192.168.", "100.64.")
    assert all(address.startswith(prefixes) for address in (*loaded.names(), loaded.target()))
    assert all(name.endswith((".example", "example.org")) for name in loaded.names().values())


def test_default_scenario_comes_first() -> None:
    """A list of scenarios begins with the one that is shown when none is named."""
    assert scenario.describe()[0][0] == scenario.DEFAULT


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("title =", "Invalid value"),
        ("hop = 3", "hop: must be an array of tables"),
        ("[[hop]]\nrtt_ms = 1", "hop 1: address: missing"),
        ('[[hop]]\naddress = "192.0.2.1"', "hop 1: rtt_ms: missing"),
        ('hop = [{ address = "192.0.2", rtt_ms = 1 }]', "hop 1: address: must be an IPv4 address, not '192.0.2'"),
        (f"hop = [{HOP}, {HOP.replace('= 1 ', '= 0.5 ')}]", "hop 2: rtt_ms: 0.5 is less than 1 of the hop before"),
        (f"hop = [{HOP.replace('1 }', '1, speed = 3 }')}]", "hop 1: speed: unknown key; expected one of address, "),
        (f"hop = [{HOP}]\nsource_6 = 3", "source_6: unknown key; did you mean source6?"),
        (f"hop = [{HOP.replace('1 }', '1, loss = 3 }')}]", "hop 1: loss: unknown key; "),
        (
            f"hop = [{HOP.replace('1 }', '1, rate_limit = {per_sec = 1} }')}]",
            "hop 1: rate_limit.per_sec: unknown key; did",
        ),
        (
            f"hop = [{HOP}]\n[[change]]\nat_s = 1\nfrom = 2",
            "change 1: from: unknown key; expected one of at_s, until_s",
        ),
        (f"hop = [{HOP.replace('1 }', '1, loss_percent = 101 }')}]", "hop 1: loss_percent: must be a number from 0"),
        (f"hop = [{HOP.replace('1 }', '1, spikes = {percent = 1} }')}]", "hop 1: spikes.delay_ms: missing"),
        (f"hop = [{HOP}]\n[[change]]\nlength = 2", "change 1: at_s: missing"),
        (f"hop = [{HOP}]\n[[change]]\nat_s = 1\nloop = [1, 1]", "change 1: loop: must be"),
        (f"hop = [{HOP}]\n[[target]]\nafter = 1\nhop = [{{}}]", "target 1: hop 2: rtt_ms: missing"),
    ],
)
def test_what_is_wrong_is_named(body: str, message: str) -> None:
    """A message names the file, the table and the key, and stays on one line."""
    with pytest.raises(ScenarioError) as caught:
        scenario.parse(f'title = "a scenario"\n{body}', "file.toml")
    assert str(caught.value).startswith(f"scenario file.toml: {message}")
    assert "\n" not in str(caught.value)


def test_scenarios_that_are_not_there(tmp_path: Path) -> None:
    """An unknown name lists the known ones, an unknown file or a binary one is named."""
    with pytest.raises(ScenarioError, match=r"no scenario 'nope'; there are: steady, .*mpls"):
        scenario.load("nope")
    with pytest.raises(ScenarioError, match=r"none\.toml: no such scenario file"):
        scenario.load(str(tmp_path / "none.toml"))
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(ScenarioError, match=r"binary\.toml: not UTF-8 text"):
        scenario.load(str(binary))


def test_names_and_origins_follow_the_addresses() -> None:
    """Every branch of a balanced hop has its own name; a hop's network is known by address."""
    names = scenario.load("balanced").names()
    assert (names["198.51.100.17"], names["198.51.100.21"]) == ("left1.isp.example", "right1.isp.example")
    assert scenario.load("steady").origins()["2001:db8:100::1"] == (64500, "EXAMPLE-ISP")


def test_changes_hold_between_their_times_and_come_again() -> None:
    """A change replaces the path from its time until its end, and once more in every repetition."""
    loaded = scenario.load("path-change")
    target = next(iter(loaded.phases[-1].routes))
    lengths = {at_s: len(loaded.routes_at(at_s * 1e6)[target].hops) for at_s in (0, 19.9, 20, 59.9, 60, 100)}
    assert lengths == {0: 7, 19.9: 7, 20: 8, 59.9: 8, 60: 7, 100: 8}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 100_000, "scenario x: tables or lists are nested too deeply"),
        ("a = " + "1" * 5000, "scenario x: a number is too long"),
        (f"title = 'x'\nhop = [{HOP}]\n[[change]]\nat_s = 1\n[change.hop]\n1 = 5\n", "hop.1: must be a table, not 5"),
        (f"title = 'x'\nhop = [{HOP}]\n[[change]]\nat_s = 1\nhop = 5\n", "hop: must be a table, not 5"),
        (
            f"title = 'x'\nhop = [{HOP}]\n[[change]]\nat_s = 1\n[change.hop.{'1' * 5000}]\n",
            "must be the number of a hop",
        ),
    ],
    ids=["nested", "digits", "override", "overrides", "number"],
)
def test_what_the_reader_cannot_take_is_wrong_in_the_file(text: str, message: str) -> None:
    """Limits of Python's reader of TOML, and values of the wrong kind, are said in one line."""
    with pytest.raises(ScenarioError) as caught:
        scenario.parse(text, "x")
    assert message in str(caught.value)


def test_pipes_and_devices_are_no_scenarios(tmp_path: Path) -> None:
    """Neither a pipe that nobody writes to nor a device that never ends holds the start up."""
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "large.toml").write_text("#" * (2 << 20))
    for path, message in (
        (str(tmp_path / "pipe.toml"), "not a regular file"),
        ("/dev/zero", "not a regular file"),
        (str(tmp_path / "large.toml"), "larger than 1 MiB"),
    ):
        with pytest.raises(ScenarioError, match=message):
            scenario.load(path)
