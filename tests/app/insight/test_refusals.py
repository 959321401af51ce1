"""What ICMP messages say, as names and as phrases."""

from __future__ import annotations

import pytest
from hopscope.app.insight.refusals import meaning, name, report


@pytest.mark.parametrize(
    ("word", "icmp_type", "icmp_code", "told"),
    [
        ("ttl-expired", 11, 0, "time exceeded (11/0)"),
        ("ttl-expired", 3, 0, "time exceeded (3/0)"),
        ("no-route", 3, 0, "network unreachable (3/0)"),
        ("no-route", 12, 0, "parameter problem (12/0)"),
        ("no-route", 4, 1, "parameter problem (4/1)"),
        ("no-route", 3, 13, "prohibited (3/13)"),
        ("no-route", 1, 3, "address unreachable (1/3)"),
        ("reply", 129, 0, "echo reply (129/0)"),
        ("reply", 1, 4, "port unreachable (1/4)"),
        ("no-route", 3, 200, "no route (3/200)"),
        ("reply", None, None, "reply"),
    ],
)
def test_an_answer_has_the_name_of_its_message(word: str, icmp_type: int, icmp_code: int, told: str) -> None:
    """Type 3 is one thing in ICMP and another in ICMPv6; what has no name is called by the probe process's word."""
    assert name(word, icmp_type, icmp_code) == told


def test_a_message_that_is_not_known_claims_little() -> None:
    """A router that says what nobody has defined has at least no onward route."""
    assert meaning(3, 13) == "prohibits these packets"
    assert meaning(3, 200) == meaning(None, None) == "reports no onward route"


@pytest.mark.parametrize(("icmp_type", "icmp_code"), [(12, 0), (12, 1), (12, 77), (4, 0), (4, 1), (4, 77)])
def test_a_parameter_problem_claims_nothing_about_routes(icmp_type: int, icmp_code: int) -> None:
    """It is of the packet's header, whatever its code is."""
    assert "parameter problem" in meaning(icmp_type, icmp_code)
    assert report(icmp_type, icmp_code, "it") == "a parameter problem"
