"""From the cells of a row, by the titles that mtr gives its columns, to a hop."""

from __future__ import annotations

from math import isfinite

from ..sanitize import sanitize
from .counts import CountedHop, microseconds, received_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Titles of mtr's columns; the usual ones of a report, in order.
TITLES = frozenset(
    ("Loss%", "Snt", "Drop", "Rcv", "Last", "Best", "Avg", "Wrst", "StDev", "Gmean", "Jttr", "Javg", "Jmax", "Jint")
)
USUAL = ("Loss%", "Snt", "Last", "Avg", "Best", "Wrst", "StDev")
SILENT = frozenset(("???", "(waiting for reply)", "No response from host", "*"))
TTL_MAX = 255
PROBES_MAX = 10**9
TIME_MAX_MS = 10**7


def number(text: object) -> float | None:
    """A cell as a number; None where it is none, negative or not finite."""
    try:
        value = float(str(text).strip().rstrip("%"))
    except ValueError:
        return None
    return value if isfinite(value) and value >= 0 else None


def hop(ttl: int, hosts: Iterable[str], cells: Mapping[str, object]) -> CountedHop | None:
    """A hop from its cells; None where they hold no row of a report: a loss above 100 %, numbers beyond all bounds."""
    found = {title: value for title, cell in cells.items() if (value := number(cell)) is not None}
    sent = int(found.get("Snt", 0))
    if not 1 <= ttl <= TTL_MAX or sent > PROBES_MAX:
        return None
    received = _received(sent, found)
    if received is None:
        return None
    named = tuple(
        dict.fromkeys(sanitize(host.strip()) for host in hosts if host.strip() not in SILENT and host.strip())
    )
    times = {
        title: microseconds(found[title]) if received and found.get(title, TIME_MAX_MS) < TIME_MAX_MS else None
        for title in ("Last", "Best", "Avg", "Wrst", "StDev")
    }
    return CountedHop(
        ttl, named if received else (), sent, received, times["Last"], times["Best"], times["Avg"], times["Wrst"],
        times["StDev"],
    )  # fmt: skip


def _received(sent: int, found: Mapping[str, float]) -> int | None:
    if "Rcv" in found:
        return int(min(found["Rcv"], sent))
    if "Drop" in found:
        return int(max(0, sent - found["Drop"]))
    loss = found.get("Loss%", None if sent else 0.0)
    return None if loss is None or loss > 100 else received_of(sent, loss)
