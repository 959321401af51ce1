"""The real network: for each protocol the kind of socket that this process may have (``hopscope.probe.network``)."""

from __future__ import annotations

import errno

from .. import wire
from ..wire import Answer, ProbeRequest
from . import constants as c
from . import ping, raw, udp, verdict
from .channel import Channel, Clocks, Outstanding, Plan, await_arrival_stamps
from .tcp import TcpEngine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..network import Poller

PLANS_MAX = 4096
# Sockets kept for local addresses and ports that are not in use at the moment.
CHANNELS_MAX = 64


class KernelNetwork:
    """Sends probes through sockets. To be made before privileges are given up: some sockets need them to be opened.

    ``allow_mark`` says that the process keeps CAP_NET_RAW, which marking packets needs at every send.
    """

    def __init__(self, poller: Poller, clocks: Clocks | None = None, *, allow_mark: bool = False) -> None:
        self._poller = poller
        self._clocks = clocks or Clocks()
        self._allow_mark = allow_mark
        self._outstanding = Outstanding()
        self._channels: dict[int, Channel] = {}
        # (kind, version, local address, local port) to the channel that serves it.
        self._shared: dict[tuple[str, int, str, int], Channel] = {}
        # Channels that have sent since their queues were last read: send stamps wait there.
        self._stamped: set[Channel] = set()
        # By the request's id, which the plan's reference keeps from being given to another.
        self._plans: dict[int, Plan] = {}
        self._tcp = TcpEngine(poller, self._clocks, self._outstanding.done)
        self._files_raised = False
        self.versions = [version for version in (4, 6) if self._open_udp(version)]
        self.icmp = {version: self._open_icmp(version) for version in self.versions}
        await_arrival_stamps()

    # ---- opening

    def _add(self, channel: Channel) -> Channel:
        self._channels[channel.fd] = channel
        self._poller.register(channel.fd, c.POLLIN)
        return channel

    def _open_udp(self, version: int) -> bool:
        try:
            self._shared_channel("udp", version, "", 0)
        except OSError:
            return False
        return True

    def _open_icmp(self, version: int) -> str:
        """Open an ICMP socket and say of which kind: "ping", "raw", or "" where neither may be had."""
        try:
            self._shared_channel("icmp", version, "", 0)
        except OSError:
            pass
        else:
            return "ping"
        try:
            sock = raw.open_socket(version)
        except OSError:
            return ""
        self._shared["icmp", version, "", 0] = self._add(raw.RawChannel(sock, version, self._clocks, self._outstanding))
        return "raw"

    def _shared_channel(self, kind: str, version: int, local_address: str, local_port: int) -> Channel:
        key = (kind, version, local_address, local_port)
        channel = self._shared.get(key)
        if channel is None:
            if len(self._shared) >= CHANNELS_MAX:
                self._close_idle()
            channel = self._shared[key] = self._open_channel(*key)
        return channel

    def _open_channel(self, kind: str, version: int, local_address: str, local_port: int) -> Channel:
        sock = ping.open_socket(version) if kind == "icmp" else udp.open_socket(version)
        try:
            if kind == "icmp":
                sock.bind((local_address, 0))
                return self._add(ping.PingChannel(sock, version, self._clocks, self._outstanding))
            udp.bind(sock, local_address, local_port)
            made = udp.FlowChannel if kind == "flow" else udp.UdpChannel
            return self._add(made(sock, version, self._clocks, self._outstanding))
        except OSError:
            sock.close()
            raise

    def _close_idle(self) -> None:
        """Close what was opened for some local address or port and waits for nothing."""
        for key, channel in list(self._shared.items()):
            if (key[2] or key[3]) and not channel.flights:
                self._remove(channel)
                del self._shared[key]
        self._plans.clear()

    def _remove(self, channel: Channel) -> None:
        self._poller.unregister(channel.fd)
        del self._channels[channel.fd]
        channel.close()

    # ---- the seam

    def supports(self, feature: str) -> bool:
        if feature in {"ip-4", "ip-6"}:
            return int(feature[-1]) in self.versions
        if feature == "icmp":
            return any(self.icmp.values())
        return feature in {"udp", "tcp"} or (feature == "mark" and self._allow_mark)

    def send(self, serial: int, request: ProbeRequest, now_us: int) -> Answer | None:  # noqa: ARG002 - stamps are ours
        plan = self._plans.get(id(request))
        if plan is None:
            made = self._plan(request)
            if type(made) is Answer:
                return made
            assert type(made) is Plan
            if len(self._plans) >= PLANS_MAX:
                self._plans.clear()
            plan = self._plans[id(request)] = made
        if plan.channel is not None:
            self._stamped.add(plan.channel)
        return plan.send(serial, plan)

    def _plan(self, request: ProbeRequest) -> Plan | Answer:
        if request.version not in self.versions:
            return Answer(wire.INVALID_ARGUMENT, reason="ip-version-not-supported")
        if not self._permits(request):
            return Answer(wire.PERMISSION_DENIED)
        if request.protocol == "tcp":
            self._raise_file_limit()
            plan = Plan(request, self._tcp.send)
            self._tcp.fill(plan, request)
            return plan
        if request.protocol == "udp" and request.port and not request.local_port:
            plan = Plan(request, self._send_to_port)
            plan.sockaddr = (request.address, request.port)
            return plan
        try:
            return self._channel_plan(request)
        except OSError as error:
            return verdict.answer_to_send_error(error.errno)

    def _permits(self, request: ProbeRequest) -> bool:
        if request.mark and not self._allow_mark:
            return False
        return request.protocol != "sctp" and (request.protocol != "icmp" or bool(self.icmp[request.version]))

    def _channel_plan(self, request: ProbeRequest) -> Plan:
        local_address, local_port = request.local_address, request.local_port if request.protocol == "udp" else 0
        if request.protocol == "icmp" and self.icmp[request.version] == "raw":
            local_address = ""
        kind = "flow" if request.protocol == "udp" and request.port else request.protocol
        channel = self._shared_channel(kind, request.version, local_address, local_port)
        assert isinstance(channel, (ping.PingChannel, raw.RawChannel, udp.UdpChannel))
        plan = Plan(request, channel.send)
        plan.channel = channel
        channel.fill(plan, request)
        if request.detail:
            channel.ask_for_ttl()
        return plan

    # ---- one socket a probe

    def _send_to_port(self, serial: int, plan: Plan) -> Answer | None:
        """Send to a given port by a socket of its own, whose port is new as mtr's is."""
        request = plan.request
        self._raise_file_limit()
        try:
            channel = self._open_channel("udp", request.version, request.local_address, 0)
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                return Answer(wire.PROBES_EXHAUSTED)
            return verdict.answer_to_send_error(error.errno)
        assert type(channel) is udp.UdpChannel
        channel.one_probe = True
        channel.fill(plan, request)
        if request.detail:
            channel.ask_for_ttl()
        answer = channel.send_to_port(serial, plan)
        if answer is not None:
            self._remove(channel)
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

    def collect(self, ready: Iterable[tuple[int, int]], now_us: int) -> list[tuple[int, Answer]]:
        for fd, _ in ready:
            if fd in self._channels:
                self._drain(self._channels[fd])
            elif fd in self._tcp.attempts:
                self._tcp.ready(fd)
        if self._stamped:
            for channel in self._stamped:
                if channel.awaits_stamps and channel.fd in self._channels:
                    self._drain(channel)
            self._stamped.clear()
        self._tcp.give_up(now_us)
        done = self._outstanding.done[:]
        self._outstanding.done.clear()
        return done

    def _drain(self, channel: Channel) -> None:
        channel.drain()
        if channel.one_probe and not channel.flights:
            self._remove(channel)

    def discard(self, serial: int) -> None:
        probe = self._outstanding.probes.pop(serial, None)
        if probe is None:
            self._tcp.forget(serial)
            return
        probe.channel.forget(probe)
        if probe.channel.one_probe:
            self._remove(probe.channel)

    def next_due_us(self) -> int | None:
        return self._tcp.next_due_us()

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()
        self._tcp.close()
