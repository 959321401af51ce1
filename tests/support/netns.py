"""A path of real kernel routers: network namespaces joined by veth pairs, with forwarding on.

The namespaces belong to the process that made them: they go when the ``with`` block ends, and a later run removes
those whose maker is gone. Runs side by side do not meet: every name carries the maker's process id and random digits.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import secrets
import shlex
import signal
import socket
import stat
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from support.need import need, need_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

RUN_NETNS = Path("/run/netns")
PREFIX = "hopscope"
CLONE_NEWNET = 0x40000000
OPEN_PORT = 8080
CLOSED_PORT = 9

# root; uid and gid 65534 without capabilities; uid 0 without any capability, now or after an exec.
User = Literal["root", "nobody", "bare"]
USERS: tuple[User, ...] = ("root", "nobody", "bare")
SETPRIV: dict[User, tuple[str, ...]] = {
    "root": (),
    "nobody": ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"),
    "bare": ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"),
}
PING_OPEN = {"net.ipv4.ping_group_range": "0 2147483647"}
PING_CLOSED = {"net.ipv4.ping_group_range": "1 0"}

# Further folders that an ordinary user's commands need, beside this interpreter's and this tree.
prefixes: list[Path] = []

T = TypeVar("T")


def inside(namespace: str, work: Callable[[], T]) -> T:
    """Call ``work`` in a thread that has entered the namespace; sockets opened there stay there.

    Raises:
        OSError: the namespace is not there, or this process may not enter it.
    """
    result: list[T] = []
    error: list[BaseException] = []

    def enter() -> None:
        try:
            libc = ctypes.CDLL(None, use_errno=True)
            fd = os.open(RUN_NETNS / namespace, os.O_RDONLY | os.O_CLOEXEC)
            try:
                if libc.setns(fd, CLONE_NEWNET):
                    number = ctypes.get_errno()
                    raise OSError(number, os.strerror(number), namespace)
            finally:
                os.close(fd)
            result.append(work())
        except BaseException as caught:  # noqa: BLE001 - handed over to the caller's thread
            error.append(caught)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if error:
        raise error[0]
    return result[0]


def set_sysctls(namespace: str, sysctls: Mapping[str, str | int]) -> None:
    """Write sysctls of the network namespace; a name ending in ``?`` may be missing in this kernel."""

    def write() -> None:
        for name, value in sysctls.items():
            path = Path("/proc/sys", *name.rstrip("?").split("."))
            if not name.endswith("?") or path.exists():
                path.write_text(str(value), encoding="ascii")

    inside(namespace, write)


def command(namespace: str, argv: Sequence[str | os.PathLike[str]], user: User = "root") -> list[str]:
    """The command line that runs ``argv`` in a namespace as one of the users above."""
    words = ["nsenter", f"--net={RUN_NETNS / namespace}"]
    if user == "nobody":
        words += _opening()
    return [*words, *SETPRIV[user], *(os.fspath(word) for word in argv)]


def _own_folders() -> tuple[Path, ...]:
    return Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve(), Path(__file__).resolve().parents[2]


@functools.cache
def _opening() -> tuple[str, ...]:
    """What to run a command with so that an ordinary user reaches this interpreter and this tree.

    Where they stand in a folder closed to others (root's home), the command sees another folder in its place, in a
    mount namespace of its own, with nothing in it but them.
    """
    needed: dict[Path, list[Path]] = {}
    for path in {*_own_folders(), *prefixes}:
        closed = [parent for parent in reversed(path.parents) if not parent.stat().st_mode & stat.S_IXOTH]
        if closed:
            needed.setdefault(closed[0], []).append(path)
    if not needed:
        return ()
    steps = []
    for closed_folder, paths in needed.items():
        handles = list(enumerate(paths, 3))
        steps += [f"exec {fd}<{shlex.quote(str(path))}" for fd, path in handles]
        steps.append(f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(closed_folder))}")
        for fd, path in handles:
            quoted = shlex.quote(str(path))
            steps += [
                f"mkdir -p {quoted}",
                f"mount --no-canonicalize --bind /proc/self/fd/{fd} {quoted}",
                f"exec {fd}<&-",
            ]
    script = " && ".join([*steps, 'exec "$@"'])
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh")


def ip_batch(lines: Iterable[str], namespace: str | None = None) -> None:
    """Run many ``ip`` commands with one process."""
    where = ["-n", namespace] if namespace else []
    done = subprocess.run(
        ["ip", *where, "-batch", "-"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def new_names(count: int) -> list[str]:
    """Names for ``count`` namespaces that no other run uses."""
    stem = f"{PREFIX}-{os.getpid()}-{secrets.token_hex(3)}"
    return [f"{stem}-{position}" for position in range(count)]


def remove(names: Iterable[str]) -> None:
    """Remove namespaces, and whatever still runs in them."""
    present = [name for name in names if (RUN_NETNS / name).exists()]
    for name in present:
        listed = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False)
        for pid in listed.stdout.split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
    if present:
        subprocess.run(
            ["ip", "-force", "-batch", "-"],
            input="".join(f"netns delete {name}\n" for name in present),
            capture_output=True,
            text=True,
            check=False,
        )


def remove_leftovers() -> None:
    """Remove namespaces of runs that were killed."""
    if not RUN_NETNS.is_dir():
        return
    stale = []
    for path in RUN_NETNS.glob(f"{PREFIX}-*-*"):
        pid = path.name.split("-")[1]
        if pid.isdigit() and not Path("/proc", pid).exists():
            stale.append(path.name)
    remove(stale)


@contextlib.contextmanager
def namespaces(count: int, sysctls: Mapping[str, str | int], *, ping_open: bool = True) -> Iterator[list[str]]:
    """Make ``count`` namespaces, yield their names, and remove them afterwards.

    Args:
        count: how many.
        sysctls: of all of them; a name ending in ``?`` may be missing in this kernel.
        ping_open: whether every group may open ping sockets in the first namespace, or none may.
    """
    need_namespaces()
    remove_leftovers()
    names = new_names(count)
    try:
        ip_batch(f"netns add {name}" for name in names)
        for name in names:
            set_sysctls(name, sysctls)
        set_sysctls(names[0], PING_OPEN if ping_open else PING_CLOSED)
        for name in names:
            ip_batch(["link set lo up"], name)
        yield names
    finally:
        remove(names)


@dataclass(frozen=True)
class Source:
    """Where probes start: ``namespace`` is the name of a namespace that commands can be run in."""

    namespace: str

    def command(self, argv: Sequence[str | os.PathLike[str]], user: User = "root") -> list[str]:
        """The command line that runs ``argv`` there, for ``subprocess.Popen``."""
        return command(self.namespace, argv, user)

    def run(
        self,
        argv: Sequence[str | os.PathLike[str]],
        user: User = "root",
        *,
        input: str | None = None,  # noqa: A002 - subprocess.run's name
        env: Mapping[str, str] | None = None,
        timeout_s: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there to its end; ``env`` is added to the environment."""
        return subprocess.run(
            self.command(argv, user),
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )


@dataclass(frozen=True)
class Chain(Source):
    """Source, routers and target in a row; ``names`` are their namespaces.

    ``hops[4]`` and ``hops[6]`` are the addresses that a trace from the first to the last namespace must show, in
    order: the routers' near sides, then the target. ``sources`` are the first namespace's own addresses.
    """

    names: tuple[str, ...]
    hops: Mapping[int, tuple[str, ...]]
    sources: Mapping[int, str]
    open_port: int = OPEN_PORT
    closed_port: int = CLOSED_PORT

    def target(self, version: int = 4) -> str:
        """The address at the far end."""
        return self.hops[version][-1]

    def command(self, argv: Sequence[str | os.PathLike[str]], user: User = "root", position: int = 0) -> list[str]:
        """The command line that runs ``argv`` in one of the namespaces, for ``subprocess.Popen``."""
        return command(self.names[position], argv, user)


@contextlib.contextmanager
def _listening(namespace: str) -> Iterator[None]:
    """Accept connections at ``OPEN_PORT`` there, and end them at once."""

    def listen() -> socket.socket:
        listener = socket.create_server(("::", OPEN_PORT), family=socket.AF_INET6, dualstack_ipv6=True, backlog=4096)
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        return listener

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                listener.accept()[0].close()

    listener = inside(namespace, listen)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        listener.close()


def _await_target(addresses: Iterable[str]) -> None:
    """Wait until the target answers: IPv6 uses a new link only after the kernel's link watch, up to a second later."""
    for address in addresses:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection((address, OPEN_PORT), timeout=0.2):
                break
        else:
            raise AssertionError(f"{address} cannot be reached through the chain")


@contextlib.contextmanager
def chain(
    length: int = 6,
    *,
    rate_limited: bool = False,
    ping_open: bool = True,
    sysctls: Mapping[str, str | int] | None = None,
    mtus: Mapping[int, int] | None = None,
) -> Iterator[Chain]:
    """Make a chain of ``length`` namespaces, the target and the source among them, and remove it afterwards.

    Args:
        length: from 2 to 32; a trace shows one hop fewer.
        rate_limited: keep the kernel's limit on ICMP errors (six, then one a second); else there is none.
        ping_open: whether every group may open ping sockets in the first namespace, or none may.
        sysctls: more of them, for all the namespaces; a name ending in ``?`` may be missing.
        mtus: what links take that take less than 1500 bytes; link 0 is the one at the source.
    """
    # Link i joins namespace i to namespace i + 1; the near side has the lower address.
    v4 = [(f"192.0.2.{4 * link + 1}", f"192.0.2.{4 * link + 2}") for link in range(length - 1)]
    v6 = [(f"2001:db8:{link + 1:x}::1", f"2001:db8:{link + 1:x}::2") for link in range(length - 1)]
    settings: dict[str, str | int] = {
        "net.ipv4.ip_forward": 1,
        "net.ipv6.conf.all.forwarding": 1,
        "net.ipv6.conf.default.accept_dad": 0,
    }
    if not rate_limited:
        settings |= {
            "net.ipv4.icmp_ratelimit": 0,
            "net.ipv6.icmp.ratelimit": 0,
            "net.ipv4.icmp_msgs_per_sec?": 1_000_000,
            "net.ipv4.icmp_msgs_burst?": 1_000_000,
        }
    settings |= sysctls or {}
    with namespaces(length, settings, ping_open=ping_open) as names:
        ip_batch(
            f"link add near netns {names[link]} type veth peer name far netns {names[link + 1]}"
            for link in range(length - 1)
        )
        for position, name in enumerate(names):
            lines = []
            if position < length - 1:  # "near" is the near end of the next link
                lines += [f"addr add {v4[position][0]}/30 dev near", f"addr add {v6[position][0]}/64 dev near nodad"]
                lines += [f"link set near mtu {(mtus or {}).get(position, 1500)} up"]
            if position > 0:
                lines += [f"addr add {v4[position - 1][1]}/30 dev far"]
                lines += [f"addr add {v6[position - 1][1]}/64 dev far nodad"]
                lines += [f"link set far mtu {(mtus or {}).get(position - 1, 1500)} up"]
            if position < length - 1:
                lines += [f"route add default via {v4[position][1]}", f"route add ::/0 via {v6[position][1]}"]
            if position > 1:  # the way back, to every link that is not this namespace's own
                lines += [f"route add 192.0.2.{4 * link}/30 via {v4[position - 1][0]}" for link in range(position - 1)]
                lines += [
                    f"route add 2001:db8:{link + 1:x}::/64 via {v6[position - 1][0]}" for link in range(position - 1)
                ]
            ip_batch(lines, name)
        with _listening(names[-1]):
            inside(names[0], lambda: _await_target((v4[-1][1], v6[-1][1])))
            yield Chain(
                names[0],
                tuple(names),
                {4: tuple(far for _, far in v4), 6: tuple(far for _, far in v6)},
                {4: v4[0][0], 6: v6[0][0]},
            )


def need_namespaces() -> None:
    """Skip (in CI: fail) where no network namespaces can be made."""
    need(os.geteuid() == 0, "needs root")
    need_tool("ip", "nsenter", "setpriv")
    probe = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    need(probe.returncode == 0, "needs the right to make network namespaces")
