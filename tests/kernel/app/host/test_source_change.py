"""This host gets another address while it traces."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.netns import chain, ip_batch

pytestmark = pytest.mark.kernel

HOPSCOPE = str(Path(sys.executable).with_name("hopscope"))
OLD, NEW = "192.0.2.1", "192.0.2.129"


@pytest.mark.parametrize("options", [(), ("-u",), ("-I", "near")])
def test_a_new_address_is_told_and_probes_leave_from_it(options: tuple[str, ...]) -> None:
    """The line says both addresses, and the target answers after it, from whatever socket it is asked."""
    with chain(3) as path:
        ip_batch([f"route add {NEW}/32 dev far"], path.names[1])
        ip_batch([f"route add {NEW}/32 via 192.0.2.5"], path.names[2])
        words = [HOPSCOPE, "--jsonl", "-n", "-i", "0.2", "-c", "3000", *options, path.target()]
        with subprocess.Popen(path.command(words), stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None

            def until(**wanted: Any) -> dict[str, Any]:
                for line in program.stdout or ():
                    told: dict[str, Any] = json.loads(line)
                    if all(told.get(name) == value for name, value in wanted.items()):
                        return told
                raise AssertionError(f"{wanted} never came")

            try:
                until(event="answer", ttl=2)
                lease = [f"addr del {OLD}/30 dev near", f"addr add {NEW}/32 dev near"]
                routes = ["route add 192.0.2.2/32 dev near", "route add default via 192.0.2.2"]
                ip_batch([*lease, *routes], path.names[0])
                moved = until(event="source-changed")
                assert (moved["old"], moved["new"]) == ([OLD], [NEW])
                until(event="answer", ttl=2, address=path.target())
            finally:
                program.terminate()
