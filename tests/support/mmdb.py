"""Writes small databases in MaxMind's format (MaxMind DB File Format 2.0), for tests of reading them."""

from __future__ import annotations

import ipaddress
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MARKER = b"\xab\xcd\xefMaxMind.com"
_UINT16, _UINT32, _UINT64, _ARRAY = 5, 6, 9, 11


def write_mmdb(path: Path, records: Mapping[str, Mapping[str, object]], version: int = 6) -> None:
    """Write a database of networks and their records; IPv4 networks stand below ::/96 in one of version 6."""
    data = b""
    tree: list[list[int | None]] = [[None, None]]
    offsets: list[int] = []
    for network, record in records.items():
        _insert(tree, _bits(ipaddress.ip_network(network), version), -1 - len(offsets))
        offsets.append(len(data))
        data += _encode(dict(record))
    nodes = b""
    for node in tree:
        for child in node:
            if child is None:
                value = len(tree)
            elif child < 0:
                value = len(tree) + 16 + offsets[-1 - child]
            else:
                value = child
            nodes += value.to_bytes(4, "big")
    metadata: dict[str, object] = {
        "binary_format_major_version": (_UINT16, 2),
        "binary_format_minor_version": (_UINT16, 0),
        "build_epoch": (_UINT64, 1_700_000_000),
        "database_type": "Test",
        "description": {"en": "Test"},
        "ip_version": (_UINT16, version),
        "languages": ["en"],
        "node_count": (_UINT32, len(tree)),
        "record_size": (_UINT16, 32),
    }
    path.write_bytes(nodes + bytes(16) + data + _MARKER + _encode(metadata))


def _bits(network: ipaddress.IPv4Network | ipaddress.IPv6Network, version: int) -> list[int]:
    width = network.max_prefixlen
    number = int(network.network_address)
    bits = [number >> (width - 1 - index) & 1 for index in range(network.prefixlen)]
    return [0] * 96 + bits if network.version == 4 and version == 6 else bits


def _insert(tree: list[list[int | None]], bits: list[int], leaf: int) -> None:
    node = 0
    for bit in bits[:-1]:
        child = tree[node][bit]
        if child is None or child < 0:
            tree.append([child, child])
            child = tree[node][bit] = len(tree) - 1
        node = child
    tree[node][bits[-1]] = leaf


def _encode(value: object) -> bytes:
    """A value of the data section: control byte, size, content."""
    if isinstance(value, str):
        raw = value.encode("utf-8", errors="surrogatepass")
        return _control(2, len(raw)) + raw
    if isinstance(value, float):
        return _control(3, 8) + struct.pack("!d", value)
    if isinstance(value, dict):
        return _control(7, len(value)) + b"".join(_encode(key) + _encode(item) for key, item in value.items())
    if isinstance(value, list):
        return _control(_ARRAY, len(value)) + b"".join(_encode(item) for item in value)
    kind, number = value if isinstance(value, tuple) else (_UINT32, value)
    assert isinstance(number, int)
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return _control(kind, len(raw)) + raw


def _control(kind: int, size: int) -> bytes:
    if size < 29:
        head, rest = size, b""
    elif size < 285:
        head, rest = 29, bytes([size - 29])
    else:
        head, rest = 30, (size - 285).to_bytes(2, "big")
    extended = bytes([kind - 7]) if kind > 7 else b""
    return bytes([(kind if kind <= 7 else 0) << 5 | head]) + extended + rest
