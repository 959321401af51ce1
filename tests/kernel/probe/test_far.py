"""The probe process as it travels answers on every Python as the installed one does here: by the same tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import far_packet
from support.netns import need_namespaces
from support.old_pythons import PYTHONS

pytestmark = pytest.mark.kernel

TESTS = Path(__file__).parents[2]
# The way out of these networks is none, so that no probe leaves this host.
ALONE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
# Words, names, hosts and clocks, every protocol and user on a path of routers.
EVERYWHERE = ("probe/test_process.py", "probe/test_vantage.py", "kernel/probe/test_chain.py")
# Of these, what takes long and says little of a Python.
LONG = ("without_ping", "another_identification", "translated", "rate_limited", "stock_mtr")
# Packets byte for byte, flows, sizes, and nonsense. Errors that are forged, broken or doubled take minutes: by hand,
# ``test_matching.py`` and ``test_duplicates.py`` (``support.far_packet``).
ON_THE_OLDEST = (
    "kernel/probe/test_chain.py",
    "kernel/probe/test_packets.py",
    "kernel/probe/test_flows.py",
    "kernel/probe/test_payloads.py",
    "kernel/probe/test_fragmentation.py",
    "kernel/probe/test_fuzz.py",
)
# What is about the command line, the simulated network, another engine, or the process that stands in between.
NOT_FAR = (
    "ways_to_start",
    "folder_alone",
    "wrong_usage",
    "help_and_version",
    "without_spinning",
    "signals",
    "closed",
    "slow_reader",
    "when_they_are_known",
    "full_house",
    "does_not_say_so",
    "second_echo_reply_or_error",
    "no_second_answer",
    "icmplib",
    "every_port_is_taken",
    "holding",
)


def _run(python: str, files: tuple[str, ...], left_out: tuple[str, ...] = NOT_FAR) -> None:
    command = [*ALONE, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += ["-k", " and ".join(f"not {word}" for word in left_out), *(str(TESTS / file) for file in files)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        command,
        env={**environment, far_packet.VARIABLE: python},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " passed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("version", sorted(PYTHONS), ids=lambda version: "{}.{}".format(*version))
def test_a_far_probe_passes_the_tests_of_the_line_protocol(version: tuple[int, int]) -> None:
    """Every Python at hand."""
    need_namespaces()
    _run(PYTHONS[version], EVERYWHERE, NOT_FAR + LONG)


def test_a_far_probe_on_the_oldest_python_sends_and_reads_the_same_packets() -> None:
    """Further tests on the oldest Python at hand."""
    need_namespaces()
    _run(PYTHONS[min(PYTHONS)], ON_THE_OLDEST)
