"""Keys of the program itself: help, details, export, commands, redraw, quit."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ...actions import first_key
from ..stage import Stage

if TYPE_CHECKING:
    from ...sanitize import Document


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

        self.open(HelpBox(self.actions, self.action_manual))

    def action_manual(self) -> None:
        """The manual's chapters."""
        from ..dialogs.manual import ManualBox

        self.open(ManualBox())

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
        self.view.selected = self.view.selected or hop.ttl
        if self.view.view == "merged":
            from ..dialogs.node import NodeBox

            self.open(NodeBox(self, self.judge.assess))
            return
        from ..dialogs.details import DetailsBox

        self.view.selected = hop.ttl
        self.open(DetailsBox(self, self.judge.assess))

    def action_export(self) -> None:
        """Write what was measured, or a picture of the screen."""
        from ..dialogs.export import ExportBox

        self.open(ExportBox(self.snapshot.target.name, self.rendered, self.say))

    def rendered(self, name: str) -> Document:
        """What a format of the export says now."""
        from .. import export

        if name == "svg":
            return export.picture(self.export_screenshot(title=self.TITLE))
        made = export.context(self.view, self.options, self.source)
        if name == "html":
            made = replace(made, picture=export.picture(self.export_screenshot(title=self.TITLE)))
        snapshots = [self.snapshot]
        if self.snapshot.target.direction:  # a ticket tells both directions
            snapshots = [one for one in self.source.snapshots() if one.target.direction]
        return export.report(snapshots if name.startswith("ticket") else snapshots[:1], made, name)

    def action_copy_ticket(self) -> None:
        """The ticket into the clipboard of the terminal, with the note that was asked for."""
        self.copy_to_clipboard(self.rendered("ticket"))
        key = first_key("export", self.actions)
        self.say(f"Ticket copied (terminal permitting){f'; {key} writes it to a file' if key else ''}")

    def action_copy_report(self) -> None:
        """The text report into the clipboard of the terminal."""
        self.copy_to_clipboard(self.rendered("report"))
        self.say("Report copied (terminal permitting)")

    def action_commands(self) -> None:
        """All commands and themes."""
        from ..dialogs.commands import Command, CommandsBox

        commands = [Command(one.does, one.shown, partial(self._soon, one.call)) for one in self.actions]
        commands += [
            Command(f"theme {name}", "", partial(self.set_theme, name)) for name in sorted(self.available_themes)
        ]
        commands += [
            Command(f"target {snapshot.target.lane}", "", partial(self._soon, f"go_to({at})"))
            for at, snapshot in enumerate(self.source.snapshots())
        ]
        self.open(CommandsBox(commands))

    def walk_hops(self, step: int) -> None:
        """Select the hop above or below, for a box that walks hops."""
        self._soon(f"select({step})")

    def set_theme(self, name: str) -> None:
        """Take a theme, for as long as the program runs."""
        self.theme = name

    def _soon(self, call: str) -> None:
        """Run an action once the box that asked for it is closed."""
        self.call_next(self.run_action, call)
