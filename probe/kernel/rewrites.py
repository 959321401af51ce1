"""What a router quotes of a probe's header otherwise than it was sent."""

from _socket import inet_pton

from .. import wire
from .sockets import FAMILY
from .source import source_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .in_flight import Carrier, Probe
    from .template import Template

# Where an IPv4 header has its destination (RFC 791 section 3.1).
DESTINATION_AT = 16


def rewritten(
    channel: "Carrier",
    probe: "Probe",
    source: bytes,
    identification: int,
    checksum: bytes = b"",
    *,
    moved: bool = False,
) -> "str | None":
    """The value of the line protocol's pair; None where that is not known.

    ``source`` is the quoted address, packed, ``identification`` that of IPv4, ``checksum`` that of UDP, empty of
    others; ``moved`` says that the source port is another.
    """
    sent_from = template_source(channel, probe.template, source)
    if not sent_from:
        return None
    words = [] if source == sent_from else [wire.REWRITTEN_SOURCE]
    if moved:
        words.append(wire.REWRITTEN_PORT)
    if checksum not in {b"", bytes(2)} and checksum not in channel.checksums(probe):
        words.append(wire.REWRITTEN_CHECKSUM)
    sent = identification_of(probe)
    # Some old systems quote it with its bytes swapped.
    if sent is not None and identification not in {sent, sent >> 8 | (sent & 0xFF) << 8}:
        words.append(wire.REWRITTEN_ID)
    return ",".join(words) or wire.REWRITTEN_NOTHING


def identification_of(probe: "Probe") -> "int | None":
    """The identification of a probe's IPv4 header, by the packet that came back with its send stamp; None: none did.

    Before that header stands the one of the link, whose length depends on the device
    (Documentation/networking/timestamping.rst section 2.1.1).
    """
    packet = probe.looped
    if not packet:
        return None
    at = packet.find(inet_pton(FAMILY[4], probe.template.address), DESTINATION_AT) - DESTINATION_AT
    if at < 0 or packet[at] >> 4 != 4 or packet[at + 9] != probe.channel.protocol:
        return None
    return packet[at + 4] << 8 | packet[at + 5]


def template_source(channel: "Carrier", template: "Template", quoted: bytes) -> bytes:
    """The address that a request's packets leave from, packed; asked for anew where another one is quoted.

    Empty where there is none any more.
    """
    if quoted != template.source:
        template.source = _source(channel, template)  # not asked for before, or another by now
    return template.source


def _source(channel: "Carrier", template: "Template") -> bytes:
    name: str = channel.sock.getsockname()[0]
    try:
        name = source_address(template) if name in {"0.0.0.0", "::"} else name
    except OSError:
        return b""
    return inet_pton(FAMILY[channel.version], name.partition("%")[0])
