"""What the log says of loss at the target, once it is known what it is."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from hopscope.app.insight.verdicts import verdicts
from hopscope.app.screens.present.events import entries
from hopscope.app.settings import TraceSettings
from support.engines import World, steady

if TYPE_CHECKING:
    from hopscope.probe import wire

HOPS = 8
SOURCE: Any = None  # asked for names where the path changes


def losses(*, evenly: bool) -> list[tuple[str, str, str]]:
    """The entries on a loss that begins after 100 rounds: the target then leaves a quarter of the probes unanswered."""
    chance, turn = random.Random(3), 0

    def network(now_us: int, request: wire.ProbeRequest) -> tuple[int, wire.Answer] | None:
        nonlocal turn
        if request.ttl == HOPS:
            turn += 1
            if turn > 100 and ((turn % 4 == 0) if evenly else (chance.random() < 0.25)):
                return None
        return steady(HOPS)(now_us, request)

    snapshot = World(network, TraceSettings(rounds=200)).run()
    log = entries(snapshot, SOURCE, verdicts(snapshot))
    return [(one.severity, one.where, one.text) for one in log if "loss begins" in one.text]


def test_a_limit_of_the_target_is_no_fault_in_the_log() -> None:
    """Loss that is rate-limited replies has the mark of a note, what may be that the mark of a warning."""
    [(severity, where, text)] = losses(evenly=True)
    assert (severity, where) == ("note", f"hop {HOPS}")
    assert text.startswith("loss begins: ")
    assert text.endswith(f" lost at hop {HOPS} (rate-limited replies)")
    [(severity, where, text)] = losses(evenly=False)
    assert (severity, where) == ("warning", f"hop {HOPS}")
    assert text.endswith(f" lost at hop {HOPS} (or rate-limited replies)")
