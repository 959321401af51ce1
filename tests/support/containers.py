"""Containers on a root file system that is made of this machine's own Python: nothing is fetched from anywhere.

Their networks are namespaces that the tests have made, or none. Each runtime keeps all that it stores in a folder of
its own, and none changes this host's network.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 60.0
_LEFT_OUT = shutil.ignore_patterns(
    "test",
    "tests",
    "site-packages",
    "__pycache__",
    "idlelib",
    "tkinter",
    "ensurepip",
    "lib2to3",
    "turtledemo",
    "config-*",
)
_WAITS = "import signal; signal.pause()"


@dataclass(frozen=True)
class Container:
    """One that runs; ``path`` is a PATH on which its runtime's program knows it, by ``name``."""

    name: str
    path: str
    pid: int
    environment: dict[str, str]


def need_runtime(*programs: str) -> None:
    """Skip where a runtime is missing, in CI too: installing one takes longer than all of its tests."""
    for program in programs:
        if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
            pytest.skip(f"needs the program {program}, which CI does not install: it takes minutes")


def make_root(folder: Path, *, python: bool = True) -> None:
    """A root file system with a shell and, at its own place, the Python that runs the tests."""
    for name in ("bin", "dev", "etc", "proc", "sys", "tmp", "run"):
        (folder / name).mkdir(parents=True)
    _with_libraries(folder, Path("/bin/sh"), Path("bin/sh"))
    (folder / "etc" / "passwd").write_text("root:x:0:0:root:/:/bin/sh\n")
    (folder / "etc" / "hosts").write_text("127.0.0.1 localhost\n")
    if not python:
        return
    program = Path(sys.executable).resolve()
    _with_libraries(folder, program, program.relative_to("/"))
    (folder / "bin" / "python3").symlink_to(program)
    library = Path(sysconfig.get_path("stdlib"))
    shutil.copytree(library, folder / library.relative_to("/"), ignore=_LEFT_OUT)
    for extension in (folder / library.relative_to("/") / "lib-dynload").glob("*.so"):
        _libraries(folder, extension)


def _with_libraries(folder: Path, program: Path, place: Path) -> None:
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(program, target)
    _libraries(folder, program)


def _libraries(folder: Path, program: Path) -> None:
    """Copy what a program is linked with, to the same places."""
    listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
    for library in re.findall(r"(/\S+) \(0x", listed):
        place = folder / library.lstrip("/")
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, place)


def _wrapper(folder: Path, program: str, *words: str) -> str:
    """A folder in which a program of this name runs it with further words."""
    made = folder / "bin" / program
    made.parent.mkdir(exist_ok=True)
    made.write_text(f'#!/bin/sh\nexec {shutil.which(program)} {" ".join(words)} "$@"\n')
    made.chmod(0o755)
    return f"{made.parent}:{os.environ['PATH']}"


def _run(path: str, *words: str, environment: dict[str, str] | None = None, **further: object) -> str:
    done = subprocess.run(
        list(words),
        capture_output=True,
        check=False,
        env={**os.environ, **(environment or {}), "PATH": path},
        **further,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, done.stderr.decode()
    return str(done.stdout.decode().strip())


@contextlib.contextmanager
def podman(folder: Path, root: Path, namespace: str, name: str) -> Iterator[Container]:
    """A podman container in a network namespace."""
    need_runtime("podman", "runc")
    options = ("--runtime", "runc", "--cgroup-manager", "cgroupfs", "--events-backend", "none")
    running = tempfile.TemporaryDirectory(prefix="hs-", ignore_cleanup_errors=True)  # podman wants a short path
    path = _wrapper(folder, "podman", *options, "--root", f"{folder}/kept", "--runroot", running.name)
    limits = ("--ulimit", "nofile=1024:4096", "--ulimit", "nproc=4096:4096")
    where = (f"--network=ns:/run/netns/{namespace}", "--name", name)
    _run(path, "podman", "run", "-d", *limits, *where, "--rootfs", f"{root}:O", "/bin/python3", "-c", _WAITS)
    try:
        pid = _run(path, "podman", "inspect", "--format", "{{.State.Pid}}", name)
        yield Container(name, path, int(pid), {})
    finally:
        _run(path, "podman", "rm", "--force", "--time", "0", name)
        subprocess.run(["umount", "--recursive", f"{folder}/kept/overlay"], capture_output=True, check=False)
        running.cleanup()


@contextlib.contextmanager
def runc(folder: Path, root: Path, namespace: str, name: str, program: str = "runc") -> Iterator[Container]:
    """A container of runc's, or of what takes its words, in a network namespace."""
    need_runtime(program)
    path = _wrapper(folder, program, "--root", f"{folder}/state")
    _run(path, program, "spec", cwd=folder)
    configuration = json.loads((folder / "config.json").read_text())
    configuration["root"] = {"path": str(root), "readonly": True}
    configuration["process"] |= {"terminal": False, "args": ["/bin/python3", "-c", _WAITS]}
    configuration["process"].pop("rlimits", None)
    spaces = configuration["linux"]["namespaces"]
    configuration["linux"]["namespaces"] = [one for one in spaces if one["type"] not in {"network", "cgroup"}]
    configuration["linux"]["namespaces"].append({"type": "network", "path": f"/run/netns/{namespace}"})
    configuration["mounts"] = [one for one in configuration["mounts"] if one["type"] != "cgroup"]
    (folder / "config.json").write_text(json.dumps(configuration))
    with (folder / "log").open("wb") as log:
        started = subprocess.run(
            [program, "run", "--detach", "--bundle", str(folder), name],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PATH": path},
            check=False,
        )
    assert started.returncode == 0, (folder / "log").read_text()
    try:
        yield Container(name, path, int(json.loads(_run(path, program, "state", name))["pid"]), {})
    finally:
        _run(path, program, "delete", "--force", name)


@contextlib.contextmanager
def docker(folder: Path, root: Path, name: str) -> Iterator[Container]:
    """A docker container without a network but its own loopback, of a daemon that has none either."""
    need_runtime("docker", "dockerd")
    environment = {"DOCKER_HOST": f"unix://{folder}/socket", "DOCKER_CONFIG": str(folder / "client")}
    words = ["unshare", "--net", "dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false"]
    words += ["--ip-forward=false", "--ip-masq=false", "--storage-driver=vfs", f"--host={environment['DOCKER_HOST']}"]
    words += [f"--data-root={folder}/data", f"--exec-root={folder}/exec", f"--pidfile={folder}/pid"]
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "PATH": path}
        )
    try:
        _await_daemon(daemon, path, environment, folder / "log")
        packed = subprocess.run(["tar", "-C", str(root), "-c", "."], capture_output=True, check=True).stdout
        _run(path, "docker", "import", "-", "far:test", environment=environment, input=packed)
        run = ("docker", "run", "-d", "--network=none", "--name", name, "far:test", "/bin/python3", "-c", _WAITS)
        _run(path, *run, environment=environment)
        pid = _run(path, "docker", "inspect", "--format", "{{.State.Pid}}", name, environment=environment)
        yield Container(name, path, int(pid), environment)
        _run(path, "docker", "rm", "--force", name, environment=environment)
    finally:
        daemon.terminate()
        daemon.wait()


def _await_daemon(daemon: subprocess.Popen[bytes], path: str, environment: dict[str, str], log: Path) -> None:
    """Wait until it answers."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s and daemon.poll() is None:
        done = subprocess.run(
            ["docker", "version"], capture_output=True, check=False, env={**os.environ, **environment, "PATH": path}
        )
        if done.returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])
