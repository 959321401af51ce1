"""What the simulated network did to every probe, as lines of JSON, for tests that compare measurements with it."""

import json
import os
import socket

from .journey import ANSWERED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..packet import ip
    from .journey import Journey


class LabLog:
    """Writes each line at once, so that a reader sees all of a process that is still running.

    Raises:
        OSError: the file cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)

    def __call__(self, packet: "ip.Packet", sent_us: int, journey: "Journey") -> None:
        self.write(entry(packet, sent_us, journey))

    def write(self, fields: "dict[str, object]") -> None:
        """Write a line."""
        os.write(self._fd, json.dumps(fields, separators=(",", ":")).encode("ascii") + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


def entry(packet: "ip.Packet", sent_us: int, journey: "Journey") -> "dict[str, object]":
    """What became of a probe.

    ``sent_us`` is of the clock that ``send`` was given; ``hop`` and ``address`` say where the probe met its fate;
    ``rtt_us`` is the true RTT, None where no answer came; ``key`` are the first eight transport bytes.
    """
    family = socket.AF_INET if packet.version == 4 else socket.AF_INET6
    return {
        "sent_us": sent_us,
        "destination": socket.inet_ntop(family, packet.destination),
        "protocol": packet.protocol,
        "ttl": packet.ttl,
        "key": packet.payload[:8].hex(),
        "fate": journey.fate,
        "hop": journey.ttl,
        "address": socket.inet_ntop(family, journey.address) if journey.address else None,
        "rtt_us": round(journey.rtt_us) if journey.fate == ANSWERED else None,
    }
