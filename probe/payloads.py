"""What a UDP probe carries so that a server of a known kind answers it."""

from os import urandom

from . import wire
from .packet import dns, quic


def payload(name: str) -> bytes:
    """The payload of this name, one of ``wire.PAYLOADS``; identifiers in it differ from call to call."""
    if name == wire.DNS_QUERY:
        return dns.root_query(int.from_bytes(urandom(2), "big"))
    length = quic.CONNECTION_ID_BYTES
    return quic.initial(urandom(length), urandom(length))
