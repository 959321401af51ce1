"""A lab scenario as a network of the kernel: the simulator behind a TUN device in a namespace of its own.

Real sockets, and programs that we did not write, meet the scenario's delay, loss, rate limits, labels and balancers.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hopscope.probe.lab import scenario
from support import netns
from support.need import need
from support.relay import open_tun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEVICE = "tun0"
ETH_P_ALL = 3
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33


@dataclass(frozen=True)
class TunLab(netns.Source):
    """A running scenario; ``namespace`` is where its source is, ``log_path`` what became of every probe."""

    scenario: scenario.Scenario
    log_path: Path

    def target(self, version: int | None = None) -> str:
        """The target's address."""
        return self.scenario.target(version)

    def log(self, count: int | None = None, *, timeout_s: float = 10) -> list[dict[str, Any]]:
        """What became of every probe so far (see ``hopscope.probe.lab.log.entry``), in the order they were sent.

        Of answered ones ``rtt_us`` is what the kernel's stamps at the device say, and ``planned_us`` what the
        scenario meant. With ``count`` it waits until so many probes are in it.
        """
        give_up_s = time.monotonic() + timeout_s
        while True:
            lines = self.log_path.read_text(encoding="ascii").splitlines()
            if count is None or len(lines) >= count or time.monotonic() > give_up_s:
                return sorted((json.loads(line) for line in lines), key=lambda entry: int(entry["sent_us"]))
            time.sleep(0.01)


def _open_packet_socket() -> socket.socket:
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, socket.htons(ETH_P_ALL))
    packets.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
    packets.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    packets.bind((DEVICE, ETH_P_ALL))
    return packets


@contextlib.contextmanager
def tun_lab(
    name_or_toml: str,
    folder: Path,
    *,
    seed: int | None = None,
    ping_open: bool = True,
    stamped: bool = True,
    sysctls: Mapping[str, str | int] | None = None,
) -> Iterator[TunLab]:
    """Run a scenario, by name or as TOML text, behind a TUN device; its files are put in ``folder``.

    ``stamped``: times are the kernel's stamps (see tun_router.py); else nothing but the device is in the packets' way.
    """
    need_tun()
    if "\n" in name_or_toml:
        path = folder / "scenario.toml"
        path.write_text(name_or_toml, encoding="utf-8")
        name_or_toml = str(path)
    loaded = scenario.load(name_or_toml)
    log_path = folder / "lab.log"
    settings: dict[str, str | int] = {"net.ipv6.conf.default.accept_dad": 0, "net.ipv4.conf.all.rp_filter": 0}
    with contextlib.ExitStack() as stack:
        made = netns.namespaces(1, {**settings, **(sysctls or {})}, ping_open=ping_open)
        [namespace] = stack.enter_context(made)
        tun_fd = netns.inside(namespace, lambda: open_tun(DEVICE))
        stack.callback(os.close, tun_fd)
        netns.ip_batch(
            [
                f"addr add {socket.inet_ntoa(loaded.sources[4])}/32 dev {DEVICE}",
                f"addr add {socket.inet_ntop(socket.AF_INET6, loaded.sources[6])}/128 dev {DEVICE} nodad",
                f"link set {DEVICE} txqueuelen 10000 up",
                f"route add default dev {DEVICE}",
                f"route add ::/0 dev {DEVICE}",
            ],
            namespace,
        )
        fds = [tun_fd]
        if stamped:
            fds.append(stack.enter_context(netns.inside(namespace, _open_packet_socket)).fileno())
        program = Path(__file__).with_name("tun_router.py")
        router = stack.enter_context(
            subprocess.Popen(
                [sys.executable, program, name_or_toml, log_path, "" if seed is None else str(seed), *map(str, fds)],
                pass_fds=fds,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(router.kill)
        assert router.stdout is not None
        assert router.stdout.readline() == "ready\n"
        yield TunLab(namespace, loaded, log_path)


def need_tun() -> None:
    """Skip (in CI: fail) where no TUN device can be made."""
    netns.need_namespaces()
    need(os.access("/dev/net/tun", os.R_OK | os.W_OK), "needs /dev/net/tun")
