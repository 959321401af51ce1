"""How long the return path of an answer is, told from the TTL that it came with."""

from __future__ import annotations

# What systems send answers with.
INITIAL_TTLS = (32, 64, 128, 255)


def hops_back(reply_ttl: int) -> int:
    """How many hops an answer took to this host, 1 from the next one; ``reply_ttl`` is 0 to 255.

    The smallest usual initial TTL is taken that is not less: a return path of 32 hops or more looks shorter.
    """
    return next(initial for initial in INITIAL_TTLS if initial >= reply_ttl) - reply_ttl + 1
