"""A QUIC Initial of a version that nobody speaks, which a server answers with the versions that it does.

The long header is that of RFC 9000 section 17.2.2. A version of the form 0x?a?a?a?a is reserved to ask for version
negotiation (section 15), which needs no cryptography: a server reads no more of such a packet than what all versions
have in common (RFC 8999 section 5.1), and answers with Version Negotiation (RFC 9000 section 6.1) if the datagram is
at least as long as an Initial must be (section 14.1).
"""

import struct

RESERVED_VERSION = 0x1A2A3A4A
# What a datagram with an Initial holds at least (section 14.1).
INITIAL_BYTES = 1200
# The least that the client may choose for the server's identifier in its first Initial (section 7.2).
CONNECTION_ID_BYTES = 8

_LONG_INITIAL = 0xC0  # header form and fixed bit 1, type 0, a packet number of one byte
_HEADER = struct.Struct(">BI")
_TWO_BYTES = 1 << 14  # the length of a variable-length integer, in its first two bits (section 16)


def initial(destination: bytes, source: bytes) -> bytes:
    """The datagram's data; the connection identifiers, of eight bytes each, come back in the answer, exchanged."""
    head = _HEADER.pack(_LONG_INITIAL, RESERVED_VERSION)
    head += bytes((len(destination),)) + destination + bytes((len(source),)) + source
    head += b"\0"  # no token
    rest = INITIAL_BYTES - len(head) - 2
    return head + (_TWO_BYTES | rest).to_bytes(2, "big") + bytes(rest)
