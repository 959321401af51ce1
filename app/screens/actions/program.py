"""Keys of the program itself: help, details, export, commands, redraw, quit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..stage import Stage

if TYPE_CHECKING:
    from ...actions import Action


class ProgramActions(Stage, inherit_bindings=False):
    """Boxes over the screen, and the end."""

    def action_leave(self) -> None:
        """Quit at once."""
        self.exit(0)

    def action_redraw(self) -> None:
        """Paint everything anew, whatever the terminal shows."""
        self.repaint_all()

    def action_help(self) -> None:
        """Keys and legend."""
        from ..dialogs.help import HelpBox

        self.open(HelpBox(self.actions))

    def action_details(self) -> None:
        """Details of the hop; in the overview the target is opened."""
        if self.view.view == "overview":
            self.view.view = "table"
            self.settle()
            self.update_soon()
            return
        hop = self.chosen_hop(self.snapshot)
        if hop is None:
            return
        from ..dialogs.details import DetailsBox

        self.view.selected = hop.ttl
        self.open(DetailsBox(self))

    def action_export(self) -> None:
        """Write what was measured, or a picture of the screen."""
        from ..dialogs.export import ExportBox

        self.open(ExportBox(self))

    def action_copy_report(self) -> None:
        """The text report into the clipboard of the terminal."""
        from ..export import render

        self.copy_to_clipboard(render(self, "text"))
        self.say("Report copied (terminal permitting)")

    def action_commands(self) -> None:
        """All commands and themes."""
        from ..dialogs.commands import CommandsBox

        self.open(CommandsBox(self))

    def run_select(self, step: int) -> None:
        """Select the hop above or below, for a box that walks hops."""
        self.call_next(self.run_action, f"select({step})")

    def set_theme(self, name: str) -> None:
        """Take a theme, for as long as the program runs."""
        self.theme = name

    def run_go_to(self, index: int) -> None:
        """Show a target, for a box that lists them."""
        self.call_next(self.run_action, f"go_to({index})")

    def do(self, action: Action) -> None:
        """Run an action from the list of commands."""
        self.call_next(self.run_action, action.call)
