"""Keys that add and remove targets, vantage points and lanes while others are traced."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ...errors import UsageError
from ..stage import Stage

if TYPE_CHECKING:
    from ...additions import Addition
    from ...settings import Target
    from ..dialogs.add import AddBox


class LaneActions(Stage, inherit_bindings=False):
    """What is asked for is had in a thread of its own: the screen looks from time to time, and waits for nothing."""

    def action_add(self, name: str) -> None:
        """Ask for a target, a vantage point or a lane."""
        if not self.measures():
            return
        from ..dialogs.add import WISHES, AddBox

        self.open(AddBox(WISHES[name], partial(self._begin, name), self._added))

    def _begin(self, name: str, text: str) -> Addition:
        self.watch_closely()
        return self.source.add(**{name: text})

    def _added(self, box: AddBox, addition: Addition) -> None:
        """The box shows what could not be had; where all is well it closes."""
        if not addition.errors:
            self.close(box)
        self._tell(addition, errors=False)

    def poll(self) -> None:
        """Tell what has become of what was asked for."""
        super().poll()
        box = self.top_overlay
        look = getattr(box, "poll", None)
        if look is not None:
            look()
        for addition in self.source.additions:
            if not addition.over:
                self.watch_closely()
            elif look is None:
                self._tell(addition, errors=True)

    def _tell(self, addition: Addition, *, errors: bool) -> None:
        addition.cancel()  # it has been told
        if addition.errors and errors:
            more = f" ({len(addition.errors) - 1} more errors)" if len(addition.errors) > 1 else ""
            self.say(f"Not added: {addition.errors[0]}{more}", "fault", stays=True)
        elif addition.added:
            self.say(f"Added {addition.asked}: {addition.added} lane{'' if addition.added == 1 else 's'}", "fine")

    # ---- removing ---------------------------------------------------------------------------------------------

    def action_remove(self) -> None:
        """Ask whether to remove the target or lane that is shown, or in the overview selected."""
        if not self.measures():
            return
        from ..dialogs.remove import RemoveBox

        snapshots = self.source.snapshots()
        if len(snapshots) < 2:
            self.say("This is the only target: nothing would be left")
            return
        target = self.snapshot.target
        self.open(RemoveBox(str(target.lane), partial(self._remove, target)))

    def _remove(self, target: Target) -> None:
        """Remove a lane wherever it stands by now."""
        places = [at for at, one in enumerate(self.source.snapshots()) if one.target == target]
        if not places:
            return
        view, order = self.view, self.shown_order()
        if places[0] not in order or len(order) < 2:  # the filter leaves no other row
            order = [*range(len(self.source.snapshots()))]
        at = order.index(places[0])
        shown = order[at + 1] if at + 1 < len(order) else order[at - 1]
        try:
            self.source.remove(places[0])
        except UsageError as error:
            self.say(error.what, "warning")
            return
        if view.target == places[0]:
            view.selected, view.kept = 0, 0
            view.target = shown
        view.target -= view.target > places[0]
        if view.view == "both":  # one direction alone
            view.view = "table"
        self.say(f"Removed {target.lane}")
        self.settle()
        self.update_soon()
