"""Which sizes to try when nobody says what passes.

The usual MTUs of links and tunnels: RFC 1191 section 7.1 and what has come into use since. Between two of them the
search is halved.
"""

from __future__ import annotations

PLATEAUS = (
    68,  # the least that IPv4 allows (RFC 791)
    296, 508, 576, 1006,
    1280,  # the least that IPv6 allows (RFC 8200)
    1300, 1350, 1360, 1380, 1392, 1400, 1408, 1412, 1420, 1422, 1430, 1432, 1436, 1438, 1440, 1442, 1446, 1448, 1450,
    1452, 1454, 1456, 1458, 1460, 1462, 1464, 1468, 1472, 1476, 1480, 1484, 1488, 1492, 1496,
    1500,  # Ethernet
    2002, 4352, 4464, 8166, 9000,
)  # fmt: skip


def next_size(low: int, high: int) -> int:
    """The size to try when ``low`` passes and ``high`` does not: a plateau, or the one byte above it, or the middle.

    The plateau in the middle of those between is tried first; once ``low`` is one and the next one is refused, the
    byte above it, since that decides.
    """
    between = [size for size in PLATEAUS if low < size < high]
    if between:
        return between[len(between) // 2]
    return low + 1 if low in PLATEAUS else (low + high) // 2


def usable(said: int | None, version: int, low: int, high: int) -> int | None:
    """The size that a router gives, if it can be true: a smaller one than was refused, and none that is not allowed.

    IPv6 links take 1280 bytes at least, and a smaller figure is ignored (RFC 8201 section 4).
    """
    if said is None or not low < said < high or (version == 6 and said < 1280):
        return None
    return said
