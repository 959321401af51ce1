"""Which rows of the overview hold what was typed to filter them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import link, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...path.snapshot import Snapshot
    from ..judge import Assess
    from .overview import Untraced


def matching(
    text: str, snapshots: Sequence[Snapshot], assess: Assess, untraced: Untraced = (), now_us: int = 0
) -> list[int] | None:
    """The rows that hold each word of a text, in either case; None: the text has no word, so that all do.

    Those that are not traced are numbered after those that are.

    Args:
        text: words, with blanks between them.
        snapshots: the traces: their targets, addresses, vantage points and sentences are looked through.
        assess: their judgement.
        untraced: those that are not traced: their names and reasons are looked through.
        now_us: the time, on the clock of the snapshots.
    """
    words = text.casefold().split()
    if not words:
        return None
    texts = [*(_of(one, assess, now_us) for one in snapshots), *(f"{name}\n{why}" for name, why in untraced)]
    return [at for at, whole in enumerate(texts) if all(word in whole.casefold() for word in words)]


def _of(snapshot: Snapshot, assess: Assess, now_us: int) -> str:
    """All that the row of a trace is found by."""
    target = snapshot.target
    if snapshot.link_lost is not None:
        said = f"not measured: {link.lost(snapshot.link_lost, now_us)}"
    else:
        answer = verdict.answer(snapshot, assess(snapshot))
        said = "\n".join(f"{lead} {rest}" for lead, rest in answer.sentences)
    return "\n".join((str(target.called), target.address, str(target.vantage or "local"), said))
