"""What is said of a trace from a named vantage point."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hopscope.app.insight.verdicts import verdicts
from hopscope.app.sanitize import NOTHING, Text, sanitize
from hopscope.app.settings import TraceSettings
from support.engines import TARGET, World, steady
from support.snapshots import healthy

if TYPE_CHECKING:
    from hopscope.probe import wire


def told(vantage: Text) -> str:
    """All that is said of a trace whose host did not send some of its probes."""
    made = healthy()
    refused = (("no-route", "", 20, made.time_us),)
    judged = verdicts(replace(made, target=replace(made.target, vantage=vantage), refused=refused))
    reasons = [reason for one in judged.verdicts for reason in one.reasons]
    return " ".join([judged.sentence, *(one.sentence for one in judged.verdicts), *reasons])


def test_the_machine_that_probes_is_the_vantage_point() -> None:
    """What is this host's doing here is the vantage point's there; all else is told alike."""
    here, there = told(NOTHING), told(sanitize("ssh:web1"))
    assert "This host" in here
    assert "this host" in here
    assert there == here.replace("This host", "The vantage point").replace("this host", "the vantage point")
    assert there != here
    assert told(sanitize("local")) == here


def lossy(vantage: str) -> str:
    """All that is said of a trace that loses from its very first hop on."""
    count = [0]

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        count[0] += 1
        return None if count[0] % 7 == 0 else steady(6)(now_us, request)

    target = replace(TARGET, vantage=sanitize(vantage))
    judged = verdicts(World(network, TraceSettings(rounds=100), (target,)).run())
    reasons = [reason for one in judged.verdicts for reason in one.reasons]
    return " ".join([judged.sentence, *(one.sentence for one in judged.verdicts), *reasons])


def test_the_evidence_names_the_machine_that_probes() -> None:
    """It is composed with its name, so what else says "this host" stays."""
    here, there = lossy(""), lossy("ssh:web1")
    assert "this host" in here
    assert "this host" not in there
    assert there == here.replace("this host", "the vantage point")
