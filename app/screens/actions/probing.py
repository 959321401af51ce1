"""Keys that command the measurement, and the prompts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ...actions import first_key
from ...path.settings_text import in_words
from ...protocols import ICMP
from ...sanitize import sanitize
from ..dialogs import prompts
from ..stage import Stage

if TYPE_CHECKING:
    from ...trace.checks import CheckPlan


class ProbingActions(Stage, inherit_bindings=False):
    """Pause, reset, protocols, and settings that take effect at once."""

    def action_pause(self) -> None:
        """Stop sending."""
        self.source.pause()
        self.watch_closely()

    def action_resume(self) -> None:
        """Send again."""
        self.source.resume()
        self.watch_closely()

    def action_pause_or_resume(self) -> None:
        """Resume when paused, else pause; while another moment than the present is looked at, play or stand still."""
        cursor = self.source.time
        stands = not cursor.is_playing if cursor is not None and cursor.is_back else self.snapshot.state == "paused"
        if stands:
            self.source.resume()
        else:
            self.source.pause()
        self.watch_closely()
        if self.is_back:
            self.bring()
            self.update(force=True)

    def action_reset(self) -> None:
        """Begin the statistics anew."""
        if not self.measures():
            return
        self.source.reset()
        self.watch_closely()
        self.settle()
        self.update_soon()

    def action_protocol(self, name: str) -> None:
        """Another protocol, or ICMP where it is that already."""
        if not self.measures():
            return
        protocol = ICMP.name if self.snapshot.settings.protocol == name else name
        self.source.change(protocol=protocol)
        self.watch_closely()
        self.say(_capital(in_words({"protocol": protocol})))

    def action_check_offered(self) -> None:
        """Ask whether to run a check that a verdict offers, or to find the path MTU; none is run unasked."""
        if not self.measures():
            return
        from ...insight.checks import offers
        from ..present import checks

        if any(checks.running(snapshot) for snapshot in self.source.snapshots()):
            self.say(f"A check is running; {first_key('back', self.actions)} ends it")
            return
        snapshot = self.snapshot
        plans = checks.offered(self.judge.assess(snapshot), self.view.selected)
        mtu = offers.path_mtu(snapshot)
        if mtu is not None:
            plans.append(mtu)
        if not plans or snapshot.state != "running":
            self.say("Checks need a running trace" if plans else "No check is offered now")
            return
        from ..dialogs.check import CheckBox

        self.open(CheckBox(plans, partial(self.run_check, self.view.target)))

    def run_check(self, target: int, plan: CheckPlan) -> None:
        """Run a check beside the trace of a target."""
        self.source.check(target, plan)
        self.watch_closely()

    # ---- prompts ----------------------------------------------------------------------------------------------

    def action_prompt(self, name: str) -> None:
        """Ask for a value in the footer row; probing goes on."""
        if name == "find" and self.view.view == "overview":
            name = "filter"
        if name == "moment":
            if self.source.time is None:
                self.say("No earlier moment is kept")
                return
            prompt = prompts.moment_prompt(self.source.time.history)
        else:
            if name not in prompts.OF_THE_VIEW and not self.measures():
                return
            prompt = prompts.prompt(name, self.snapshot.settings, self.view.fields, self.view.filter)
        self.typing = prompts.Typing(prompt, prompt.initial)
        self.update(force=True)

    def typed(self, key: str, character: str | None) -> None:
        """Take a key for the prompt."""
        typing = self.typing
        if typing is None:
            return
        if key == "escape":
            self.typing = None
            if typing.prompt.name == "filter":
                self.filter_by("")
        elif key == "enter":
            value = typing.value()
            if value is not None:
                self.typing = None
                self._answered(typing.prompt.name, value)
        else:
            typing.key(key, character)
            if typing.prompt.name == "filter":
                self.filter_by(typing.text)
            elif typing.prompt.name == "find" and typing.text:
                self._find(typing.text, onward=False)
        self.update(force=True)

    def _answered(self, name: str, value: dict[str, object]) -> None:
        if name == "find":
            text = str(value["find"])
            self.view.find = text or self.view.find
            self._find(self.view.find, onward=not text)
        elif name == "filter":
            self.filter_by(str(value["filter"]))
        elif name == "fields":
            self.view.fields = str(value["fields"])
            self.view.fields_changed = True
            self.settle()
            self.update_soon()
        elif name == "moment":
            self.go_to_moment(int(str(value["moment"])))
        elif name == "ticket":
            self.view.ticket_note = sanitize(str(value["note"]))
            self.call_next(self.run_action, "copy_ticket")
        else:
            self.source.change(**value)
            self.watch_closely()
            self.say(_capital(in_words(value)))

    def filter_by(self, text: str) -> None:
        """Show the rows of the overview that hold each word of a text, empty: all; one of them is selected."""
        view = self.view
        view.filter = text
        order = self.shown_order()
        if order and view.target not in order:
            view.target, view.selected, view.kept = order[0], 0, 0

    def _find(self, text: str, *, onward: bool) -> None:
        """Select the first hop whose name or address holds a text; ``onward``: after the selected one."""
        hops = self.snapshot.hops
        if not text or not hops:
            return
        start = next((at for at, hop in enumerate(hops) if hop.ttl == self.view.selected), -1) if onward else -1
        wanted = text.lower()
        for step in range(1, len(hops) + 1):
            hop = hops[(start + step) % len(hops)]
            for responder in hop.responders:
                if wanted in responder.address or wanted in (self.source.name(responder.address) or "").lower():
                    self.view.selected = hop.ttl
                    return
        if self.typing is None:
            self.say("No match in names and addresses")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
