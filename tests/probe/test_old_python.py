"""The probe process runs on the Python of old systems: its folder is shipped to them as it is."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest
from hopscope import probe
from support.old_pythons import OLDEST, needs_old_python
from support.old_pythons import PYTHONS as EVERY

FOLDER = Path(probe.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
# Compiles every file that is named, and says which ones it cannot.
COMPILE = """
import sys
for path in sys.argv[1:]:
    try:
        compile(open(path, encoding="utf-8").read(), path, "exec")
    except SyntaxError as error:
        print(path, error)
"""


PYTHONS = {version: name for version, name in EVERY.items() if version[1] < 11}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_syntax(path: Path) -> None:
    """No file uses syntax that Python 3.6 does not know, nor a future import that came later."""
    tree = ast.parse(path.read_text(), feature_version=OLDEST)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"]


@needs_old_python
def test_oldest_python_compiles_every_file() -> None:
    """The oldest Python at hand compiles every file of the probe process, the lab and the icmplib engine."""
    _, oldest = next(iter(PYTHONS.items()))
    assert len(FILES) > 40
    done = subprocess.run([oldest, "-c", COMPILE, *map(str, FILES)], check=True, capture_output=True, text=True)
    assert done.stdout == ""


@needs_old_python
def test_old_pythons_probe() -> None:
    """On each old Python at hand the probe process answers its questions and a probe to this very host."""
    lines = b"1 check-support feature hopscope\n2 send-probe ip-4 127.0.0.1 protocol udp detail 1\n"
    for version, python in PYTHONS.items():
        command = [python, "-I", "-S", "-B", str(FOLDER / "__main__.py")]
        done = subprocess.run(command, input=lines, check=True, capture_output=True)
        answers = done.stdout.splitlines()
        assert answers[0] == b"1 feature-support support ok", version
        assert answers[1].startswith(b"2 reply ip-4 127.0.0.1 round-trip-time "), version
        assert done.stderr == b"", version
