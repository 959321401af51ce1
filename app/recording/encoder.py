"""What happens as the bytes of a session file, compressed or not, with its checkpoints."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from .event_lines import JUDGED, EventLines, lane_line
from .header import header_line
from .values import plain

if TYPE_CHECKING:
    from typing import Any

    from ..resolve.origin import Origin
    from ..sanitize import Text
    from .checkpoint import Checkpoints
    from .event_lines import Judged, Told
    from .header import Header

_GZIP_BITS = 31  # zlib.h: a window of 32 KB, with gzip's header (RFC 1952)
_LEVEL = 6


class Encoder:
    """Takes what happened, in its order, and gives bytes; there is no end but ``end``.

    Args:
        header: the first line.
        compressed: as gzip.
    """

    def __init__(self, header: Header, *, compressed: bool) -> None:
        self._header = header
        self._lines = EventLines(header.started_us)
        self._checkpoints: Checkpoints | None = None
        self._pending = [_json(header_line(header))]
        self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_BITS) if compressed else None
        self._made: list[bytes] = []

    def take(self, told: Told) -> None:
        """An event, or who came or went."""
        if self._checkpoints is None:
            from .checkpoint import Checkpoints  # with all that folds: neither header nor start waits for it

            self._checkpoints = Checkpoints(self._header, self._lines.known)
        lines = self._lines.lines(*told) if isinstance(told, tuple) else [lane_line(told)]
        texts = [one if isinstance(one, str) else _json(one) for one in lines]
        self._pending += texts
        self._checkpoints.take(told, sum(map(len, texts)) + len(texts))
        if self._checkpoints.due:
            self._compress(zlib.Z_FULL_FLUSH)  # what comes now can be expanded without what stands before
            self._pending += self._checkpoints.lines()
            self._pending.append(self._lines.forget_answers())

    def judge(self, judged: Judged) -> None:
        """What was thought."""
        self._pending.append(_json({"e": JUDGED, **plain(judged)}))

    def know(self, address: str, what: Text | Origin) -> None:
        """The name of an address, or its network."""
        if isinstance(what, str):
            self._pending.append(_json({"e": "name", "address": address, "name": what}))
        else:
            self._pending.append(_json({"e": "origin", "address": address, **plain(what)}))

    def data(self, flush: int = zlib.Z_SYNC_FLUSH) -> bytes:
        """What has been made since this was last asked; compressed, it is flushed in this way of zlib's."""
        self._compress(flush)
        made, self._made = b"".join(self._made), []
        return made

    def end(self) -> bytes:
        """The last bytes."""
        self._pending.append(_json({"e": "end"}))
        return self.data(zlib.Z_FINISH)

    def _compress(self, flush: int) -> None:
        data = "".join(f"{line}\n" for line in self._pending).encode()
        self._pending.clear()
        if self._compressor is not None:
            data = self._compressor.compress(data) + self._compressor.flush(flush)
        self._made.append(data)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
