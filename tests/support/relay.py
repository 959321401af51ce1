"""TUN devices, and a link between two of them that this process carries: it delays packets as a function says.

Where the kernel has no netem, it makes no delay by itself; what stands at either end of such a link is its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import heapq
import os
import select
import struct
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 1, 0x1000

# How long a packet is delayed, in seconds, asked for as its bytes enter the link; None: the packet is lost.
Delay = Callable[[bytes], float | None]


def open_tun(name: str) -> int:
    """Make a TUN device in this thread's network namespace, and say the descriptor that its packets come from."""
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH14x", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


@contextlib.contextmanager
def relayed(one: int, other: int, delay: Delay) -> Iterator[None]:
    """Carry packets between two TUN devices, and close them in the end; what is due earlier overtakes."""
    end, ending = os.pipe()
    carrier = threading.Thread(target=_carry, args=(one, other, end, delay))
    carrier.start()
    try:
        yield
    finally:
        os.close(ending)
        carrier.join()
        for fd in (end, one, other):
            os.close(fd)


def _carry(one: int, other: int, end: int, delay: Delay) -> None:
    """Move packets until the pipe is closed."""
    across = {one: other, other: one}
    due: list[tuple[float, int, int, bytes]] = []
    order = 0
    while True:
        wait_s = max(due[0][0] - time.monotonic(), 0) if due else None
        ready, _, _ = select.select([one, other, end], [], [], wait_s)
        if end in ready:
            return
        for fd in ready:
            with contextlib.suppress(OSError):  # its queue is empty, or it is down
                while True:
                    data = os.read(fd, 65536)
                    delay_s = delay(data)
                    if delay_s is not None:
                        order += 1
                        heapq.heappush(due, (time.monotonic() + delay_s, order, across[fd], data))
        while due and due[0][0] <= time.monotonic():
            _, _, fd, data = heapq.heappop(due)
            with contextlib.suppress(OSError):
                os.write(fd, data)
