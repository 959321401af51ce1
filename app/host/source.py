"""The address of this host that packets to a target leave from."""

from __future__ import annotations

import socket

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_TOS = {4: (socket.IPPROTO_IP, socket.IP_TOS), 6: (socket.IPPROTO_IPV6, socket.IPV6_TCLASS)}


def source_address(address: str, device: str = "", *, local: str = "", mark: int = 0, tos: int = 0) -> str:
    """The local address that packets to an address leave from, as the kernel's routes have it.

    ``device`` is the interface that they leave by, whatever the routes say; ``local`` the address that they are given,
    if one is; rules of routing may ask for ``mark`` and ``tos``. Empty: there is no route, ``local`` does not belong to
    this host, or this process may set no mark.

    A datagram socket that is connected sends nothing (udp(7)).
    """
    version = 6 if ":" in address else 4
    try:
        with socket.socket(_FAMILIES[version], socket.SOCK_DGRAM) as sock:
            if device:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
            if mark:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
            if tos:
                sock.setsockopt(*_TOS[version], tos)
            if local:
                sock.bind((local, 0))
            host, _, zone = address.partition("%")
            sock.connect((host, 9) if version == 4 else (host, 9, 0, socket.if_nametoindex(zone) if zone else 0))
            return str(sock.getsockname()[0]).partition("%")[0]
    except OSError:
        return ""
