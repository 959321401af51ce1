"""DNS queries by dnspython: PTR and TXT records, with the system's configuration or with servers of the user's choice.

Importing this module costs about 80 ms, so only the look-up thread does it, and only when there is something to ask.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.rdtypes.ANY.PTR
import dns.rdtypes.ANY.TXT
import dns.resolver
import dns.reversename

from ..sanitize import is_name, name_of_labels
from .resolv_conf import DEFAULTS, ResolvConf, parse_resolv_conf

if TYPE_CHECKING:
    from collections.abc import Sequence

LIFETIME_MAX_S = 30.0
# The next server is asked beside one that has not answered within this time: a report waits two seconds for names.
NEXT_SERVER_S = 0.3
NEGATIVE_TTL_S = 300  # where the answer brings no SOA record to tell


class LookupFailedError(Exception):
    """No server answered, or none could: nothing is known, ask again later."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer."""

    texts: tuple[str, ...]
    """Of its records; empty: there is no such record."""
    ttl_s: float
    """For how long it may be cached, in seconds."""


class Client:
    """Asks name servers.

    Args:
        servers: ``(address, port)`` of the servers to ask, in this order; empty: those of the configuration file.
        configuration: a file in the form of resolv.conf(5); read again when it changes.
    """

    def __init__(self, servers: Sequence[tuple[str, int]] = (), configuration: Path = Path("/etc/resolv.conf")) -> None:
        self._servers = tuple(servers)
        self._configuration = configuration
        self._stamp: tuple[int, int] | None = None
        # One for each server, in the order in which they are asked.
        self._resolvers: list[dns.asyncresolver.Resolver] = []
        self._rotates = False
        self._tcp = False

    async def ptr(self, address: str) -> Found:
        """The names of an address, safe to show.

        Raises:
            LookupFailedError: nothing could be learnt.
        """
        found = await self._ask(dns.reversename.from_address(address), dns.rdatatype.PTR)
        if isinstance(found, Found):
            return found
        rrset, ttl_s = found
        names = [
            name_of_labels(record.target.labels) for record in rrset if isinstance(record, dns.rdtypes.ANY.PTR.PTR)
        ]
        return Found(tuple(sorted(name for name in names if is_name(name))), ttl_s)

    async def txt(self, name: str) -> Found:
        """The texts of a name, as they came: not yet safe to show.

        Raises:
            LookupFailedError: nothing could be learnt.
        """
        found = await self._ask(dns.name.from_text(name), dns.rdatatype.TXT)
        if isinstance(found, Found):
            return found
        rrset, ttl_s = found
        texts = [
            b"".join(record.strings).decode("utf-8", errors="replace")
            for record in rrset
            if isinstance(record, dns.rdtypes.ANY.TXT.TXT)
        ]
        return Found(tuple(sorted(texts)), ttl_s)

    async def _ask(self, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> Found | tuple[dns.rrset.RRset, float]:
        """The record set and its time to live, or the answer that there is none.

        1. Servers are asked in their order, the next one as soon as one fails, or beside one that keeps silent.
        2. The first usable answer counts; whoever gave it is asked first from now on, so that a dead server costs time
           once. With ``rotate`` each question begins with another one instead.
        """
        waiting = list(self._current())
        asked: dict[asyncio.Task[Found | tuple[dns.rrset.RRset, float]], dns.asyncresolver.Resolver] = {}
        try:
            while waiting or asked:
                if waiting:
                    resolver = waiting.pop(0)
                    asked[asyncio.create_task(self._ask_one(resolver, name, kind))] = resolver
                done, _ = await asyncio.wait(
                    asked, timeout=NEXT_SERVER_S if waiting else None, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    resolver = asked.pop(task)
                    if task.exception() is None:
                        self._prefer(resolver)
                        return task.result()
        finally:
            for task in asked:
                task.cancel()
        raise LookupFailedError

    def _prefer(self, resolver: dns.asyncresolver.Resolver) -> None:
        """Begin with a server that answers; with ``rotate``, with the one after the first."""
        if self._rotates:
            self._resolvers.append(self._resolvers.pop(0))
        elif resolver in self._resolvers and self._resolvers[0] is not resolver:
            self._resolvers.remove(resolver)
            self._resolvers.insert(0, resolver)

    async def _ask_one(
        self, resolver: dns.asyncresolver.Resolver, name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> Found | tuple[dns.rrset.RRset, float]:
        """The answer of one server.

        Raises:
            LookupFailedError: there was none that could be used.
        """
        try:
            answer = await resolver.resolve(name, kind, search=False, tcp=self._tcp)
        except dns.resolver.NXDOMAIN as error:
            return Found((), _negative_ttl_s(error.kwargs.get("responses", {}).get(name)))
        except dns.resolver.NoAnswer as error:
            return Found((), _negative_ttl_s(error.kwargs.get("response")))
        except Exception as error:  # a lying server makes dnspython raise whatever it likes
            raise LookupFailedError from error
        if answer.rrset is None:
            return Found((), NEGATIVE_TTL_S)
        return answer.rrset, float(answer.chaining_result.minimum_ttl)

    def _current(self) -> list[dns.asyncresolver.Resolver]:
        """The servers of the present configuration; none where that names no usable one."""
        if not self._servers:
            try:
                status = self._configuration.stat()
                stamp = (status.st_mtime_ns, status.st_ino)
            except OSError:
                stamp = (0, 0)
            if stamp != self._stamp:
                self._stamp = stamp
                configuration = _read(self._configuration)
                self._tcp = configuration.tcp
                self._rotates = configuration.rotate
                self._resolvers = _configured(configuration)
        elif not self._resolvers:
            servers = [dns.nameserver.Do53Nameserver(address, port) for address, port in self._servers]
            self._resolvers = [_asking(server, DEFAULTS) for server in servers]
        return self._resolvers


def _asking(server: str | dns.nameserver.Nameserver, configuration: ResolvConf) -> dns.asyncresolver.Resolver:
    """What asks one server, as often and as long as the configuration says.

    Raises:
        ValueError: it is no address.
    """
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = [server]
    resolver.timeout = float(configuration.timeout_s)
    resolver.lifetime = min(resolver.timeout * configuration.attempts, LIFETIME_MAX_S)
    return resolver


def _read(path: Path) -> ResolvConf:
    try:
        return parse_resolv_conf(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return DEFAULTS


def _configured(configuration: ResolvConf) -> list[dns.asyncresolver.Resolver]:
    """What asks the servers that a configuration names, but for those that are no addresses."""
    resolvers = []
    for server in configuration.servers:
        try:
            resolvers.append(_asking(server, configuration))
        except ValueError:
            continue
    return resolvers


def _negative_ttl_s(response: object) -> float:
    """For how long a negative answer holds (RFC 2308 section 5)."""
    if isinstance(response, dns.message.QueryMessage):
        try:
            if any(rrset.rdtype == dns.rdatatype.SOA for rrset in response.authority):
                return float(response.resolve_chaining().minimum_ttl)
        except dns.exception.DNSException:
            pass
    return NEGATIVE_TTL_S
