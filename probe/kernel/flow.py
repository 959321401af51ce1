"""UDP probes whose ports are given at both ends: to a router they are all alike.

Their payload begins with a number. Where a router quotes too little to contain it, the UDP checksum, which differs with
the number, tells them apart, if the process may hear quoted headers. Else such an error is credited only when one probe
of its flow is in flight: the kernel hands over nothing but where the packet was sent. When several are, a client that
knows the word is told of each that it is ``ambiguous``, so that it can send it anew with ports of its own.
"""

from _socket import inet_pton

from .. import wire
from ..packet import udp as packet
from ..wire import Answer
from .in_flight import Probe
from .sockets import FAMILY
from .template import Template
from .udp import NUMBER_BYTES, UdpChannel


class FlowChannel(UdpChannel):
    """A UDP socket, connected to its target, and the probes in flight on it, by number."""

    # Whether the last error was told by its checksum.
    _told_by_checksum = False

    def send(self, serial: int, template: Template) -> "Answer | None":
        """Send a probe to the port that is asked for."""
        number = self._in_flight.next_number()
        probe = Probe(serial, template, self, number)
        if template.numbered:
            return self.transmit_numbered(probe, number, template.sockaddr)
        return self.transmit(probe, self.body(probe), template.sockaddr)

    def body(self, probe: Probe) -> bytes:
        return probe.key.to_bytes(NUMBER_BYTES, "big") + probe.template.body[NUMBER_BYTES:]

    def match_error(self, quoted: bytes, name: "tuple[str, int]", sender: str) -> "Probe | None":
        headers = self._in_flight.quoted_headers.get(self.version)
        # Taken for every error, so that the next one meets its own.
        checksum = headers.udp_checksum(sender, name[0], self.identity(quoted, name)) if headers is not None else b""
        self._told_by_checksum = False
        if len(quoted) >= NUMBER_BYTES:
            number = int.from_bytes(quoted[:NUMBER_BYTES], "big")
            probe = self.flights.get(number) or self.answered.get(number)
            return probe if probe is not None and _is_sent_to(probe, name) else None
        if checksum:
            for probe in self._flow(name):
                if self._checksum(probe) == checksum:
                    self._told_by_checksum = True
                    probe.checksum = checksum
                    return probe
            for probe in self.answered.values():
                if probe.checksum == checksum and _is_sent_to(probe, name):
                    self._told_by_checksum = True
                    return probe
        return self._only_one(name, sender)

    def is_unnumbered(self, quoted: bytes) -> bool:
        return len(quoted) < NUMBER_BYTES and not self._told_by_checksum

    def match_reply(self, name: "tuple[str, int]", data: bytes = b"") -> "Probe | None":
        probe = self.flights.get(int.from_bytes(data, "big")) if len(data) == NUMBER_BYTES else None
        if probe is not None and _is_sent_to(probe, name):  # an echo
            return probe
        return self._only_one(name, name[0])

    def _only_one(self, name: "tuple[str, int]", sender: str) -> "Probe | None":
        """The probe in flight, if there is but one; of several it is told that what came may be the answer of each."""
        flow = self._flow(name)
        if len(flow) == 1:
            return flow[0]
        for probe in flow:
            if probe.template.request.detail:
                self._in_flight.done.append((probe.serial, Answer(wire.AMBIGUOUS, sender, 0)))
        return None

    def _flow(self, name: "tuple[str, int]") -> "list[Probe]":
        return [probe for probe in self.flights.values() if _is_sent_to(probe, name)]

    def _checksum(self, probe: Probe) -> bytes:
        """The checksum that the kernel has given to a probe's datagram."""
        template = probe.template
        family = FAMILY[self.version]
        datagram = packet.Datagram(self.local_port, template.sockaddr[1], self.body(probe))
        source = inet_pton(family, self.sock.getsockname()[0])
        return packet.build(datagram, source, inet_pton(family, template.address))[6:8]


def _is_sent_to(probe: Probe, name: "tuple[str, int]") -> bool:
    return (probe.template.address, probe.template.request.port) == name[:2]
