"""What is said of a trace from a named vantage point."""

from __future__ import annotations

from dataclasses import replace

from hopscope.app.insight.verdicts import verdicts
from hopscope.app.sanitize import NOTHING, Text, sanitize
from support.snapshots import healthy


def told(vantage: Text) -> str:
    """All that is said of a trace whose host did not send some of its probes."""
    made = healthy()
    refused = (("no-route", "", 20, made.time_us),)
    judged = verdicts(replace(made, target=replace(made.target, vantage=vantage), refused=refused))
    reasons = [reason for one in judged.verdicts for reason in one.reasons]
    return " ".join([*map(" ".join, judged.sentences), *(one.sentence for one in judged.verdicts), *reasons])


def test_the_machine_that_probes_is_the_vantage_point() -> None:
    """What is this host's doing here is the vantage point's there; all else is told alike."""
    here, there = told(NOTHING), told(sanitize("ssh:web1"))
    assert "This host" in here
    assert "this host" in here
    assert there == here.replace("This host", "The vantage point").replace("this host", "the vantage point")
    assert there != here
