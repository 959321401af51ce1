"""Probes that are sent to see whether they can be: through the probe process that a trace would use."""

from __future__ import annotations

import select
import time

from ...probe import wire
from ..errors import ProbeProcessError
from ..trace.child import FEATURES, Child, start_child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from ...probe.wire import Answer, ProbeRequest

HANDSHAKE_S = 5.0
PROBE_S = 2  # so long is an answer waited for
FIRST_TOKEN = 1 + len(FEATURES)
_NOT_LAST_WORDS = (wire.AMBIGUOUS, wire.DUPLICATE)


class Trial:
    """A probe process, what it says that it can do, and what comes of probes; a context manager that ends it.

    Raises:
        ProbeProcessError: it cannot be started, does not answer, or ended.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.command = tuple(command)
        self._running: Child | None = None
        self._next_token = FIRST_TOKEN

    @property
    def _child(self) -> Child:
        assert self._running is not None, "outside of its with block"
        return self._running

    def _shake_hands(self) -> None:
        give_up_s = time.monotonic() + HANDSHAKE_S
        while not self._child.ready:
            self._read(give_up_s)
            if time.monotonic() > give_up_s:
                raise ProbeProcessError(f"the probe process {self.command[0]} does not answer")

    @property
    def supports(self) -> Mapping[str, bool]:
        """What it says that it can do, by feature."""
        return self._child.supports

    @property
    def is_ours(self) -> bool:
        """Whether it is our own, which tells more of answers than others do."""
        return self.supports.get("hopscope", False)

    def send(self, requests: Mapping[str, ProbeRequest]) -> dict[str, Answer]:
        """What became of probes, by the names that they are given; none is missing.

        Raises:
            ProbeProcessError: it ended.
        """
        names = dict(enumerate(requests, self._next_token))
        self._next_token += len(names)
        found: dict[str, Answer] = {}
        for token, name in names.items():
            self._child.send(token, requests[name], hold=False)
        give_up_s = time.monotonic() + PROBE_S + 1
        while len(found) < len(names) and time.monotonic() < give_up_s:
            for token, answer in self._read(give_up_s):
                if token in names and answer.word not in _NOT_LAST_WORDS:
                    found.setdefault(names[token], answer)
        return {name: found.get(name, wire.Answer(wire.NO_REPLY)) for name in requests}

    def __enter__(self) -> Self:
        self._running = start_child(self.command)
        try:
            self._shake_hands()
        except BaseException:
            self._child.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End the probe process."""
        self._child.end()

    def _read(self, give_up_s: float) -> list[tuple[int, Answer]]:
        child = self._child
        child.flush()
        select.select([child.stdout], [], [], max(give_up_s - time.monotonic(), 0))
        answers = child.read_answers()
        if child.eof:
            raise ProbeProcessError(f"the probe process {self.command[0]} ended at once: {child.last_words()}")
        return answers
