"""What a machine asks of a vantage point beside probes: names, what its host is, and its clocks.

These commands are extensions of the line protocol, served where the command line says ``--vantage``:

* ``resolve name NAME``: ``resolved`` with an ``ip-4`` or ``ip-6`` pair an address, in the resolver's order, or
  ``not-resolved reason WORD`` (``unknown``, ``timeout``, ``failed``). NAME is ASCII (RFC 5890: A-labels).
* ``resolve ip-4 ADDRESS`` or ``ip-6``: ``resolved name NAME``, of visible ASCII, or ``not-resolved`` as above.
* ``host``, with ``ip-4 ADDRESS`` or ``ip-6 ADDRESS`` of a target, and ``local-device``, ``tos`` and ``mark`` where its
  probes have them: ``host`` with ``name``, ``source`` (the address that packets leave from), ``interface``, ``carried``
  (the interface's bytes, in and out), ``discards-sizes`` (net.ipv4.ip_no_pmtu_disc), and where ssh led here ``ssh``
  (SSH_CONNECTION of ssh(1), its words joined by commas); what is not known is left out.
* ``one-way``: see ``one_way``.
* ``clock``: ``clock`` with ``monotonic`` and ``real``, in microseconds: two readings as close as can be.
"""

import contextlib
import os
import socket

from .clock import monotonic_ns, time_ns
from .interface import is_address
from .one_way import ONE_WAY, OneWay
from .resolver import FOUND, NAMED, REVERSE, Resolver
from .routes import Routes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Arguments = list[tuple[bytes, bytes]]

RESOLVE, HOST, CLOCK = "resolve", "host", "clock"
RESOLVED, NOT_RESOLVED = "resolved", "not-resolved"
COMMANDS = (RESOLVE, HOST, CLOCK, ONE_WAY)
NAME_MAX, SSH_MAX = 64, 120
_SETTING = "/proc/sys/net/ipv4/ip_no_pmtu_disc"


class Vantage:
    """Answers these commands. To be made before rights are given up and files can no longer be opened."""

    commands = COMMANDS

    def __init__(self) -> None:
        self._discards = _setting()
        self._name = "".join(letter if "!" <= letter <= "~" else "?" for letter in socket.gethostname())[:NAME_MAX]
        self._ssh = ",".join(os.environ.get("SSH_CONNECTION", "").split())[:SSH_MAX]
        self._one_way = OneWay()
        self._resolver: Resolver | None = None
        self._routes: Routes | None = None
        with contextlib.suppress(OSError):
            self._routes = Routes()
        with contextlib.suppress(OSError):
            self._resolver = Resolver()
        "".encode("idna")  # the codec is a file

    @property
    def descriptors(self) -> "list[int]":
        """What to wait on for lines that come later."""
        return [self._resolver.fileno()] if self._resolver is not None else []

    def command(self, token: int, word: str, arguments: "Arguments") -> "str | None":
        """The line that answers a command, without its end; None: it comes later."""
        if word == ONE_WAY:
            return self._one_way.command(token, word, arguments)
        given = {name.decode("ascii", "replace"): value.decode("ascii", "replace") for name, value in arguments}
        if word == CLOCK:
            return f"{token} clock monotonic {monotonic_ns() // 1000} real {time_ns() // 1000}"
        if word == HOST:
            return f"{token} host {self._host(given)}"
        address = given.get("ip-4", "") or given.get("ip-6", "")
        wanted = REVERSE + address if is_address(address) else given.get("name", "")
        if self._resolver is None or not self._resolver.ask(token, wanted):
            return f"{token} {NOT_RESOLVED} reason failed"
        return None

    def lines(self) -> "Iterable[str]":
        """Answers that have come, without their ends."""
        self._one_way.lines()
        if self._resolver is None:
            return
        for token, how, addresses in self._resolver.answers():
            if how == NAMED:
                yield " ".join([f"{token} {RESOLVED} name", *addresses])
                continue
            if how != FOUND:
                yield f"{token} {NOT_RESOLVED} reason {how}"
                continue
            pairs = [f"{'ip-6' if ':' in address else 'ip-4'} {address}" for address in addresses]
            yield " ".join([f"{token} {RESOLVED}", *pairs])

    def due_us(self) -> "int | None":
        """When ``lines`` is to be called although nothing has come; None: no such time."""
        return self._one_way.due_us()

    def close(self) -> None:
        """End what runs beside."""
        self._one_way.close()
        if self._resolver is not None:
            self._resolver.close()
        if self._routes is not None:
            self._routes.close()

    def _host(self, given: "dict[str, str]") -> str:
        pairs = [("name", self._name or "?"), ("discards-sizes", str(self._discards))]
        if self._ssh and all("!" <= letter <= "~" for letter in self._ssh):
            pairs.append(("ssh", self._ssh))
        address = given.get("ip-4", "") or given.get("ip-6", "")
        if address:
            with contextlib.suppress(OSError, ValueError):
                pairs += self._towards(address, given)
        return " ".join(f"{name} {value}" for name, value in pairs)

    def _towards(self, address: str, given: "dict[str, str]") -> "list[tuple[str, str]]":
        """What is known of the way to an address.

        Raises:
            OSError: there is none.
            ValueError: the address is none.
        """
        device, zone = given.get("local-device", ""), given.get("zone", "")
        mark = int(given.get("mark", "0"))
        source = given.get("local-ip-4", "") or given.get("local-ip-6", "")
        pairs = []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as asker:  # connecting a datagram socket sends nothing (udp(7))
            if device:
                asker.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode("ascii"))
            if mark:
                asker.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
            scope = socket.if_nametoindex(zone) if zone else 0
            asker.connect((address, 9) if family == socket.AF_INET else (address, 9, 0, scope))
            pairs.append(("source", source or str(asker.getsockname()[0]).partition("%")[0]))
        if self._routes is not None:
            bound = device or zone
            tos = int(given.get("tos", "0"))
            number = (
                socket.if_nametoindex(bound)
                if bound
                else self._routes.interface(address, source=source, tos=tos, mark=mark)
            )
            pairs.append(("interface", socket.if_indextoname(number)))
            with contextlib.suppress(OSError):
                pairs.append(("carried", str(self._routes.carried(number))))
        return pairs


def _setting() -> int:
    try:
        descriptor = os.open(_SETTING, os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(descriptor, 16))
    except (OSError, ValueError):
        return 0
    finally:
        os.close(descriptor)
