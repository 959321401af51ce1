"""P8 beside a running trace: what the search for the path MTU has found, where one was run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..checks.results import latest
from ..finding import Finding, Rank, note

if TYPE_CHECKING:
    from ...trace.mtu.path_mtu import PathMtu
    from ..evidence.gather import Evidence


def about_path_mtu(evidence: Evidence) -> list[Finding]:
    """The path MTU, and where it falls; nothing where the path has changed since."""
    result = found(evidence)
    if result is None:
        return []
    from .mtu import about_mtu, mtu_advice, mtu_answer, where

    findings = []
    holes = (fall for fall in result.falls if fall.cause == "black-hole")
    for verdict in about_mtu(result, str):
        if verdict.severity == "fault":
            hole = next(holes)
            lead = f"Packets above {hole.smaller} bytes vanish"
            findings.append(
                Finding(Rank.QUEUE, verdict, ((f"{lead} {where(hole)}.", "No router says so."), (f"{lead}.", "")))
            )
        else:
            findings.append(Finding(Rank.HARMLESS, verdict))
    title = "Path MTU not known to the target" if result.mtu is None else f"Path MTU {result.mtu} bytes"
    reasons = [one for one in (mtu_answer(result), mtu_advice(result)) if one]
    numbers = {"probes": result.probes} if result.mtu is None else {"mtu": result.mtu, "probes": result.probes}
    return [*findings, note("P8", 0, 0, title, "", *reasons, **numbers)]


def found(evidence: Evidence) -> PathMtu | None:
    """What the latest search has found on the current path."""
    check = latest(evidence, "P8")
    if check is None or check.mtu is None:
        return None
    from .mtu import host_caveat

    return replace(check.mtu, caveat=host_caveat(check.mtu, check.plan.discards))
