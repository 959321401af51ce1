"""Arguments are read by getopt_long's rules."""

from __future__ import annotations

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.options.parse import parse

WIDE = [("report-wide", "wide")]
SCALE = "fast, average, slow, or 9 rising milliseconds joined by ':'"
SIZES = "bytes from 28 to 9000, negative for random sizes up to that"
COLUMNS = "up to 20 of the letters 'LDRSNBAWVGJMXI' and blank"


def found(*arguments: str) -> list[tuple[str, object]]:
    return [(option.long if option else "", value) for option, value in parse(arguments)]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["-rwzbc9"], [("report", "report"), *WIDE, ("aslookup", (0,)), ("show-ips", True), ("report-cycles", 9)]),
        (["-c100"], [("report-cycles", 100)]),
        (["-c", "100"], [("report-cycles", 100)]),
        (["--report-cycles=100"], [("report-cycles", 100)]),
        (["--report-c", "0x64"], [("report-cycles", 100)]),
        (["-c", "0144"], [("report-cycles", 100)]),
        (["host", "-n"], [("", "host"), ("no-dns", True)]),
        (["-n", "--", "-r"], [("no-dns", True), ("", "-r")]),
        (["-F", "-", "-"], [("filename", "-"), ("", "-")]),
        (["-s", "-100"], [("psize", -100)]),
        (["-B", "-1"], [("bitpattern", -1)]),
        (["-i0.1"], [("interval", 100_000)]),
        (["-i", "1e-1"], [("interval", 100_000)]),
        (["-i", "10"], [("interval", 10_000_000)]),
        (["-m", "300", "-f", "0", "-U", "0"], [("max-ttl", 255), ("first-ttl", 1), ("max-unknown", 1)]),
        (["-o", "SRDL ABW MX"], [("order", "SRDL ABW MX")]),
        (["-o", "L_S"], [("order", "LS")]),
        (["-z", "-y", "2", "--ipinfo", "0,2"], [("aslookup", (0,)), ("ipinfo", (2,)), ("ipinfo", (0, 2))]),
        (["--demo"], [("demo", "")]),
        (["--demo", "-n"], [("demo", ""), ("no-dns", True)]),
        (["--demo", "lossy"], [("demo", "lossy")]),
        (["--demo=lossy", "host"], [("demo", "lossy"), ("", "host")]),
        (["--inet", "--inet6"], [("inet", 4), ("inet6", 6)]),
    ],
)  # fmt: skip
def test_arguments(arguments: list[str], expected: list[tuple[str, object]]) -> None:
    """Bundled, joined, abbreviated and permuted options are understood, numbers in C's notations."""
    assert found(*arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--foo"], "unknown option --foo; --help lists them all"),
        (["--reprot"], "unknown option --reprot; did you mean --report?"),
        (["--no-mose"], "unknown option --no-mose; did you mean --no-mouse?"),
        (["-rX"], "unknown option -X; --help lists them all"),
        (
            ["-json"],
            f"option -s/--psize: invalid value 'on', expected {SIZES}; did you mean --json?",
        ),
        (["--scale", "averge"], f"option --scale: invalid value 'averge', expected {SCALE}; did you mean average?"),
        (["-dot"], "unknown option -d; did you mean --dot?"),
        (
            ["--flow", "fxed"],
            "option --flow: invalid value 'fxed', expected fixed or varied; did you mean fixed?",
        ),
        (
            ["-o", "loss,avg"],
            f"option -o/--order: invalid value 'loss,avg', expected {COLUMNS}; did you mean -o LA?",
        ),
        (["--report=3"], "option --report takes no argument, but was given '3'"),
        (["-c"], "option -c needs an argument: COUNT"),
        (["--order"], "option --order needs an argument: LETTERS"),
    ],
)
def test_wrong_options(arguments: list[str], message: str) -> None:
    """An option that does not exist, or misses its argument, is said in one line."""
    with pytest.raises(UsageError) as caught:
        found(*arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("-c/--report-cycles", "x", "a whole number from 1 to 2147483647"),
        ("-c/--report-cycles", "-5", "a whole number from 1 to 2147483647"),
        ("-c/--report-cycles", "08", "a whole number from 1 to 2147483647"),
        ("-c/--report-cycles", "1_0", "a whole number from 1 to 2147483647"),
        ("-f/--first-ttl", "-1", "a whole number from 1 to 255"),
        ("-m/--max-ttl", "-1", "a whole number from 1 to 255"),
        ("-U/--max-unknown", "-9", "a whole number from 1 to 255"),
        ("-P/--port", "0", "a port from 1 to 65535"),
        ("-L/--localport", "80", "a port from 1024 to 65535"),
        ("-i/--interval", "0", "seconds from 0.01 to 86400"),
        ("-i/--interval", "nan", "seconds from 0.01 to 86400"),
        ("-s/--psize", "20", "bytes from 28 to 9000, negative for random sizes up to that"),
        ("-Q/--tos", "256", "a whole number from 0 to 255"),
        ("-o/--order", "Q", "up to 20 of the letters 'LDRSNBAWVGJMXI' and blank"),
        ("-y/--ipinfo", "7", "up to 5 of the numbers 0 to 6, joined by commas"),
        ("-a/--address", "host", "a numeric IPv4 or IPv6 address of this machine"),
    ],
)
def test_wrong_values(option: str, value: str, expected: str) -> None:
    """A wrong value is said in one line that names the option, the value and what would be right."""
    with pytest.raises(UsageError) as caught:
        found(option[:2], value)
    assert str(caught.value) == f"option {option}: invalid value {value!r}, expected {expected}"


def test_ambiguous_abbreviations_name_the_choices() -> None:
    """An abbreviation that fits several options is refused, with all of them."""
    with pytest.raises(UsageError, match="--rep is ambiguous: --report-cycles, --report, --report-wide"):
        found("--rep")


@pytest.mark.parametrize(
    ("word", "name"), [("--js", "json"), ("--cu", "curses"), ("--d=1", "displaymode"), ("--i=1", "interval")]
)
def test_abbreviations_of_older_programs_keep_their_meaning(word: str, name: str) -> None:
    """What was unique among mtr's options stays so, whatever options were added later."""
    if name == "interval":
        with pytest.raises(UsageError, match="ambiguous"):
            found(word)
        return
    assert found(word)[0][0] == name
