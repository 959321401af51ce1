"""Fixtures that every test may ask for; helpers are in tests/support, imported as ``support.NAME``."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from support import far_packet
from support.dealing import deal
from support.need import need_root
from support.netns import Chain, chain

if TYPE_CHECKING:
    from collections.abc import Iterator

# No limit of time for an example: machines that run tests are shared. CI tries the same examples each time, so that it
# never fails by chance; a developer's run looks further.
hypothesis.settings.register_profile(
    "shared",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("shared")

# Before tests take the command: the probe process as it travels may stand in for the installed one.
far_packet.stand_in()

# Sessions of screens that tests start are kept in a folder of the tests' own, which is there already: none says so.
STATE = Path(tempfile.mkdtemp(prefix="hopscope-state-"))
(STATE / "hopscope" / "sessions").mkdir(mode=0o700, parents=True)
os.environ["XDG_STATE_HOME"] = str(STATE)
atexit.register(shutil.rmtree, STATE, ignore_errors=True)

# Who runs the tests in the background may ignore these, and programs hand that on: ours heed it, as they should.
for number, handler in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGTERM, signal.SIG_DFL),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes run the tests, deal the files out so that all end at about the same time."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items[:] = deal(items, lambda item: item.nodeid.partition("::")[0])


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    """What a test runs of the program in this process leaves no handler of signals behind."""
    numbers = signal.SIGINT, signal.SIGTERM, signal.SIGHUP
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)


@pytest.fixture(scope="session")
def root() -> None:
    """The test needs root."""
    need_root()


@pytest.fixture(scope="module")
def namespace_chain() -> Iterator[Chain]:
    """A chain of six namespaces without rate limits, ping sockets open; one for the whole module."""
    with chain() as made:
        yield made
