"""A real sshd in a network namespace, and an ssh that knows the way to it and nothing of this machine's own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from support import netns
from support.need import need_tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE_S = 20.0
_SERVER = """\
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
StrictModes no
UsePAM no
PermitRootLogin yes
PidFile none
MaxStartups 100
"""
_CLIENT = """\
Host stranger
  User no-such-user
Host *{not_forced}
  IdentityFile {folder}/user
Host *
  User root
  IdentitiesOnly yes
  UserKnownHostsFile {folder}/known
  StrictHostKeyChecking accept-new
  LogLevel ERROR
Host place*
  HostName {address}
Host terminal
  HostName {address}
  RequestTTY force
  RemoteCommand echo hello
Host stranger
  HostName {address}
Host jumped
  HostName {address}
  ProxyCommand {wrapper} -W {address}:22 {address}
"""


@dataclass(frozen=True)
class SshServer:
    """A server; ``path`` is a PATH on which ``ssh`` has the keys to it."""

    address: str
    path: str


@contextlib.contextmanager
def sshd(folder: Path, namespace: str, address: str, forced: Mapping[str, str] | None = None) -> Iterator[SshServer]:
    """Run one in a namespace, where root's key in ``folder`` opens it; it ends with the block.

    ``forced`` are commands by the name of a host: the key of each runs that in the place of what is asked for, which
    it has in ``$SSH_ORIGINAL_COMMAND`` (sshd(8)).
    """
    need_tool("sshd", "ssh", "ssh-keygen")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # what it empties its own rights into
    forced = forced or {}
    for name in ("host", "user", *forced):
        if not (folder / name).exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    keys = [(folder / "user.pub").read_text()]
    for name, command in forced.items():
        quoted = command.replace('"', '\\"')
        keys.append(f'command="{quoted}" {(folder / f"{name}.pub").read_text()}')
    (folder / "authorized").write_text("".join(keys))
    hosts = [f"Host {name}\n  HostName {address}\n  IdentityFile {folder}/{name}\n" for name in forced]
    wrapper = folder / "bin" / "ssh"
    wrapper.parent.mkdir(exist_ok=True)
    (folder / "server").write_text(_SERVER.format(folder=folder))
    (folder / "client").write_text(
        "".join(hosts)
        + _CLIENT.format(
            folder=folder, address=address, wrapper=wrapper, not_forced="".join(f" !{name}" for name in forced)
        )
    )
    wrapper.write_text(f'#!/bin/sh\nexec /usr/bin/ssh -F {folder}/client "$@"\n')
    wrapper.chmod(0o755)
    server = subprocess.Popen(
        netns.command(namespace, ["/usr/sbin/sshd", "-D", "-f", str(folder / "server"), "-E", str(folder / "log")]),
        stdin=subprocess.DEVNULL,
    )
    try:
        netns.inside(namespace, lambda: _await(address))
        yield SshServer(address, f"{wrapper.parent}:{os.environ['PATH']}")
    finally:
        server.terminate()
        server.wait()


def _await(address: str) -> None:
    """Wait until it listens."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        with contextlib.suppress(OSError), socket.create_connection((address, 22), timeout=0.2):
            return
        time.sleep(0.02)
    raise AssertionError("sshd does not listen")
