"""Where probes may be sent from, as the user writes it, and the command that reaches it.

The user's own programs are run (ssh, kubectl, docker, podman, ip), so jump hosts, agents, certificates and contexts
work as they do by hand. No shell is built from the text: what it names becomes words of a command, and no word of it
may begin with ``-``, which the program would take for an option.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .far_program import FarProgram

LOCAL = "local"
NAMED = "named"
FORMS = (
    "local, ssh:[USER@]HOST[:PORT], docker:NAME, podman:NAME, kubectl:NAMESPACE/POD[/CONTAINER][@CONTEXT],"
    " netns:NAME, vrf:NAME or exec:COMMAND"
)
CONNECT_S = 10
PORT_MAX = 65535
WHERE_MAX = 4096
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_CONTEXT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:/@-]*")
_SSH = (
    "ssh",
    "-T",  # no terminal there, and no command but ours, whatever the configuration says
    "-o",
    "RemoteCommand=none",
    "-o",
    "RequestTTY=no",
    "-o",
    f"ConnectTimeout={CONNECT_S}",
    "-o",
    "ServerAliveInterval=5",
    "-o",
    "ServerAliveCountMax=3",
)
# It asks for no password: nobody could answer once the screen is open.
_SSH_ALONE = ("-o", "BatchMode=yes")


@dataclass(frozen=True, slots=True)
class Where:
    """A place to probe from."""

    text: str
    """As the user wrote it, without control characters."""
    kind: str
    """The word before the colon, or ``local``, or ``named``: what the configuration calls so."""
    prefix: tuple[str, ...] = ()
    """The words before the command to be run there; empty: this host."""

    @property
    def is_local(self) -> bool:
        """Whether it is this host, as it is."""
        return self.kind == LOCAL

    @property
    def is_named(self) -> bool:
        """Whether the configuration says where it is: a name, or ``@`` and that of a group."""
        return self.kind == NAMED

    def command(self, far: FarProgram, *, alone: bool = False) -> list[str]:
        """The whole command that runs our probe process there.

        ``alone``: nobody can answer a prompt.
        """
        if self.kind == "ssh":
            *options, end, host = self.prefix
            return [*options, *(_SSH_ALONE if alone else ()), end, host, far.line]
        return [*self.prefix, *far.words]


def is_name(text: str) -> bool:
    """Whether a text can be a name or a group's name in the configuration."""
    return _NAME.fullmatch(text) is not None


def parse_where(text: str) -> Where:
    """What the user means.

    Raises:
        ValueError: it is none of the forms; the message is a phrase for what was expected.
    """
    if not text.isprintable():
        raise ValueError("no control characters")
    if len(text) > WHERE_MAX:
        raise ValueError(f"at most {WHERE_MAX} characters")
    if text == LOCAL:
        return Where(text, LOCAL)
    if is_name(text.removeprefix("@")):
        return Where(text, NAMED)
    kind, colon, rest = text.partition(":")
    reader = _READERS.get(kind) if colon else None
    if reader is None:
        raise ValueError(FORMS)
    if rest.startswith("-"):
        what = "a command" if kind == "exec" else "a name"
        raise ValueError(f"{what} after {kind}: that does not begin with - ({rest.split()[0]} is taken for an option)")
    return Where(text, kind, reader(rest))


def near_kind(text: str) -> str:
    """What was probably meant by a word that is none of the kinds, as a remedy."""
    from ..nearest import did_you_mean

    kind, colon, _ = text.partition(":")
    if colon and kind in _READERS:
        return ""
    if colon:
        return did_you_mean(kind, _READERS)
    return did_you_mean(text, [LOCAL]) or ("" if text in _READERS else f"of a host that ssh reaches: ssh:{text}")


def _ssh(rest: str) -> tuple[str, ...]:
    user, at, address = rest.rpartition("@")
    if at and not _NAME.fullmatch(user):
        raise ValueError("a user's name before the @")
    host, port = _host_and_port(address)
    if not _NAME.fullmatch(host) and not _is_ipv6(host):
        raise ValueError("a host's name or address after ssh:")
    login = ("-l", user) if at else ()
    return (*_SSH, *(("-p", port) if port else ()), *login, "--", host)


def _host_and_port(text: str) -> tuple[str, str]:
    """Both as text; no port: empty.

    Raises:
        ValueError: it is of another form.
    """
    if text.startswith("["):
        host, bracket, behind = text[1:].partition("]")
        colon, port = behind[:1], behind[1:]
        if not bracket or (behind and colon != ":"):
            raise ValueError("an IPv6 address and a port as [ADDRESS]:PORT")
    elif text.count(":") > 1:
        return text, ""
    else:
        host, colon, port = text.partition(":")
    if colon and not (port.isascii() and port.isdecimal() and len(port) <= 5 and 1 <= int(port) <= PORT_MAX):
        raise ValueError(f"a port from 1 to {PORT_MAX} after the colon")
    return host, port


def _is_ipv6(text: str) -> bool:
    address, percent, zone = text.partition("%")
    if percent and not _NAME.fullmatch(zone):
        return False
    try:
        socket.inet_pton(socket.AF_INET6, address)
    except (OSError, ValueError):
        return False
    return True


def _container(program: str) -> Callable[[str], tuple[str, ...]]:
    def read(rest: str) -> tuple[str, ...]:
        if not _NAME.fullmatch(rest):
            raise ValueError(f"a container's name after {program}:")
        return program, "exec", "-i", rest

    return read


def _kubectl(rest: str) -> tuple[str, ...]:
    place, at, context = rest.partition("@")
    names = place.split("/")
    if not 2 <= len(names) <= 3 or not all(_NAME.fullmatch(name) for name in names):
        raise ValueError("kubectl:NAMESPACE/POD[/CONTAINER][@CONTEXT]")
    if at and not _CONTEXT.fullmatch(context):
        raise ValueError("a context's name after the @")
    chosen = (f"--context={context}",) if at else ()
    container = (f"--container={names[2]}",) if len(names) == 3 else ()
    return "kubectl", *chosen, f"--namespace={names[0]}", "exec", "-i", names[1], *container, "--"


def _ip(what: str) -> Callable[[str], tuple[str, ...]]:
    def read(rest: str) -> tuple[str, ...]:
        if not _NAME.fullmatch(rest):
            raise ValueError(f"the name of a {'network namespace' if what == 'netns' else 'VRF'} after {what}:")
        return "ip", what, "exec", rest

    return read


def _exec(rest: str) -> tuple[str, ...]:
    import shlex

    try:
        words = shlex.split(rest)
    except ValueError as error:
        raise ValueError(f"a command in words, as a shell has them ({str(error).lower()})") from None
    if not words or not words[0] or words[0].startswith("-"):
        raise ValueError("a command after exec:")
    return tuple(words)


_READERS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "ssh": _ssh,
    "docker": _container("docker"),
    "podman": _container("podman"),
    "kubectl": _kubectl,
    "netns": _ip("netns"),
    "vrf": _ip("vrf"),
    "exec": _exec,
}
