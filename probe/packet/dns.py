"""A DNS query that any name server answers (RFC 1035 section 4.1).

It asks for the name servers of the root, and for no recursion: what serves names says that it knows them, or refuses.
"""

import struct

_HEADER = struct.Struct(">HHHHHH")
_QUESTION = struct.Struct(">BHH")
_ROOT = 0  # a name without a label (section 3.1)
_NS, _IN = 2, 1


def root_query(identifier: int) -> bytes:
    """A standard query for the NS records of the root, RD clear; ``identifier`` 0-65535 comes back in the answer."""
    return _HEADER.pack(identifier, 0, 1, 0, 0, 0) + _QUESTION.pack(_ROOT, _NS, _IN)
