"""The path MTU beside a running trace: what the search for it has found, where one was run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...trace.checks import CheckKind
from .. import rules
from ..checks.results import latest
from .notes import note

if TYPE_CHECKING:
    from ...trace.mtu.path_mtu import PathMtu
    from ..assessment import Verdict
    from ..evidence.gather import Evidence


def about_path_mtu(evidence: Evidence) -> list[Verdict]:
    """The path MTU, and where it falls; nothing where the path has changed since."""
    result = found(evidence)
    if result is None:
        return []
    from .mtu import about_mtu, mtu_advice, mtu_answer

    phrase = "path MTU not found" if result.mtu is None else f"path MTU {result.mtu} bytes"
    reasons = [one for one in (mtu_answer(result), mtu_advice(result)) if one]
    numbers = {"probes": result.probes} if result.mtu is None else {"mtu": result.mtu, "probes": result.probes}
    return [*about_mtu(result, str), note(rules.PATH_MTU, None, phrase, "", *reasons, **numbers)]


def found(evidence: Evidence) -> PathMtu | None:
    """What the latest search has found on the current path."""
    check = latest(evidence, CheckKind.PATH_MTU)
    if check is None or check.mtu is None:
        return None
    from .mtu import host_caveat

    return replace(check.mtu, caveat=host_caveat(check.mtu, check.plan.discards))
