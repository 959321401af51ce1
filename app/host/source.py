"""The address of this host that packets to a target leave from."""

from __future__ import annotations

import socket

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


def source_address(address: str, device: str = "") -> str:
    """The local address that packets to an address leave from, as the kernel's routes have it; empty: no route.

    ``device`` is the interface that they leave by, whatever the routes say.

    A datagram socket that is connected sends nothing (udp(7)).
    """
    version = 6 if ":" in address else 4
    try:
        with socket.socket(_FAMILIES[version], socket.SOCK_DGRAM) as sock:
            if device:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
            host, _, zone = address.partition("%")
            sock.connect((host, 9) if version == 4 else (host, 9, 0, socket.if_nametoindex(zone) if zone else 0))
            return str(sock.getsockname()[0]).partition("%")[0]
    except OSError:
        return ""
