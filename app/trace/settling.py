"""Settling what a group is to probe with what the probe process can do; without I/O.

Targets of one kind stand or fall together; of several lanes those that can be had go on without the others.
"""

from __future__ import annotations

from ..errors import UnsupportedError
from .support import check_support, stand_ins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..settings import Target, TraceSettings
    from .group import Group


class Settling:
    """How strictly the settings are meant.

    Args:
        explicit: the protocol was asked for by name, so nothing stands in for it.
        flows_explicit: flows were, so it is said where they cannot be had.
        called: what the probe process is called.
    """

    def __init__(self, *, explicit: bool, flows_explicit: bool, called: str) -> None:
        self._explicit = explicit
        self._flows_explicit = flows_explicit
        self._called = called

    def settle(
        self,
        group: Group,
        targets: Sequence[Target],
        settings: TraceSettings,
        *,
        supports: Mapping[str, bool],
        now_us: int,
    ) -> None:
        """Settle for all targets of a group. A lane that cannot be had ends, and it is told why.

        Raises:
            UnsupportedError: what the settings ask for cannot be had, by any lane.
        """
        if all(target.kind is None for target in targets):
            self._settle(group, targets, None, settings, supports=supports, now_us=now_us)
            return
        errors: list[UnsupportedError] = []
        for index in range(len(targets)):
            try:
                self.settle_one(group, index, settings, supports=supports, now_us=now_us)
            except UnsupportedError as error:
                group.fail(now_us, str(error), [index])
                errors.append(error)
        if len(errors) == len(targets):
            raise errors[0]

    def settle_one(
        self,
        group: Group,
        index: int,
        settings: TraceSettings,
        *,
        supports: Mapping[str, bool],
        now_us: int,
    ) -> None:
        """Settle for one target among others.

        Raises:
            UnsupportedError: what its settings ask for cannot be had.
        """
        self._settle(group, [group.engines[index].target], [index], settings, supports=supports, now_us=now_us)

    def _settle(
        self,
        group: Group,
        targets: Sequence[Target],
        indices: Sequence[int] | None,
        settings: TraceSettings,
        *,
        supports: Mapping[str, bool],
        now_us: int,
    ) -> None:
        kind = targets[0].kind
        own = targets[0].own(settings)
        check_support(supports, own, [target.version for target in targets], self._called)
        named = kind is not None and bool(kind.protocol)
        changes = stand_ins(supports, own, explicit=self._explicit or named, flows_explicit=self._flows_explicit)
        for fields, change, reason in changes:
            group.change(now_us, fields, change, reason, indices)
