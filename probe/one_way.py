"""Numbered packets to another host that does the same, and a count of those that arrive: loss one way.

It counts as STAMP does (RFC 8762), and is not STAMP. Alike: both ends number their packets from 0 (section 4.2.1), so
that each direction has a loss of its own, and a packet counts only with the first 16 bytes of its HMAC-SHA-256 (RFC
2104, with a key that both ends were given; section 4.4). Not alike: nothing is reflected. Each end sends by itself, at
a rate that its client asks for, to the one address that it was told, and answers nobody: not even that end. There are
no time stamps, and the ports are whatever is free, not 862. The HMAC covers the direction, so that a packet that is
sent back counts nowhere.

A packet is its number, four bytes in network order, and the HMAC of direction and number. It counts if its number lies
in a window of numbers that are waited for, and came for the first time.

The command ``one-way`` of the line protocol, served where the command line says ``--vantage`` or ``--one-way``, has
these pairs, all of them optional, done in this order:

* ``ip-4`` or ``ip-6``, ``key`` (64 hex digits), ``side`` (0 or 1, another one at the other end), and ``local-ip-4`` or
  ``local-ip-6`` and ``tos`` where packets are to have them: begin to count; what was counted before is forgotten.
* ``peer-port PORT``: the other end's port. Packets go there, and are heard from there alone. 0: it is that of the first
  packet that counts, and nothing is sent before (the other end is behind NAT).
* ``before NUMBER``: packets of the other end below this number are no longer waited for.
* ``send COUNT``, ``gap MS``: send so many packets (at most 100), one in so many milliseconds (at least 20). What is
  left of an earlier such command is not sent.

The answer is ``one-way`` with ``port`` (ours), ``sent``, ``refused`` (by this host, with the latest ``errno``),
``arrived`` (of the numbers that are no longer waited for: in time), ``late`` (later), ``strange`` (what counts for
nothing: forged, repeated, or of others) and ``overflown`` (what this host had no room for), or ``not-counted`` with
``errno``.
"""

import contextlib
import socket
import sys
from _operator import _compare_digest

from .clock import monotonic_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Arguments = list[tuple[bytes, bytes]]

ONE_WAY = "one-way"
KEY_BYTES, NUMBER_BYTES, MAC_BYTES = 32, 4, 16
PACKET_BYTES = NUMBER_BYTES + MAC_BYTES
GAP_MIN_MS, SEND_MAX = 20, 100
WINDOW = 4096
_TAKE_MAX = 256  # packets at once: a flood leaves time for probes
_ROOM_BYTES = 1 << 20
_BLOCK_BYTES = 64  # of SHA-256 (RFC 2104 section 2)
_SO_RXQ_OVFL = 40  # asm-generic/socket.h


class OneWay:
    """One end. To be made before files can no longer be opened."""

    commands = (ONE_WAY,)
    descriptors: "tuple[int, ...]" = ()  # what has come is read when something is to be sent or told

    def __init__(self) -> None:
        try:  # the modules behind hashlib, which loads OpenSSL
            from _sha2 import sha256  # type: ignore[import-not-found]
        except ImportError:
            try:
                from _sha256 import sha256  # type: ignore[import-not-found]
            except ImportError:
                from hashlib import sha256
        self._sha256 = sha256
        self._socket: socket.socket | None = None
        self._left = self._due_us = 0

    def command(self, token: int, _word: str, arguments: "Arguments") -> str:
        """The line that answers a command, without its end."""
        given = {name.decode("ascii", "replace"): value.decode("ascii", "replace") for name, value in arguments}
        try:
            return f"{token} {ONE_WAY} {self._do(given)}"
        except OSError as error:
            return f"{token} not-counted errno {error.errno or 0}"
        except (KeyError, ValueError, OverflowError):
            return f"{token} invalid-argument"

    def lines(self) -> "Iterable[str]":
        """No line: what is due is sent."""
        if self._left:
            now_us = monotonic_ns() // 1000
            if now_us >= self._due_us:
                self._take()
                self._send()
                self._left -= 1
                self._due_us = now_us + self._gap_us
        return ()

    def due_us(self) -> "int | None":
        """When ``lines`` is to be called next; None: no such time."""
        return self._due_us if self._left else None

    def close(self) -> None:
        """Count no more."""
        if self._socket is not None:
            self._socket.close()

    def _do(self, given: "dict[str, str]") -> str:
        if "key" in given:
            self._open(given)
        if self._socket is None:
            raise ValueError("nothing is counted")
        if "peer-port" in given:
            self._connect(int(given["peer-port"]))
        self._take()
        if "before" in given:
            self._settle(int(given["before"]))
        if "send" in given:
            self._gap_us = max(int(given.get("gap", "0")), GAP_MIN_MS) * 1000
            self._left = max(min(int(given["send"]), SEND_MAX), 0)
            self._due_us = max(self._due_us, monotonic_ns() // 1000)
        return " ".join(
            f"{name} {value}"
            for name, value in (
                ("port", self._socket.getsockname()[1]),
                ("sent", self._sent),
                ("refused", self._refused),
                ("errno", self._error),
                ("arrived", self._arrived),
                ("late", self._late),
                ("strange", self._strange),
                ("overflown", self._overflown),
            )
        )

    def _open(self, given: "dict[str, str]") -> None:
        self.close()
        self._socket = None
        self._left = self._due_us = self._port = 0
        self._sent = self._refused = self._error = 0
        self._arrived = self._late = self._strange = self._overflown = 0
        self._base = 0  # lower numbers are no longer waited for
        self._come: set[int] = set()  # of those that are waited for
        self._missing: set[int] = set()  # of those that are not
        key, self._side = bytes.fromhex(given["key"]), int(given["side"])
        if len(key) != KEY_BYTES or self._side not in (0, 1):
            raise ValueError("no key, or no side")
        self._inner, self._outer = (
            self._sha256(bytes(byte ^ pad for byte in key.ljust(_BLOCK_BYTES, b"\0"))) for pad in (0x36, 0x5C)
        )
        version = 6 if "ip-6" in given else 4
        family = socket.AF_INET6 if version == 6 else socket.AF_INET
        self._peer = given[f"ip-{version}"]
        self._packed_peer = socket.inet_pton(family, self._peer)
        opened = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._prepare(opened, given, version)
        except BaseException:
            opened.close()
            raise
        self._socket = opened

    def _prepare(self, opened: socket.socket, given: "dict[str, str]", version: int) -> None:
        opened.setblocking(False)  # noqa: FBT003 - the socket's own interface
        with contextlib.suppress(OSError):  # not every system counts what it drops
            opened.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM_BYTES)
        tos = int(given.get("tos", "0"))
        if tos and version == 6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, tos)
        elif tos:
            opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
        try:
            opened.bind((given.get(f"local-ip-{version}", ""), 0))
        except OSError:  # an address of a device before this host
            opened.bind(("", 0))

    def _connect(self, port: int) -> None:
        """Hear the other end alone, once its port is known: what strangers send then takes no room here."""
        if port:
            self._socket.connect((self._peer, port))  # type: ignore[union-attr]
        self._port = port

    def _mac(self, side: int, number: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(bytes((side,)) + number)
        outer.update(inner.digest())
        return bytes(outer.digest()[:MAC_BYTES])

    def _send(self) -> None:
        if not self._port:
            return
        number = self._sent.to_bytes(NUMBER_BYTES, "big")
        packet = number + self._mac(self._side, number)
        for _ in range(2):
            try:
                self._socket.send(packet)  # type: ignore[union-attr]
            except ConnectionRefusedError:
                continue  # an earlier packet was, and this one was not sent
            except OSError as error:
                self._refused += 1
                self._error = error.errno or 0
            else:
                self._sent += 1
            return

    def _take(self) -> None:
        """Count what has come."""
        for _ in range(_TAKE_MAX):
            try:
                data, ancillary, _, where = self._socket.recvmsg(PACKET_BYTES + 1, 64)  # type: ignore[union-attr]
            except BlockingIOError:
                return
            except OSError:
                continue  # what routers say of packets that were sent
            for _, kind, value in ancillary:
                if kind == _SO_RXQ_OVFL:
                    self._overflown = int.from_bytes(value, sys.byteorder)
            if not self._counts(data, where):
                self._strange += 1

    def _counts(self, data: bytes, where: "tuple[str, int]") -> bool:
        family = socket.AF_INET if len(self._packed_peer) == 4 else socket.AF_INET6
        if len(data) != PACKET_BYTES or socket.inet_pton(family, where[0].partition("%")[0]) != self._packed_peer:
            return False
        if not _compare_digest(data[NUMBER_BYTES:], self._mac(1 - self._side, data[:NUMBER_BYTES])):
            return False
        number = int.from_bytes(data[:NUMBER_BYTES], "big")
        if number in self._missing:
            self._missing.remove(number)
            self._late += 1
        elif self._base <= number < self._base + WINDOW and number not in self._come:
            self._come.add(number)
        else:
            return False
        if not self._port:
            self._connect(where[1])
        return True

    def _settle(self, before: int) -> None:
        """Wait no longer for numbers below this one."""
        if not self._base <= before <= self._base + WINDOW:
            raise ValueError("not in the window")
        waited = set(range(self._base, before))
        self._arrived += len(waited & self._come)
        self._missing |= waited - self._come
        self._come -= waited
        self._base = before
        self._missing = {number for number in self._missing if number >= before - WINDOW}
