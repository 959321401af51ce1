"""The command line as a whole: defaults, what wins, what excludes what."""

from __future__ import annotations

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.options.model import Options, read_options


def read(*arguments: str, mtr_options: str = "") -> Options:
    return read_options(arguments, {"MTR_OPTIONS": mtr_options} if mtr_options else {})


def test_defaults_are_mtr_s() -> None:
    """Without options a trace is mtr's: ICMP, 64 bytes, one round a second, TTL 1 to 30, the columns of its report."""
    options = read("example.com")
    assert options.targets == ("example.com",)
    assert (options.output, options.family, options.lookups.names) == ("", 0, True)
    settings = options.settings
    assert (settings.protocol, settings.size_bytes, settings.interval_us) == ("icmp", 64, 1_000_000)
    assert (settings.first_ttl, settings.max_ttl, settings.max_unknown) == (1, 30, 12)
    assert options.report.fields == "LS NABWV"


@pytest.mark.parametrize(
    ("arguments", "output", "wide"),
    [
        (["--report", "--json"], "json", False),
        (["-j", "-r"], "report", False),
        (["--json", "-rwz"], "report", True),
        (["-rwz", "--json"], "json", True),
        (["-j", "-t"], "screen", False),
    ],
)
def test_the_last_output_option_wins(arguments: list[str], output: str, wide: bool) -> None:
    """Whichever output is named last is written, and -w stays in force."""
    options = read(*arguments, "host")
    assert (options.output, options.report.wide) == (output, wide)


def test_mtr_options_stand_before_the_command_line() -> None:
    """MTR_OPTIONS comes first, so what is typed wins."""
    options = read("-c", "3", "host", mtr_options="-n -c 5 -u")
    assert (options.settings.rounds, options.lookups.names, options.settings.protocol) == (3, False, "udp")
    assert read("-T", "host", mtr_options="-u").settings.protocol == "tcp"


def test_mtr_options_may_be_quoted() -> None:
    """Quotes and backslashes work as in a shell; what is not closed is said."""
    options = read("host", mtr_options="""-o 'LS N' -I eth\\0 "other host" """)
    assert (options.report.fields, options.settings.local_device, options.targets) == (
        "LS N",
        "eth0",
        ("other host", "host"),
    )
    with pytest.raises(UsageError, match="MTR_OPTIONS: no closing quotation"):
        read("host", mtr_options="-o 'LS")


def test_connections_go_to_port_80_unless_another_is_given() -> None:
    """TCP has a default port, UDP none."""
    assert read("-T", "host").settings.port == 80
    assert read("-P", "443", "-T", "host").settings.port == 443
    assert read("-u", "host").settings.port == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-u", "-T", "host"], "options --icmp, -u, -T, -S exclude each other"),
        (
            ["-f", "9", "-m", "5", "host"],
            "option -f/--first-ttl: invalid value '9', expected a TTL up to the last one, 5",
        ),
    ],
)
def test_what_does_not_go_together(arguments: list[str], message: str) -> None:
    """Options that exclude each other are refused in one line."""
    with pytest.raises(UsageError) as caught:
        read(*arguments)
    assert str(caught.value) == message


def test_what_is_looked_up_about_addresses() -> None:
    """Servers and databases may be repeated; -z and -y turn origins on, -n names off."""
    lookups = read(
        "-nz", "--dns-server", "192.0.2.53", "--dns-server=[::1]:5353", "--mmdb", "a", "--mmdb=b", "h"
    ).lookups
    assert (lookups.names, lookups.origins) == (False, True)
    assert lookups.servers == (("192.0.2.53", 53), ("::1", 5353))
    assert lookups.databases == ("a", "b")
    lookups = read("--ipinfo_provider4", "asn.example.", "--privacy", "2", "h").lookups
    assert (lookups.names, lookups.origins, lookups.provider_4, lookups.privacy_hops) == (True, False, "asn.example", 2)
    assert read("--all-addresses", "h").all_addresses


@pytest.mark.parametrize(
    ("arguments", "program", "flows", "named"),
    [
        ((), "hopscope", 1, False),
        ((), "mtr", 0, False),
        (("--flow", "fixed"), "mtr", 1, True),
        (("--flow", "varied"), "hopscope", 0, True),
        (("--flows", "auto"), "hopscope", 57, True),
        (("--flows", "9", "--flow", "fixed"), "hopscope", 1, True),
        (("--flow", "fixed", "--flows", "9"), "hopscope", 9, True),
        (("--dot",), "hopscope", 16, False),
        (("--dot", "--flow", "varied"), "hopscope", 0, True),
    ],
)
def test_flows(arguments: tuple[str, ...], program: str, flows: int, named: bool) -> None:
    """One flow is held by default, none under the name of mtr; of the options about flows the last wins."""
    options = read_options([*arguments, "host"], {}, program)
    assert (options.settings.flows, options.strict_flows) == (flows, named)


@pytest.mark.parametrize("arguments", [("--flow", "some"), ("--flows", "257"), ("--flows", "-1"), ("--flows", "many")])
def test_what_is_no_number_of_flows_is_refused(arguments: tuple[str, ...]) -> None:
    """The message says what is expected."""
    with pytest.raises(UsageError, match=r"expected (fixed or varied|auto, or a whole number from 0 to 256)"):
        read(*arguments, "host")


@pytest.mark.parametrize(("program", "shown"), [("hopscope", True), ("mtr", False)])
def test_interfaces_of_routers(program: str, *, shown: bool) -> None:
    """Under the name of mtr no output says what it does not say there."""
    assert read_options(["host"], {}, program).report.interfaces is shown
