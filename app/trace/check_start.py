"""The engine of a check, by what is checked."""

from __future__ import annotations

from .check_engine import CheckEngine
from .checks import CheckKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .checks import CheckPlan
    from .engine import Engine
    from .mtu.check import MtuCheck


def start_check(plan: CheckPlan, engine: Engine, sequence: Iterator[int], now_us: int) -> CheckEngine | MtuCheck:
    """A check beside the trace of an engine's target; ``sequence`` names its probes, too."""
    if plan.kind is CheckKind.PATH_MTU:
        from .mtu.check import MtuCheck

        return MtuCheck(plan, engine, sequence, now_us)
    return CheckEngine(
        plan,
        engine.target,
        sequence,
        now_us,
        trace_request=engine.request,
        trace_round=lambda: engine.round,
    )
