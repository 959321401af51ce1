"""The real network: for each protocol the kind of socket that this process may have (``hopscope.probe.network``)."""

import errno
from _socket import AF_INET6, inet_pton

from .. import icmp_meaning, wire
from ..packet import ip
from ..wire import Answer, ProbeRequest
from . import constants as c
from . import udp
from .channel import Channel
from .channels import Channels
from .echo import next_free
from .flight import Outstanding, Plan
from .flow import FlowChannel
from .sockets import await_arrival_stamps, stamps_show_packets
from .stamps import Clocks
from .tcp import TcpEngine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..network import Poller
    from .quoted_headers import Witness

PLANS_MAX = 4096


class KernelNetwork:
    """Sends probes through sockets. To be made before privileges are given up: some sockets need them to be opened.

    ``allow_mark`` says that the process keeps CAP_NET_RAW, which marking packets needs at every send.
    """

    def __init__(self, poller: "Poller", clocks: "Clocks | None" = None, *, allow_mark: bool = False) -> None:
        self._poller = poller
        self._clocks = clocks = clocks or Clocks()
        self._allow_mark = allow_mark
        self._outstanding = Outstanding()
        self._channels = Channels(poller, clocks, self._outstanding)
        self._orphans = self._channels.orphans
        self._tcp = TcpEngine(poller, clocks, self._outstanding)
        # By the request's id, which the plan's reference keeps from being given to another.
        self._plans: dict[int, Plan] = {}
        self._port = udp.PORT_FIRST + udp.random_port_offset()
        self._files_raised = False
        self._shows_packets: bool | None = None  # not yet asked
        self._watched: dict[int, Witness] = {}
        self.versions = [version for version in (4, 6) if self._channels.open_udp(version)]
        self.icmp = {version: self._channels.open_icmp(version) for version in self.versions}
        self.sctp = [version for version in self.versions if self._channels.open_sctp(version)]
        for version in self.versions:
            self._channels.open_witness(version)
        await_arrival_stamps()

    @property
    def stamps_arrivals(self) -> bool:
        """Not so for TCP, of whose answers one kind has no stamp, and where the last answer had none."""
        return self._clocks.kernel_measures and not self._tcp.attempts

    def supports(self, feature: str) -> bool:
        if feature in {"ip-4", "ip-6"}:
            return int(feature[-1]) in self.versions
        if feature == "icmp":
            return any(self.icmp.values())
        if feature == "sctp":
            return bool(self.sctp)
        return feature in {"udp", "tcp"} or (feature == "mark" and self._allow_mark)

    # ---- sending

    def send(self, serial: int, request: ProbeRequest, now_us: int) -> "Answer | None":
        self._clocks.refresh(now_us)
        plan = self._plans.get(id(request))
        if plan is None:
            if len(self._plans) >= PLANS_MAX:
                self._plans.clear()
            if self._channels.has_too_many():
                self._plans.clear()
                self._channels.close_idle()
            made = self._plan(request)
            if type(made) is Answer:
                return made
            assert type(made) is Plan
            plan = self._plans[id(request)] = made
        answer = plan.send(serial, plan)
        if answer is not None and plan.device:
            del self._plans[id(request)]  # an interface that comes back has another number
        return answer

    def _plan(self, request: ProbeRequest) -> "Plan | Answer":
        if request.version not in self.versions:
            return Answer(wire.INVALID_ARGUMENT, reason="ip-version-not-supported")
        if not self._permits(request):
            return Answer(wire.PERMISSION_DENIED)
        if request.version == 6 and not request.zone and not request.local_device and _is_link_local(request.address):
            return Answer(wire.INVALID_ARGUMENT)  # on which link, is not said
        try:
            plan = Plan(request)
            self._fill(plan, request)
        except OSError as error:
            return icmp_meaning.answer_to_send_error(error.errno)
        return plan

    def _fill(self, plan: Plan, request: ProbeRequest) -> None:
        # Of a payload that a server is to understand nothing can be a number.
        plan.numbered = request.detail and not request.payload and request.version in self._outstanding.witnesses
        if request.protocol == "tcp":
            self._raise_file_limit()
            if request.detail:
                self._listen(request.version)
            plan.send = self._tcp.send
            self._tcp.fill(plan, request)
        elif request.protocol == "udp" and bool(request.port) != bool(request.local_port):
            self._raise_file_limit()
            plan.send = self._send_alone
        else:
            channel = self._channels.shared(plan, self.icmp[request.version])
            plan.send = channel.send
            channel.fill(plan, request)
            if request.detail:
                self._ask_for_details(channel)
            elif type(channel) is FlowChannel:
                self._listen(request.version)

    def _permits(self, request: ProbeRequest) -> bool:
        if request.mark and not self._allow_mark:
            return False
        if request.protocol == "sctp":
            return request.version in self.sctp
        return request.protocol != "icmp" or bool(self.icmp[request.version])

    def _ask_for_details(self, channel: Channel) -> None:
        channel.ask_for_ttl()
        witness = self._listen(channel.version)
        if witness is not None and channel.version == 4:
            if self._shows_packets is None:
                self._shows_packets = stamps_show_packets()
            if self._shows_packets:
                channel.ask_for_packets()
        if witness is not None and channel.protocol == ip.UDP and witness.fd not in self._watched:
            self._watched[witness.fd] = witness
            self._poller.register(witness.fd, c.POLLIN)

    def _listen(self, version: int) -> "Witness | None":
        witness = self._outstanding.witnesses.get(version)
        if witness is not None:
            witness.listen()
        return witness

    def _send_alone(self, serial: int, plan: Plan) -> "Answer | None":
        """Send a UDP probe by a socket of its own: one end of its ports is given, and the other one is new."""
        request = plan.request
        port = request.port
        if not port:
            port = self._port = next_free(self._port, (), udp.PORT_FIRST, udp.PORT_LAST)
        try:
            channel = self._channels.alone(plan, port)
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                return Answer(wire.PROBES_EXHAUSTED)
            return icmp_meaning.answer_to_send_error(error.errno)
        channel.fill(plan, request)
        if request.detail:
            self._ask_for_details(channel)
        answer = channel.send_to(port, serial, plan)
        if answer is not None:
            self._channels.remove(channel)
        return answer

    def _raise_file_limit(self) -> None:
        """Lift the soft limit of open files as far as allowed: some probes need a socket each."""
        if not self._files_raised:
            self._files_raised = True
            import resource

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
        outstanding = self._outstanding
        if outstanding.stamped:
            for channel in outstanding.stamped:
                if channels.get(channel.fd) is channel:
                    self._drain(channel)
            outstanding.stamped.clear()
        if self._orphans.heard:
            self._settle()
        self._tcp.give_up(now_us)
        done = outstanding.done
        outstanding.done = []
        return done

    def _drain(self, channel: Channel) -> None:
        was_answered = not channel.flights
        channel.drain()
        if channel.one_probe:
            self._retire(channel, was_answered=was_answered)

    def _settle(self) -> None:
        """Take the answers that only the witnesses have heard, now that the error queues have told theirs."""
        for probe, answer, quotation in self._orphans.answers():
            was_answered = not probe.channel.flights
            probe.channel.finish(probe, answer, quotation.rx_ns, quotation.ttl)
            if probe.channel.one_probe:
                self._retire(probe.channel, was_answered=was_answered)

    def _retire(self, channel: Channel, *, was_answered: bool) -> None:
        """Close the channel of one probe once nothing is left to wait for."""
        if not channel.flights:
            if not channel.answered:
                self._channels.remove(channel)
            elif not was_answered:
                self._channels.linger(channel)

    def discard(self, serial: int) -> None:
        probe = self._outstanding.probes.pop(serial, None)
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
