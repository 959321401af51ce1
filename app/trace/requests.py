"""What the probes of one target look like: its address, what the settings ask for, and the fields of their flow."""

from __future__ import annotations

from ...probe import wire
from ..protocols import PROTOCOLS
from ..ranges import SIZE
from .flows import ICMP_SIZE_MIN_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from random import Random

    from ..settings import Target, TraceSettings
    from .flows import Flows


class Requests:
    """Makes the requests for the probe process, each once: one serves all probes of a TTL and flow that are alike."""

    def __init__(self, target: Target, settings: TraceSettings, flows: Flows, randomness: Random) -> None:
        self._target = target
        self._settings = settings
        self._flows = flows
        self._randomness = randomness
        self._made: dict[tuple[int, int], wire.ProbeRequest] = {}
        self._draw()

    def change(self, settings: TraceSettings) -> None:
        """Go on with other settings."""
        self._settings = settings
        self._draw()

    def readdress(self, target: Target) -> None:
        """Go on to the same target from another address."""
        self._target = target
        self._made.clear()

    def start_round(self) -> None:
        """Draw size and bit pattern anew where they are to be random in each round."""
        if self._settings.size_bytes < 0 or self._settings.bit_pattern < 0:
            self._draw()

    def forget(self) -> None:
        """Make all anew: the fields of the flows have changed."""
        self._made.clear()

    def of(self, ttl: int, flow_number: int) -> wire.ProbeRequest:
        """The request for a probe with this TTL in a flow, or (-1) in one of its own."""
        request = self._made.get((ttl, flow_number))
        if request is None:
            settings, target, detail = self._settings, self._target, self._flows.detail
            protocol = PROTOCOLS[settings.protocol]
            flow = self._flows.fields(flow_number)
            local_port = settings.local_port or flow.get("local_port", 0)
            request = self._made[ttl, flow_number] = wire.ProbeRequest(
                target.version,
                target.address,
                settings.protocol,
                port=target.port_by(settings) or flow.get("port", 0),
                local_address=settings.local_address or (target.source if settings.local_device else ""),
                local_device=settings.local_device if detail else "",
                local_port=flow.get("local_port", 0) if protocol.flow_field == "source-port" else local_port,
                ttl=ttl,
                size=self._size_bytes,
                bit_pattern=self._pattern,
                tos=settings.tos,
                timeout_s=settings.timeout_s,
                mark=settings.mark,
                detail=detail,
                icmp_checksum=flow.get("icmp_checksum", 0),
                flow_label=flow.get("flow_label", 0),
                zone=target.zone,
            )
        return request

    def _draw(self) -> None:
        self._made.clear()
        size_bytes, pattern = self._settings.size_bytes, self._settings.bit_pattern
        if size_bytes < 0:
            least = int(SIZE.low)
            if PROTOCOLS[self._settings.protocol].flow_field == "checksum" and self._flows.most:
                least = ICMP_SIZE_MIN_BYTES[self._target.version]
            size_bytes = self._randomness.randint(least, max(-size_bytes, least))
        self._size_bytes = size_bytes
        self._pattern = self._randomness.randrange(256) if pattern < 0 else pattern
