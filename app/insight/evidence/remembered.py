"""What is remembered of traces from one look to the next."""

from __future__ import annotations

from . import change_effect, congestion, course, excess_course, waiting_times

_ALL = (  # each is its module's own but for this
    change_effect._settled,  # noqa: SLF001
    congestion._told,  # noqa: SLF001
    course._known,  # noqa: SLF001
    excess_course._known,  # noqa: SLF001
    excess_course._places,  # noqa: SLF001
    waiting_times._remembered,  # noqa: SLF001
)


def forget() -> None:
    """Forget it: an earlier moment is looked at, of which nobody knew then what is known now."""
    for one in _ALL:
        one.clear()
