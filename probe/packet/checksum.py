"""Checksums: the Internet checksum (RFC 1071) with its pseudo-headers, and CRC32c (RFC 9260 appendix A)."""


def ones_complement_sum(data: bytes) -> int:
    """The 16-bit one's complement sum (RFC 1071 section 1); an odd last byte is padded with zero.

    Folding carries is division by 65535, where the only sum of 0 is that of zeros.
    """
    value = int.from_bytes(data + b"\0" if len(data) % 2 else data, "big")
    return value % 65535 or (65535 if value else 0)


def internet_checksum(data: bytes) -> int:
    """The checksum of data whose checksum field is zero; over data with a right checksum it is 0."""
    return 65535 - ones_complement_sum(data)


def pseudo_header(source: bytes, destination: bytes, protocol: int, length: int) -> bytes:
    """What a transport checksum covers before the transport header.

    IPv4: RFC 768 and RFC 9293 section 3.1; IPv6: RFC 8200 section 8.1. ``length`` is that of header and payload.
    """
    if len(source) == 4:
        return source + destination + bytes((0, protocol)) + length.to_bytes(2, "big")
    return source + destination + length.to_bytes(4, "big") + bytes((0, 0, 0, protocol))


def compensation(data: bytes, wanted: int) -> int:
    """The 16-bit word that, put where ``data`` has an aligned zero word, makes its Internet checksum ``wanted``.

    ``data`` has zero in the checksum field too, and includes the pseudo-header where there is one. ``wanted`` is from
    1 to 65534: checksums 0 and 65535 stand for the same sum.
    """
    return (65535 - wanted - ones_complement_sum(data)) % 65535


def _crc32c_table() -> "list[int]":
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_table: "list[int]" = []


def crc32c(data: bytes) -> int:
    """CRC32c, as SCTP uses it; it goes into the packet in little-endian order (RFC 9260 appendix A)."""
    if not _table:
        _table.extend(_crc32c_table())
    value = 0xFFFFFFFF
    for byte in data:
        value = (value >> 8) ^ _table[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF
