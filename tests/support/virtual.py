"""Scenarios of the lab as the network of engines that run in virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hopscope.app.sanitize import sanitize
from hopscope.app.settings import Target
from hopscope.probe.lab import scenario
from hopscope.probe.lab.network import LabNetwork
from support.engines import World

if TYPE_CHECKING:
    from hopscope.app.settings import TraceSettings
    from hopscope.probe.lab.journey import Journey
    from hopscope.probe.packet import ip
    from hopscope.probe.wire import Answer, ProbeRequest

FOREVER_US = 1 << 60


class Lab:
    """A scenario, by name or as TOML text; callable as ``support.engines.Network``.

    ``journeys`` keeps what became of every probe: when it was sent (microseconds from the start), its TTL, and its
    journey.
    """

    def __init__(self, name_or_toml: str, seed: int | None = None) -> None:
        is_text = "\n" in name_or_toml
        self.scenario = scenario.parse(name_or_toml) if is_text else scenario.load(name_or_toml)
        self.journeys: list[tuple[int, int, Journey]] = []
        self._network = LabNetwork(self.scenario, seed, self._note)
        self._serial = 0
        self._second: tuple[int, Answer] | None = None

    def target(self, version: int | None = None) -> Target:
        """The scenario's target, as a trace takes it."""
        address = self.scenario.target(version)
        return Target(sanitize(self.scenario.target_name), address, 6 if ":" in address else 4)

    def __call__(self, now_us: int, request: ProbeRequest) -> tuple[int, Answer] | None:
        """Send a probe; its answer and after how many microseconds it comes, or None."""
        self._serial += 1
        self._second = None
        refused = self._network.send(self._serial, request, now_us)
        if refused is not None:
            return 0, refused
        found = [(answer.rtt_us, answer) for _, answer in self._network.collect((), FOREVER_US)]
        answers = [(rtt_us, answer) for rtt_us, answer in found if rtt_us is not None]
        if not answers:
            self._network.discard(self._serial)
            return None
        self._second = answers[1] if len(answers) > 1 else None
        return answers[0]

    def second(self) -> tuple[int, Answer] | None:
        """The second answer to the last probe, if there is one: after how many microseconds it comes, and what."""
        return self._second

    def _note(self, packet: ip.Packet, now_us: int, journey: Journey) -> None:
        self.journeys.append((now_us, packet.ttl, journey))


def lab_world(
    lab: Lab, settings: TraceSettings, version: int | None = None, *, detail: bool = False, seed: int = 1
) -> World:
    """A trace of the scenario's target, ready to run in virtual time; ``detail``: with hopscope's extensions."""
    return World(lab, settings, (lab.target(version),), detail=detail, seed=seed, second=lab.second)
