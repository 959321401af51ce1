"""Whether the name servers that would be asked about addresses answer."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

from ..resolve.resolv_conf import DEFAULTS, parse_resolv_conf
from ..resolve.servers import PORT
from ..sanitize import sanitize
from .finding import Finding, Status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..settings import LookupSettings

RESOLV_CONF = Path("/etc/resolv.conf")
ANSWER_S = 2.0
ANSWER_MAX_BYTES = 65_535
NO_ANSWER = "answers what is no answer"
QUESTION = "1.0.0.127.in-addr.arpa."  # that every resolver can answer by itself


def names(settings: LookupSettings, configuration: Path = RESOLV_CONF) -> Finding:
    """Each name server asked one question, all at the same time."""
    title = "names"
    if not settings.names:
        return Finding("names", title, Status.OK, "not looked up (-n)")
    origin, over_tcp, servers = "--dns-server", False, list(settings.servers)
    if not servers:
        try:
            said = parse_resolv_conf(configuration.read_text(encoding="utf-8", errors="replace"))
            origin = configuration.name
        except OSError:
            said, origin = DEFAULTS, f"no {configuration.name}"
        over_tcp, servers = said.tcp, [(address, PORT) for address in said.servers]
    found = ["" for _ in servers]
    works = [False for _ in servers]

    def ask(at: int) -> None:
        works[at], found[at] = _asked(*servers[at], over_tcp=over_tcp)

    threads = [threading.Thread(target=ask, args=(at,), daemon=True) for at in range(len(servers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(ANSWER_S + 1)
    shown = [
        f"{sanitize(address)} {words or 'does not answer'}" for (address, _), words in zip(servers, found, strict=True)
    ]
    text = f"{origin}: {', '.join(shown)}"
    if all(works):
        return Finding("names", title, Status.OK, text)
    remedy = (
        "take out what does not answer" if any(works) else "-n traces without names; --dns-server ADDRESS asks another"
    )
    return Finding("names", title, Status.NOTE, text, remedy)


def _asked(address: str, port: int, *, over_tcp: bool) -> tuple[bool, str]:
    """Whether a server answers a question, whatever it answers, and what is to be said of it."""
    import dns.exception
    import dns.message
    import dns.query

    query = dns.message.make_query(QUESTION, "PTR")
    began_s = time.monotonic()
    try:
        if over_tcp:
            dns.query.tcp(query, address, timeout=ANSWER_S, port=port)
        elif not query.is_response(dns.message.from_wire(_datagram(query.to_wire(), address, port))):
            return False, NO_ANSWER
    except (dns.exception.Timeout, TimeoutError):
        return False, f"does not answer within {ANSWER_S:g} s"
    except OSError as error:
        return False, f"cannot be asked ({error.strerror or error})"
    except (dns.exception.DNSException, ValueError):
        return False, NO_ANSWER
    return True, f"answers in {(time.monotonic() - began_s) * 1000:.0f} ms"


def _datagram(question: bytes, address: str, port: int) -> bytes:
    """What a server sends back, over a connected socket, which hears at once where it refuses.

    Raises:
        OSError: there is no such address, no route to it, nobody listens there, or nothing comes in time.
    """
    family, kind, _, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[
        0
    ]
    with socket.socket(family, kind) as sock:
        sock.settimeout(ANSWER_S)
        sock.connect(place)
        sock.send(question)
        return sock.recv(ANSWER_MAX_BYTES)
