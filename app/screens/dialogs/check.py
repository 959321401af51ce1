"""The question before a check is run: what it does, how many probes it sends, how long it takes."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from ....widgets.ink import Ink
from ....widgets.line import Line
from ....widgets.overlay import DIALOG, DIALOG_MUTED, DIALOG_STRONG, Overlay, boxed
from ..present import checks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...trace.checks import CheckPlan

WIDE = 64
ARMS_SHOWN = 6


class CheckBox(Overlay):
    """Only y runs the check that is shown, Tab shows the next one; n, Escape and any other key do nothing but close."""

    def __init__(self, plans: Sequence[CheckPlan], run: Callable[[CheckPlan], None]) -> None:
        super().__init__()
        self._plans = plans
        self._run = run
        self._at = 0

    @property
    def _plan(self) -> CheckPlan:
        return self._plans[self._at]

    def frame(self, width: int, height: int) -> list[Line]:
        """What is sent, what it tells, and the question."""
        plan = self._plan
        wide = min(WIDE, width - 2)
        room = wide - 6
        body = [Line(DIALOG).add(" ").add(text, DIALOG_STRONG) for text in wrap(f"{_capital(plan.question)}.", room)]
        body += [Line(DIALOG).add(" ").add(text) for text in wrap(plan.meaning, room)]
        body.append(Line(DIALOG))
        kinds = [f"{arm.count} x {arm.name}" for arm in plan.arms[:ARMS_SHOWN]]
        effort = checks.effort(plan) + (f": {', '.join(kinds)}" if kinds else ".")
        # A number of probes stays with their kind.
        lines = wrap(effort.replace(" x ", "\u00a0x\u00a0"), room)
        body += [Line(DIALOG).add(" ").add(text.replace("\u00a0", " ")) for text in lines]
        aside = "The trace continues; these probes are not counted in it."
        if plan.exclusive:
            aside = f"Until then the trace does not probe hop {plan.ttl}; its numbers stay as they are."
        body += [Line(DIALOG).add(" ").add(text, DIALOG_MUTED) for text in wrap(aside, room)]
        body.append(Line(DIALOG))
        last = (
            Line(DIALOG)
            .add(" Run it?", Ink("warn-words", "dlg", bold=True))
            .add(f"   y yes   n, {self.glyphs.enter} no")
        )
        if len(self._plans) > 1:
            last.add(f"   Tab next of {len(self._plans)}")
        body.append(last)
        high = min(len(body) + 2, height)
        return boxed("Check", body[: high - 3] + body[-1:], wide, high, self.glyphs)

    def key(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """Run it, show the next one, or leave it."""
        if key == "tab":
            self._at = (self._at + 1) % len(self._plans)
            self.repaint()
            return True
        if key in {"y", "Y"}:
            self._run(self._plan)
        return False


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
