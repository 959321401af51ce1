"""``--both``: a host that is traced from here and from which is traced back."""

from __future__ import annotations

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.options.both import settle_both
from hopscope.app.options.configuration import Configuration, NamedPlace
from hopscope.app.options.model import Options, read_options
from hopscope.app.vantage.where import Where, parse_where


def test_probes_leave_from_here_and_from_there() -> None:
    """This host first; no target is needed, and one that is given is the other host's address."""
    options = read_options(["--both", "ssh:web1", "--return-address", "192.0.2.1"], {})
    assert [one.text for one in options.vantages] == ["local", "ssh:web1"]
    assert options.both == options.vantages[1]
    assert options.return_address == "192.0.2.1"
    assert read_options(["--both", "ssh:web1", "web1.example.org"], {}).targets == ("web1.example.org",)
    assert (Options().both, Options().return_address) == (None, "")


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "ssh:web2"),
        ("--lanes", "icmp,udp"),
        ("--packet", "mtr-packet"),
        ("--demo",),
        ("--mtu",),
        ("--serial",),
        ("-F", "/dev/null"),
        ("--all-addresses",),
        ("-a", "192.0.2.1"),
        ("-I", "eth0"),
    ],
)
def test_what_makes_no_sense_for_two_hosts_is_refused(words: tuple[str, ...]) -> None:
    """One line that names both options."""
    with pytest.raises(UsageError, match=f"options --both and {next(iter(words))} exclude each other"):
        read_options(["--both", "ssh:web1", *words], {})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--both", "local"], "expected another host than this one"),
        (["--both", "ssh:web1", "one", "two"], "at most one target"),
        (["--both", "ssh:-oProxyCommand=x"], "option --both: invalid value"),
        (["--both", "ssh:web1", "--both", "ssh:web2"], "option --both: given twice, expected one other host"),
        (["--both", "ssh:-oProxyCommand=x"], r"does not begin with - \(-oProxyCommand=x is taken for an option\)"),
        (["--both", "web1"], "option --both: invalid value 'web1'.*ssh:web1"),
        (["--return-address", "192.0.2.1", "host"], "it goes with --both alone"),
        (["--both", "ssh:web1", "--return-address", "home"], "option --return-address: invalid value"),
    ],
)
def test_what_is_wrong_is_said(words: list[str], message: str) -> None:
    """In the words of the option."""
    with pytest.raises(UsageError, match=message):
        read_options(words, {})


def test_a_name_of_the_configuration_is_one_place() -> None:
    """A group of several is not."""
    places = tuple(NamedPlace(name, parse_where(f"ssh:{name}"), ("dc",)) for name in ("paris", "oslo"))
    configuration = Configuration(places=places)
    found: dict[str, object] = {"both": parse_where("paris")}
    settle_both(found, [], configuration)
    both = found["both"]
    assert isinstance(both, Where)
    assert both.prefix[-1] == "paris"
    with pytest.raises(UsageError, match="option --both: @dc is 2 places, expected one"):
        settle_both({"both": parse_where("@dc")}, [], configuration)
    with pytest.raises(UsageError, match="option --both: invalid value 'rome', expected paris, oslo, @dc"):
        settle_both({"both": parse_where("rome")}, [], configuration)
