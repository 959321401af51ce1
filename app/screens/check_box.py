"""The question before a check is run: what it does, how many probes it sends, how long it takes."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from ...widgets.ink import Ink
from ...widgets.line import Line
from ...widgets.overlay import DIALOG, DIALOG_MUTED, DIALOG_STRONG, Overlay, boxed
from . import check_view

if TYPE_CHECKING:
    from ..trace.checks import CheckPlan
    from .probing_actions import ProbingActions

WIDE = 64
ARMS_SHOWN = 6


class CheckBox(Overlay):
    """Only y runs it; n, Escape and any other key do not."""

    def __init__(self, app: ProbingActions, plan: CheckPlan, target: int) -> None:
        super().__init__()
        self._stage = app
        self._plan = plan
        self._target = target

    def frame(self, width: int, height: int) -> list[Line]:
        """What is sent, what it tells, and the question."""
        plan = self._plan
        wide = min(WIDE, width - 2)
        room = wide - 6
        body = [Line(DIALOG).add(" ").add(text, DIALOG_STRONG) for text in wrap(f"{_capital(plan.question)}.", room)]
        body += [Line(DIALOG).add(" ").add(text) for text in wrap(plan.meaning, room)]
        body.append(Line(DIALOG))
        kinds = [f"{arm.count} x {arm.name}" for arm in plan.arms[:ARMS_SHOWN]]
        effort = check_view.effort(plan) + (f": {', '.join(kinds)}" if kinds else ".")
        body += [Line(DIALOG).add(" ").add(text) for text in wrap(effort, room)]
        aside = "The trace goes on; these probes count nowhere in it."
        if plan.hold:
            aside = f"Meanwhile the trace leaves hop {plan.ttl} alone; its numbers stay as they are."
        body += [Line(DIALOG).add(" ").add(text, DIALOG_MUTED) for text in wrap(aside, room)]
        body.append(Line(DIALOG))
        body.append(Line(DIALOG).add(" Run it?", Ink("warn-words", "dlg", bold=True)).add("   y yes   n no"))
        high = min(len(body) + 2, height)
        return boxed("Check", body[: high - 3] + body[-1:], wide, high, self.glyphs)

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Run it, or leave it."""
        if key in {"y", "Y"}:
            self._stage.run_check(self._target, self._plan)
        return False


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
