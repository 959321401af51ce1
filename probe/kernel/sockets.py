"""What every socket is set to, and what the kernel is made ready for."""

import errno
import os
from _socket import AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_DGRAM, if_nametoindex
from _socket import socket as Socket  # noqa: N812 - a class
from time import sleep

from . import ancillary
from . import constants as c

TYPE_CHECKING = False
if TYPE_CHECKING:
    SocketAddress = tuple[str, int] | tuple[str, int, int, int]

FAMILY = {4: AF_INET, 6: AF_INET6}
_LOOPBACK = {4: "127.0.0.1", 6: "::1"}
BUFFER_BYTES = 8 << 20
# Messages taken from one queue before the other sockets have their turn.
DRAIN_MAX = 4096


def socket_address(host: str, port: int, flow_label: int = 0) -> "SocketAddress":
    """An address as sockets take it; ``host`` may have a zone. The short form would leave a zone or label out.

    Raises:
        OSError: there is no such interface any more (ENODEV).
    """
    address, _, zone = host.partition("%")
    if zone or (flow_label and ":" in address):
        return address, port, flow_label, interface_index(zone)
    return address, port


def interface_index(name: str) -> int:
    """The number by which the kernel knows an interface; 0, which is no interface's, where ``name`` is empty.

    Raises:
        OSError: there is no such interface (ENODEV).
    """
    if not name:
        return 0
    try:
        return if_nametoindex(name)
    except (OSError, ValueError):
        raise OSError(errno.ENODEV, "no such interface") from None


def raise_if_exhausted(error: OSError) -> None:
    """Raise an error again that says nothing of the socket that was asked for: this process may open no more files.

    Raises:
        OSError: that error.
    """
    if error.errno in {errno.EMFILE, errno.ENFILE}:
        raise error


def bind_to_device(sock: Socket, index: int) -> None:
    """Have packets leave and come by one interface alone (SO_BINDTODEVICE in socket(7), by its number); 0: by any.

    Raises:
        OSError: it has gone (ENODEV), or the kernel is older than 5.7 and lets only root choose (EPERM).
    """
    if index:
        sock.setsockopt(c.SOL_SOCKET, c.SO_BINDTOIFINDEX, index)


def await_arrival_stamps(version: int) -> None:
    """Wait until the kernel stamps what arrives: when nobody asked for it before, that begins a moment later.

    Seen on a datagram to ourselves, of a version that this system has. Where there is no loopback, or after 50 ms, we
    go on: what is not stamped is timed by our own clock.
    """
    try:
        sock = Socket(FAMILY[version], SOCK_DGRAM | SOCK_CLOEXEC)
    except OSError:
        return
    try:
        sock.setsockopt(c.SOL_SOCKET, c.SO_TIMESTAMPING, c.RX_SOFTWARE | c.SOFTWARE)
        sock.bind((_LOOPBACK[version], 0))
        sock.settimeout(0.05)
        for _ in range(50):
            sock.sendto(b"", sock.getsockname())
            _, messages, _, _ = sock.recvmsg(0, ancillary.SPACE_BYTES)
            if ancillary.read(messages)[1]:
                return
            sleep(0.001)
    except OSError:
        return
    finally:
        sock.close()


def stamps_show_packets() -> bool:
    """Whether the kernel hands packets out with their send stamps to whoever asks for that.

    If not, it gives no stamps either to a socket that does not ask for them alone (``net.core.tstamp_allow_data``).
    """
    try:
        fd = os.open("/proc/sys/net/core/tstamp_allow_data", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False  # the stamps are worth more
    try:
        return os.read(fd, 8).strip() == b"1"
    finally:
        os.close(fd)


def raise_buffers(sock: Socket) -> None:
    """Make room for bursts: errors and send stamps lie in the receive buffer until they are read."""
    try:
        sock.setsockopt(c.SOL_SOCKET, c.SO_RCVBUFFORCE, BUFFER_BYTES)
    except OSError:
        sock.setsockopt(c.SOL_SOCKET, c.SO_RCVBUF, BUFFER_BYTES)
    sock.setsockopt(c.SOL_SOCKET, c.SO_SNDBUF, BUFFER_BYTES)


def report_errors(sock: Socket, version: int) -> None:
    """Have ICMP errors, with the extensions in them, put on the socket's error queue."""
    if version == 4:
        sock.setsockopt(c.SOL_IP, c.IP_RECVERR, 1)
        options = (c.SOL_IP, c.IP_RECVERR_RFC4884)
    else:
        sock.setsockopt(c.SOL_IPV6, c.IPV6_RECVERR, 1)
        options = (c.SOL_IPV6, c.IPV6_RECVERR_RFC4884)
    try:
        sock.setsockopt(*options, 1)
    except OSError:
        return  # kernels before 5.9 hand over the same bytes, without saying where the extension begins
