"""The real network: for each protocol the kind of socket that this process may have (``hopscope.probe.network``)."""

import errno
from _socket import AF_INET6, inet_pton

from .. import icmp_meaning, wire
from ..packet import ip
from ..protocols import ICMP, SCTP, TCP, UDP
from ..wire import Answer, ProbeRequest
from . import constants as c
from . import loopback, udp
from .channel import Channel
from .channels import Channels
from .flow import FlowChannel
from .identifiers import next_free
from .in_flight import InFlight
from .sockets import await_arrival_stamps, stamps_show_packets
from .stamps import Clocks
from .tcp import TcpEngine
from .template import Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..network import Poller
    from .in_flight import Carrier
    from .quoted_headers import QuotedHeaders

TEMPLATES_MAX = 4096


class KernelNetwork:
    """Sends probes through sockets. To be made before privileges are given up: some sockets need them to be opened.

    ``allow_mark`` says that the process keeps CAP_NET_RAW, which marking packets needs at every send.
    """

    def __init__(self, poller: "Poller", clocks: "Clocks | None" = None, *, allow_mark: bool = False) -> None:
        self._poller = poller
        self._clocks = clocks = clocks or Clocks()
        self._allow_mark = allow_mark
        self._in_flight = InFlight()
        self._channels = Channels(poller, clocks, self._in_flight)
        self._unclaimed = self._channels.unclaimed
        self._tcp = TcpEngine(poller, clocks, self._in_flight)
        # By the request's id, which the template's reference keeps from being given to another.
        self._templates: dict[int, Template] = {}
        # By host, interface and mark.
        self._here: dict[tuple[str, int, int], bool] = {}
        self._port = udp.PORT_FIRST + udp.random_port_offset()
        self._files_raised = False
        self._shows_packets: bool | None = None  # not yet asked
        self._watched: dict[int, QuotedHeaders] = {}
        self.versions = [version for version in (4, 6) if self._channels.open_udp(version)]
        self.icmp = {version: self._channels.open_icmp(version) for version in self.versions}
        self.sctp = [version for version in self.versions if self._channels.open_sctp(version)]
        for version in self.versions:
            self._channels.open_quoted_headers(version)
        if self.versions:
            await_arrival_stamps(self.versions[0])

    @property
    def stamps_arrivals(self) -> bool:
        """Not so for TCP, of whose answers one kind has no stamp, and where the last answer had none."""
        return self._clocks.kernel_measures and not self._tcp.attempts

    def settle(self) -> None:
        from .. import payloads  # noqa: F401 - loaded for the channels of UDP

        self._raise_file_limit()
        self._shows_packets = stamps_show_packets()

    def supports(self, feature: str) -> bool:
        if feature in {"ip-4", "ip-6"}:
            return int(feature[-1]) in self.versions
        if feature == ICMP.name:
            return any(self.icmp.values())
        if feature == SCTP.name:
            return bool(self.sctp)
        return feature in {UDP.name, TCP.name} or (feature == "mark" and self._allow_mark)

    # ---- sending

    def send(self, serial: int, request: ProbeRequest, now_us: int) -> "Answer | None":
        self._clocks.refresh(now_us)
        template = self._templates.get(id(request))
        if template is None or template.connected:
            found = self._routed(template or self._prepare(request), request, now_us)
            if type(found) is Answer:
                return found
            assert type(found) is Template
            template = found
        answer = template.send(serial, template)
        if answer is not None and template.device:
            del self._templates[id(request)]  # an interface that comes back has another number
        return answer

    def _routed(self, template: "Template | Answer", request: ProbeRequest, now_us: int) -> "Template | Answer":
        """The template, or a new one where its packets leave from another address by now."""
        if type(template) is Template and template.connected and self._channels.is_routed_anew(template, now_us):
            self._templates.clear()
            return self._prepare(request)
        return template

    def _prepare(self, request: ProbeRequest) -> "Template | Answer":
        """A new template, kept for the next probes; or why there can be none."""
        if len(self._templates) >= TEMPLATES_MAX:
            self._templates.clear()
        if self._channels.has_too_many():
            self._templates.clear()
            self._channels.close_idle()
        made = self._template(request)
        if type(made) is Template:
            self._templates[id(request)] = made
        return made

    def _template(self, request: ProbeRequest) -> "Template | Answer":
        if request.version not in self.versions:
            return Answer(wire.INVALID_ARGUMENT, reason="ip-version-not-supported")
        if not self._permits(request):
            return Answer(wire.PERMISSION_DENIED)
        if request.version == 6 and not request.zone and not request.local_device and _is_link_local(request.address):
            return Answer(wire.INVALID_ARGUMENT)  # on which link, is not said
        try:
            template = Template(request)
            self._fill(template, request)
            if self._leads_here(template):
                template.send = loopback.checked(template.send)
        except OSError as error:
            return icmp_meaning.answer_to_send_error(error.errno)
        return template

    def _leads_here(self, template: Template) -> bool:
        """Whether packets of a request are for this host; asked once a target, for a while."""
        key = (template.request.host, template.device, template.request.mark)
        if key not in self._here:
            if len(self._here) >= TEMPLATES_MAX:
                self._here.clear()
            self._here[key] = loopback.leads_here(template)
        return self._here[key]

    def _fill(self, template: Template, request: ProbeRequest) -> None:
        # Of a payload that a server is to understand nothing can be a number.
        template.numbered = request.detail and not request.payload and request.version in self._in_flight.quoted_headers
        if request.protocol == TCP.name:
            self._raise_file_limit()
            if request.detail:
                self._listen(request.version)
            template.send = self._tcp.send
            self._tcp.fill(template, request)
        elif request.protocol == UDP.name and bool(request.port) != bool(request.local_port):
            self._raise_file_limit()
            template.send = self._send_alone
        else:
            channel = self._channels.shared(template, self.icmp[request.version])
            template.send = channel.send
            channel.fill(template, request)
            template.connected = type(channel) is FlowChannel and not request.local_address and bool(request.local_port)
            if request.detail:
                self._ask_for_details(channel)
            elif type(channel) is FlowChannel:
                self._listen(request.version)

    def _permits(self, request: ProbeRequest) -> bool:
        if request.mark and not self._allow_mark:
            return False
        if request.protocol == SCTP.name:
            return request.version in self.sctp
        return request.protocol != ICMP.name or bool(self.icmp[request.version])

    def _ask_for_details(self, channel: Channel) -> None:
        channel.ask_for_ttl()
        headers = self._listen(channel.version)
        if headers is not None and channel.version == 4:
            if self._shows_packets is None:
                self._shows_packets = stamps_show_packets()
            if self._shows_packets:
                channel.ask_for_packets()
        if headers is not None and channel.protocol == ip.UDP and headers.fd not in self._watched:
            self._watched[headers.fd] = headers
            self._poller.register(headers.fd, c.POLLIN)

    def _listen(self, version: int) -> "QuotedHeaders | None":
        headers = self._in_flight.quoted_headers.get(version)
        if headers is not None:
            headers.listen()
        return headers

    def _send_alone(self, serial: int, template: Template) -> "Answer | None":
        """Send a UDP probe by a socket of its own: one end of its ports is given, and the other one is new."""
        request = template.request
        port = request.port
        if not port:
            port = self._port = next_free(self._port, (), udp.PORT_FIRST, udp.PORT_LAST)
        try:
            channel = self._channels.alone(template, port)
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                return Answer(wire.PROBES_EXHAUSTED)
            return icmp_meaning.answer_to_send_error(error.errno)
        channel.fill(template, request)
        if request.detail:
            self._ask_for_details(channel)
        answer = channel.send_to(port, serial, template)
        if answer is not None:
            self._channels.remove(channel)
        return answer

    def _raise_file_limit(self) -> None:
        """Lift the soft limit of open files as far as allowed: some probes need a socket each."""
        if not self._files_raised:
            self._files_raised = True
            try:
                import resource
            except ModuleNotFoundError:  # Debian's python3-minimal has none
                return
            _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            except (OSError, ValueError):
                return  # it stays as it is

    # ---- receiving

    def collect(self, ready: "Iterable[tuple[int, int]]", now_us: int) -> "list[tuple[int, Answer]]":
        channels = self._channels.by_fd
        for fd, _ in ready:
            if fd in channels:
                self._drain(channels[fd])
            elif fd in self._tcp.attempts:
                self._tcp.ready(fd)
            elif fd in self._watched:
                self._watched[fd].drain()
        in_flight = self._in_flight
        if in_flight.stamped:
            for channel in in_flight.stamped:
                if channels.get(channel.fd) is channel:
                    self._drain(channel)
            in_flight.stamped.clear()
        if self._unclaimed.heard:
            self._take_unclaimed()
        self._tcp.give_up(now_us)
        done = in_flight.done
        in_flight.done = []
        return done

    def _drain(self, channel: Channel) -> None:
        was_answered = not channel.flights
        channel.drain()
        if channel.one_probe:
            self._retire(channel, was_answered=was_answered)

    def _take_unclaimed(self) -> None:
        """Take the answers that no error queue was given, now that the error queues have told theirs."""
        for probe, answer, quotation in self._unclaimed.answers():
            was_answered = not probe.channel.flights
            probe.channel.finish(probe, answer, quotation.rx_ns, quotation.ttl)
            if probe.channel.one_probe:
                self._retire(probe.channel, was_answered=was_answered)

    def _retire(self, channel: "Carrier", *, was_answered: bool) -> None:
        """Close the channel of one probe once nothing is left to wait for."""
        if not channel.flights:
            if not channel.answered:
                self._channels.remove(channel)
            elif not was_answered:
                self._channels.linger(channel)

    def discard(self, serial: int) -> None:
        probe = self._in_flight.probes.pop(serial, None)
        if probe is None:
            self._tcp.forget(serial)
            return
        probe.channel.forget(probe)
        if probe.channel.one_probe:
            self._channels.remove(probe.channel)

    def next_due_us(self) -> "int | None":
        return self._tcp.next_due_us()

    def close(self) -> None:
        self._channels.close()
        self._tcp.close()


def _is_link_local(address: str) -> bool:
    """Whether an address means something on one link alone (RFC 4291 sections 2.5.6 and 2.7)."""
    first, second, *_ = inet_pton(AF_INET6, address)
    return (first == 0xFE and second >> 6 == 2) or (first == 0xFF and second & 15 == 2)
