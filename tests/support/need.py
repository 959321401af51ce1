"""What a test needs of its machine; in CI a missing thing is a failure, so that nothing is skipped unseen."""

from __future__ import annotations

import os
import shutil

import pytest


def need(condition: object, reason: str) -> None:
    """Skip the test unless the condition holds; with CI=true, fail it."""
    if condition:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must be able to run this test: {reason}")
    pytest.skip(reason)


def need_tool(*names: str) -> None:
    """Skip (in CI: fail) where a program is not installed."""
    for name in names:
        need(shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"), f"needs the program {name}")


def need_root() -> None:
    """Skip (in CI: fail) where the test does not run as root."""
    need(os.geteuid() == 0, "needs root")
