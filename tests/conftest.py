"""What every test may ask for."""

from __future__ import annotations

import os
import shutil

import pytest


def need(condition: object, reason: str) -> None:
    """Skip the test where its machine lacks something; in CI that is a failure, so that nothing is skipped unseen."""
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must be able to run this test: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> None:
    """The test needs root."""
    need(os.geteuid() == 0, "needs root")


def need_tool(*names: str) -> None:
    """Skip (in CI: fail) where a program is not installed."""
    for name in names:
        need(shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"), f"needs the program {name}")
