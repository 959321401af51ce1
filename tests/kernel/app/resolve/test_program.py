"""The program with a hosts file and a name server of its own, in a namespace of mounts."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from support.dns_server import DnsServer, running
from support.need import need_tool
from support.program import ENVIRONMENT, command

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.kernel


def test_every_address_of_a_name(root: None, tmp_path: Path) -> None:
    """--all-addresses traces each address that the system's resolver knows, here from a hosts file of its own."""
    need_tool("unshare", "mount")
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.2 multi.example\n127.0.0.3 multi.example\n127.0.0.1 localhost\n")

    def hub_hosts(*options: str) -> list[str]:
        line = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(hosts)]
        line += command("-r", "-n", "-c", "1", "-4", *options, "multi.example")
        ended = subprocess.run(line, capture_output=True, text=True, timeout=30, env=ENVIRONMENT, check=True)
        assert ended.stderr == ""
        return [row.split()[1] for row in ended.stdout.splitlines() if row.startswith("  1.")]

    assert hub_hosts() == ["127.0.0.2"]
    assert hub_hosts("--all-addresses") == ["127.0.0.2", "127.0.0.3"]


def test_an_interrupt_does_not_wait_for_the_system_s_resolver(root: None, tmp_path: Path) -> None:
    """While the target's name is being resolved by a server that never answers, Ctrl-C ends the program."""
    need_tool("unshare", "mount")
    (tmp_path / "resolv.conf").write_text("nameserver 127.83.14.1\noptions timeout:30 attempts:5\n")
    with running(DnsServer("127.83.14.1", 53, delay_s=600)) as server:
        line = ["unshare", "-m", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"']
        line += [str(tmp_path / "resolv.conf"), *command("-r", "silent.example")]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT) as ours:
            while not server.queries:
                assert ours.poll() is None
                time.sleep(0.01)
            ours.send_signal(signal.SIGINT)
            output, errors = ours.communicate(timeout=20)  # the system itself would go on for minutes
        assert (ours.returncode, output, errors) == (130, "", "")
