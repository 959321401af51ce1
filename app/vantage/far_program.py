"""What runs on the other machine before our probe process does, in three steps, all from memory.

1. A line of ``sh`` looks for a Python, in one round trip, and runs it with the first stage; without one it runs
   ``mtr-packet``, and without that it says so.
2. The first stage reads one line of standard input and runs it. It is one line without ``!`` and without single quotes,
   so that every login shell hands it on as it is (dash, bash, zsh, ksh, busybox, fish, tcsh and csh were tried).
3. That line, the loader, reads the modules (see ``bundle``), makes them importable, says that it is ready, and runs the
   probe process with what is left of standard input.

mitogen, which brings Python over the same transports, was weighed: it shipped 169 kB for the same modules (this: 35),
each module after a round trip of its own (at 80 ms RTT 4 s more than at none; this: 0.3), and held two threads and
25 MB there (this: one, 14 MB).

Each step tells how far it came by a line that begins with a word of chance, the marker: what a login shell, a banner or
a message of the day prints before it is skipped.
"""

from __future__ import annotations

import functools
import secrets
import shlex

from .bundle import bundle

OLDEST_PYTHON = (3, 6)
NEWEST_MINOR = 15
# platform-python: the one of RHEL 8 that is always there.
PYTHONS = (
    "python3",
    "/usr/libexec/platform-python",
    *(f"python3.{minor}" for minor in range(NEWEST_MINOR, OLDEST_PYTHON[1] - 1, -1)),
    # Where PATH of a login without a terminal does not lead; a pattern that fits nothing is the name of no program.
    "/opt/*/bin/python3",
)
# What follows the marker.
READY, MTR_PACKET, NOTHING = b"ready", b"mtr-packet", b"nothing"
MARKER_BYTES = 12
FIRST_STAGE = r'import os;exec(b"".join(iter(lambda:os.read(0,1)or b"\n",b"\n")))'
_LOADER = """\
import os, sys, zlib
d = b""
while len(d) < {length}:
    p = os.read(0, {length} - len(d))
    if not p:
        sys.exit(0)
    d += p
w, *d = zlib.decompress(d[:{end}]).decode("latin-1").split("\\0")
w = dict(enumerate(w.split(), 128))
d = [t.translate(w) for t in d]
M = {{d[i]: (d[i + 1] == "1", d[i + 2]) for i in range(0, len(d), 3)}}
class F:
    def find_spec(self, name, path=None, target=None):
        if name in M:
            return type(sys.__spec__)(name, self, is_package=M[name][0])
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        exec(compile(M[module.__name__][1], "<" + module.__name__ + ">", "exec"), module.__dict__)
sys.meta_path.insert(0, F())
from hopscope.probe.process import serve
class O:
    engine, lab, lab_log, confined, vantage = "kernel", None, None, True, True
    in_flight_max, allow_mark = {in_flight_max}, {allow_mark}
os.write(1, b"\\n{marker} ready %d.%d\\n" % sys.version_info[:2])
sys.exit(serve(O))
"""


class FarProgram:
    """One attempt to run our probe process somewhere else.

    Args:
        in_flight_max: how many probes may be unanswered.
        allow_mark: keep the right to mark packets.
    """

    def __init__(self, in_flight_max: int, *, allow_mark: bool = False) -> None:
        self.marker = secrets.token_hex(MARKER_BYTES).encode("ascii")
        self._in_flight_max = in_flight_max
        self._allow_mark = allow_mark

    @functools.cached_property
    def input(self) -> bytes:
        """What is to be written first. It takes a while to make: the program that leads there is started before."""
        modules = bundle()
        end = b"\n%s\n" % self.marker  # where mtr-packet runs, a shell reads up to this line
        loader = _LOADER.format(
            end=len(modules),
            length=len(modules) + len(end),
            marker=self.marker.decode(),
            in_flight_max=self._in_flight_max,
            allow_mark=self._allow_mark,
        )
        return b"exec(%s)\n%s%s" % (repr(loader).encode("ascii"), modules, end)

    @property
    def script(self) -> str:
        """The text for ``sh -c``: one line, without single quotes."""
        first_stage = FIRST_STAGE.replace('"', r"\"")
        marker = self.marker.decode()
        too_old = f"import sys;sys.exit(sys.version_info<{OLDEST_PYTHON})"
        return (
            f"for p in {' '.join(PYTHONS)}; do"
            f' if "$p" -I -S -c "{too_old}" </dev/null >/dev/null 2>&1;'
            f' then exec "$p" -I -S -c "{first_stage}"; fi; done;'
            " if command -v mtr-packet >/dev/null 2>&1; then"
            f' while read -r l; do [ "$l" = {marker} ] && break; done;'
            f" echo; echo {marker} mtr-packet; exec mtr-packet; fi;"
            f" echo; echo {marker} nothing"
        )

    @property
    def words(self) -> list[str]:
        """The command's words, where no shell is between."""
        return ["sh", "-c", self.script]

    @property
    def line(self) -> str:
        """The command for a login shell of any kind. Without ``exec``, which a restricted shell refuses (bash(1))."""
        return f"sh -c {shlex.quote(self.script)}"
