"""Traces from real containers, and by the words that lead to a pod."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support import containers

if TYPE_CHECKING:
    from support.netns import Chain

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
# UDP: a container may have no rights, and its network may not let everybody ping.
QUICK = ("-r", "-n", "-u", "-c", "2", "-i", "0.1")
NAME = "hopscope-far-web"
# An address that the container alone has.
OWN = "203.0.113.77"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root file system with a shell and Python."""
    folder = tmp_path_factory.mktemp("container") / "root"
    containers.make_root(folder)
    return folder


def rows(path: Chain, where: str, target: str, made: containers.Container) -> list[str]:
    """The addresses of the report's rows, traced from the container; started at the near end of the chain."""
    done = path.run([HOPSCOPE, "--from", where, *QUICK, target], env={"PATH": made.path, **made.environment})
    assert (done.returncode, done.stderr) == (0, "")
    assert f"HOST: {where[:24]}" in done.stdout
    return re.findall(r"^ *\d+\.\|-- (\S+)", done.stdout, re.MULTILINE)


def left_behind(made: containers.Container) -> list[str]:
    """The command lines of the container's processes but for the one that waits."""
    inside = Path("/proc", str(made.pid), "ns", "pid").readlink()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and folder.name != str(made.pid):
            try:
                if (folder / "ns" / "pid").readlink() == inside:
                    status = (folder / "status").read_text()
                    found.append(" ".join(status.split("\n")[0:7]) + (folder / "cmdline").read_text())
            except OSError:
                continue
    return found


def test_podman(namespace_chain: Chain, root: Path, tmp_path: Path) -> None:
    """From a container at the far end of the chain the path leads back, and nothing stays in it; one has no shell."""
    with containers.podman(tmp_path, root, namespace_chain.names[-1], NAME) as made:
        home = namespace_chain.sources[4]
        found = rows(namespace_chain, f"podman:{NAME}", home, made)
        assert (len(found), found[-1]) == (len(namespace_chain.hops[4]), home)
        assert left_behind(made) == []
        remove = ["podman", "exec", NAME, "/bin/python3", "-c", "import os; os.unlink('/bin/sh')"]
        subprocess.run(remove, check=True, env={"PATH": made.path})
        for name, words in (
            (NAME, r"no shell there: .*sh.*; nsenter -t PID -n"),
            ("nobodys", r"Error: no container.*"),
        ):
            command = [HOPSCOPE, "--from", f"podman:{name}", *QUICK, home]
            done = namespace_chain.run(command, env={"PATH": made.path})
            assert (done.returncode, done.stdout) == (1, "")
            assert re.match(f"hopscope: podman:{name}: {words}", done.stderr), done.stderr


@pytest.mark.parametrize("program", ["runc", "crun"])
def test_any_runtime_by_its_command(namespace_chain: Chain, root: Path, tmp_path: Path, program: str) -> None:
    """``exec:`` runs what takes a command in the container, here runc's own program, and crun where it runs."""
    try:
        with containers.runc(tmp_path, root, namespace_chain.names[-1], NAME, program) as made:
            home = namespace_chain.sources[4]
            found = rows(namespace_chain, f"exec:{program} exec {NAME}", home, made)
            assert (len(found), found[-1]) == (len(namespace_chain.hops[4]), home)
            assert left_behind(made) == []
    except AssertionError as error:
        if program == "crun" and "cgroup" in str(error):
            pytest.skip("crun does not get on with this machine's cgroups")
        raise


def test_docker(namespace_chain: Chain, root: Path, tmp_path: Path) -> None:
    """From a container that has no network but its own an address of its own alone is reached."""
    with containers.docker(tmp_path, root, NAME) as made:
        inside = ["nsenter", f"--net=/proc/{made.pid}/ns/net", "ip", "addr", "add", f"{OWN}/32", "dev", "lo"]
        subprocess.run(inside, check=True)
        assert rows(namespace_chain, f"docker:{NAME}", OWN, made) == [OWN]
        assert left_behind(made) == []


def test_a_container_without_python(namespace_chain: Chain, tmp_path: Path) -> None:
    """It is said what was looked for, and the ways out for containers."""
    bare = tmp_path / "bare"
    containers.make_root(bare, python=False)
    whole = tmp_path / "root"
    containers.make_root(whole)
    with containers.runc(tmp_path, whole, namespace_chain.names[-1], NAME) as made:
        stand_in = tmp_path / "bin" / "podman"  # the container's own program search is what differs
        stand_in.write_text(f'#!/bin/sh\nshift 3\nexec chroot {bare} "$@"\n')
        stand_in.chmod(0o755)
        done = namespace_chain.run([HOPSCOPE, "--from", f"podman:{NAME}", *QUICK, OWN], env={"PATH": made.path})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"hopscope: podman:{NAME}: found neither there: Python 3.6 or newer, and mtr-packet;"
        " nsenter -t PID -n on its host reaches its network\n"
    )


@pytest.fixture
def kubectl(namespace_chain: Chain, tmp_path: Path) -> str:
    """A PATH with a stand-in for kubectl, since there is no cluster: pods are namespaces of the chain.

    It takes the words that kubectl documents for ``exec``, and no others.
    """
    program = tmp_path / "kubectl"
    program.write_text(
        "#!/bin/sh\n"
        f'[ "$1 $2 $3 $4" = "--context=admin@prod --namespace=web exec -i" ] || {{ echo "words: $*" >&2; exit 1; }}\n'
        '[ "$6 $7" = "--container=app --" ] || { echo "words: $*" >&2; exit 1; }\n'
        "pod=$5; shift 7\n"
        '[ "$pod" = api-0 ] || { echo "Error from server (NotFound): pods \\"$pod\\" not found" >&2; exit 1; }\n'
        f'exec ip netns exec {namespace_chain.names[-1]} "$@"\n'
    )
    program.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


def test_a_pod_by_kubectls_words(namespace_chain: Chain, kubectl: str) -> None:
    """Namespace, pod, container and context come as kubectl's own words; its error is told as it is."""
    home = namespace_chain.sources[4]
    made = containers.Container("api-0", kubectl, 0, {})
    found = rows(namespace_chain, "kubectl:web/api-0/app@admin@prod", home, made)
    assert (len(found), found[-1]) == (len(namespace_chain.hops[4]), home)
    done = namespace_chain.run(
        [HOPSCOPE, "--from", "kubectl:web/api-1/app@admin@prod", *QUICK, home], env={"PATH": kubectl}
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        'hopscope: kubectl:web/api-1/app@admin@prod: Error from server (NotFound): pods "api-1" not found;'
        " kubectl get pods -n NAMESPACE lists those that are there\n"
    )
