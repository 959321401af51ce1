"""Options as other tools have them, and values in their notations."""

from __future__ import annotations

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.options import elsewhere
from hopscope.app.options.parse import LONG, SHORT, parse


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["--count", "3"], "did you mean --report-cycles?"),
        (["-q", "3"], "did you mean --report-cycles?"),
        (["--numeric"], "did you mean --no-dns?"),
        (["--max-hops=5"], "did you mean --max-ttl?"),
        (["-A"], "did you mean --aslookup?"),
        (["--output=json"], "did you mean --json?"),
        (["--output", "jsn"], "did you mean --json?"),
        (["--format"], "use --report, --json, --xml or --csv"),
        (["--protocol", "udp"], "did you mean --udp?"),
        (["--zzz"], "--help lists them all"),
        (["-T443"], "-P 443 names the port"),
        (["-nu53"], "-P 53 names the port"),
        (["--tcp=443"], "-P 443 names the port"),
        (["-P", "https"], "did you mean 443?"),
        (["-i", "500ms"], "did you mean 0.5?"),
        (["-i", "1s"], "did you mean 1?"),
        (["-Z", "5s"], "did you mean 5?"),
        (["-Z", "500ms"], ""),
        (["-i", "s"], ""),
        (["-o", "LODS"], "no column is called 'O'"),
        (["-o", "loss,avg"], "did you mean -o LA?"),
        (["-y", "as,cuntry"], "did you mean -y 0,2?"),
        (["-y", "zzz"], ""),
        (["--flows", "atuo"], "did you mean auto?"),
    ],
)
def test_what_was_meant(arguments: list[str], remedy: str) -> None:
    """Who comes from another tool, or writes a value as there, is told how it is written here."""
    with pytest.raises(UsageError) as caught:
        list(parse(arguments))
    assert caught.value.remedy == remedy


def test_digits_after_a_protocol_may_be_options() -> None:
    """-T4 is TCP over IPv4, as ever."""
    assert [option.long for option, _ in parse(["-T4"]) if option] == ["tcp", "inet"]


def test_all_names_lead_to_options_and_are_none() -> None:
    """Each entry names an option that exists, by names that do not."""
    others = [name for names in elsewhere._NAMES.values() for name in names] + list(elsewhere._CHOICES)
    assert set(elsewhere._NAMES) <= set(LONG)
    assert {word for words in elsewhere._CHOICES.values() for word in words} <= set(LONG)
    assert not [name for name in others if len(name) > 1 and any(option.startswith(name) for option in LONG)]
    assert not {name for name in others if len(name) == 1} & set(SHORT)
    assert len(others) == len(set(others))
