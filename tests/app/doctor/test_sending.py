"""What is said of a probe process and of its answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hopscope.app.doctor.finding import Finding, Status
from hopscope.app.doctor.sending import sending
from hopscope.probe import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL = {"icmp": True, "udp": True, "tcp": True, "sctp": True, "ip-4": True, "ip-6": True, "hopscope": True}


class Told:
    """A trial whose probe process supports this, and answers every probe so."""

    command = ("other-packet",)

    def __init__(self, supports: Mapping[str, bool], answer: wire.Answer) -> None:
        self.supports = supports
        self.is_ours = supports.get("hopscope", False)
        self._answer = answer

    def send(self, requests: Mapping[str, wire.ProbeRequest]) -> dict[str, wire.Answer]:
        """The same for all."""
        return dict.fromkeys(requests, self._answer)


def found(answer: wire.Answer, **supports: bool) -> dict[str, Finding]:
    trial: Any = Told({**ALL, **supports}, answer)
    return {one.name: one for one in sending(trial)}


def heard(clock: str) -> wire.Answer:
    return wire.Answer(wire.REPLY, "127.0.0.1", 5, icmp_type=3, icmp_code=3, clock=clock)


@pytest.mark.parametrize(("clock", "status"), [("kernel", Status.OK), ("user", Status.NOTE)])
def test_the_clock_that_measures(clock: str, status: Status) -> None:
    """Where the program's own clock measured, it is said that RTTs are less exact."""
    told = found(heard(clock))["time-stamps"]
    assert told.status is status
    assert ("less exact" in told.text) is (status is Status.NOTE)


def test_errors_that_are_not_heard() -> None:
    """A probe that left, and about which nothing came, is another thing than one that could not leave."""
    assert "none is heard" in found(wire.Answer(wire.NO_REPLY))["icmp-errors"].text
    assert "not tried" in found(wire.Answer(wire.NETWORK_DOWN))["icmp-errors"].text


def test_another_probe_process() -> None:
    """One that is not ours is named, and nothing is said of what it does not tell."""
    told = found(wire.Answer(wire.REPLY, "127.0.0.1", 5), hopscope=False)
    assert told["probe-process"].status is Status.NOTE
    assert told["probe-process"].text.startswith("other-packet is not hopscope's own")
    assert not {"icmp-errors", "time-stamps"} & set(told)


def test_one_that_can_send_nothing() -> None:
    """Without ICMP and UDP no trace can be made."""
    told = found(wire.Answer(wire.NO_REPLY), icmp=False, udp=False)
    assert told["probe-process"].status is Status.BAD
