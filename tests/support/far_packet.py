"""The probe process as it travels, in the place of the installed one: for tests that talk to it by lines.

``HOPSCOPE_FAR_PYTHON=/usr/bin/python3.6 pytest FILES`` runs them against a far probe on that Python. It has no
simulated network: what a test asks for goes out, so this is done in a network namespace without a way out only, and
the command refuses what a far probe cannot do.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path

from hopscope.app.vantage.far_program import FIRST_STAGE, FarProgram
from hopscope.probe import launch
from hopscope.probe.limits import IN_FLIGHT_MAX
from support import netns

VARIABLE = "HOPSCOPE_FAR_PYTHON"
REFUSED = "a far probe has no such option"
# As the loader that a transport is given; what comes before the marker is skipped as the other end skips it.
_SCRIPT = f"""
input=$1 marker=$2 python=$3 stage=$4
shift 4
for word; do
    case $word in
    --vantage) ;;
    --allow-mark) input=$input.mark;;
    *) echo "$word: {REFUSED}" >&2; exit 1;;
    esac
done
{{ cat "$input"; exec cat; }} | "$python" -I -S -c "$stage" | {{
    while read -r first second rest; do
        [ "$first $second" = "$marker ready" ] && break
    done
    exec cat
}}
"""


def stand_in() -> None:
    """Have ``launch.command`` give the command of a far probe, where the variable names a Python for it.

    Raises:
        RuntimeError: there is more of a network than the loopback interface.
    """
    python = os.environ.get(VARIABLE)
    if not python:
        return
    if {name for _, name in socket.if_nameindex()} != {"lo"}:
        raise RuntimeError(f"{VARIABLE} is for a network namespace that has the loopback interface alone")
    folder = Path(tempfile.mkdtemp(prefix="hopscope-far-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    plain = FarProgram(IN_FLIGHT_MAX)
    marks = FarProgram(IN_FLIGHT_MAX, allow_mark=True)
    marks.marker = plain.marker
    for path, program in ((folder / "input", plain), (folder / "input.mark", marks)):
        path.write_bytes(program.input)
    words = ["sh", "-c", _SCRIPT, "sh", str(folder / "input"), plain.marker.decode(), python, FIRST_STAGE]

    def command(python: str = "", *, site_packages: bool = False) -> list[str]:
        assert not python
        return [*words, "--site-packages"] if site_packages else list(words)

    launch.command = command
    netns.prefixes.append(Path(python).resolve().parents[1])
