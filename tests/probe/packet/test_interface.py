"""Interface Information Objects, byte by byte as RFC 5837 draws them."""

from __future__ import annotations

import pytest
from hopscope.probe.interface import INCOMING, NEXT_HOP, OUTGOING, SUB_IP, Interface
from hopscope.probe.packet import extension, interface
from hopscope.probe.packet.checksum import internet_checksum
from hopscope.probe.packet.cursor import PacketError
from hopscope.probe.wire import TTL_EXPIRED, Answer, Label
from hypothesis import given
from hypothesis import strategies as st

# The C-Type (section 4.1), the payload, and what it says. The layouts are those of sections 4.2, 4.3 and 4.5.
OBJECTS = {
    "ifIndex and name": (
        0b0000_1010,
        b"\0\0\0\7" + b"\x08eth7/1\0",
        Interface(INCOMING, "eth7/1", index=7),
    ),
    "ifIndex, IPv4 address and name": (
        0b0000_1110,
        b"\0\0\2\x0e" + b"\0\1\0\0\xc6\x33\x64\x09" + b"\x08ae3.100",
        Interface(INCOMING, "ae3.100", index=526, address="198.51.100.9"),
    ),
    "IPv6 address and MTU of the outgoing interface": (
        0b1000_0101,
        b"\0\2\0\0" + bytes.fromhex("20010db8000100000000000000000009") + b"\0\0\x23\x8c",
        Interface(OUTGOING, address="2001:db8:1::9", mtu=9100),
    ),
    "a link of a bundle": (0b0100_0010, b"\x0cet-0/0/7\0\0\0", Interface(SUB_IP, "et-0/0/7")),
    "the next hop": (0b1100_0100, b"\0\1\0\0\xcb\0\x71\1", Interface(NEXT_HOP, address="203.0.113.1")),
    "a name of 63 bytes": (0b0000_0010, b"\x40" + b"n" * 63, Interface(INCOMING, "n" * 63)),
    "nothing but the role": (0b0000_0000, b"", Interface(INCOMING)),
}


def structure(*objects: tuple[int, int, bytes]) -> bytes:
    """An extension structure (RFC 4884 section 7) of class number, C-Type and payload."""
    data = b"\x20\0\0\0" + b"".join(
        (4 + len(payload)).to_bytes(2, "big") + bytes((number, c_type)) + payload for number, c_type, payload in objects
    )
    return data[:2] + internet_checksum(data).to_bytes(2, "big") + data[4:]


def read(data: bytes) -> Answer:
    """What a structure says."""
    assert extension.is_structure(data, checksum_needed=True)
    answer = Answer(TTL_EXPIRED)
    extension.tell(answer, data)
    return answer


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_is_read_and_built(name: str) -> None:
    """Each part stands where the RFC puts it, and what is built is what is read."""
    c_type, payload, expected = OBJECTS[name]
    assert interface.parse(c_type, payload) == expected
    assert (interface.c_type_of(expected), interface.build(expected)) == (c_type, payload)


def test_reserved_bits_are_not_heeded() -> None:
    """Bits 2 and 3 of the C-Type are reserved: they must be ignored on receipt."""
    assert interface.parse(0b0011_1000, b"\0\0\0\7") == Interface(INCOMING, index=7)


@pytest.mark.parametrize(
    ("c_type", "payload"),
    [
        (0x08, b"\0\0\0"),
        (0x01, b""),
        (0x04, b"\0\1\0\0\xc6\x33\x64"),  # an address cut short
        (0x04, b"\0\2\0\0\xc6\x33\x64\x09"),
        (0x04, b"\0\7\0\0\xc6\x33\x64\x09"),  # a family that is neither
        (0x02, b""),
        (0x02, b"\0\0\0\0"),  # a length below the length byte's own word
        (0x02, b"\x05ae3."),  # no multiple of four
        (0x02, b"\x44" + b"n" * 67),  # above 64
        (0x02, b"\x08ae3"),  # more than there is
    ],
)
def test_an_object_that_is_wrong_is_left_out(c_type: int, payload: bytes) -> None:
    """What contradicts itself says nothing, and takes nothing from the objects around it."""
    with pytest.raises(PacketError):
        interface.parse(c_type, payload)
    good = OBJECTS["a link of a bundle"]
    label = (1, 1, b"\x05\xdc\x11\x01")
    answer = read(structure((2, c_type, payload), label, (2, *good[:2])))
    assert answer.interfaces == (good[2],)
    assert answer.labels == (Label(24001, 0, 1, 1),)


def test_labels_and_interfaces_of_one_structure() -> None:
    """Objects of both classes and of others may stand in any order; four interfaces are taken at most."""
    told = [OBJECTS[name] for name in OBJECTS][:5]
    objects = [(2, c_type, payload) for c_type, payload, _ in told]
    answer = read(structure((9, 1, b"else"), *objects[:2], (1, 1, b"\x05\xdc\x11\x01"), *objects[2:]))
    assert answer.interfaces == tuple(expected for *_, expected in told[:4])
    assert [label.label for label in answer.labels] == [24001]


def test_a_built_structure_is_read_back() -> None:
    """What a simulated router builds is what a probe process reads."""
    told = tuple(expected for *_, expected in OBJECTS.values())[:4]
    labels = (Label(24001, 5, 0, 1), Label(7, 0, 1, 9))
    for wanted in ((), labels):
        answer = read(extension.build(wanted, told))
        assert (answer.labels, answer.interfaces) == (wanted, told)


@given(st.integers(0, 255), st.binary(max_size=100))
def test_no_bytes_break_the_reader(c_type: int, payload: bytes) -> None:
    """Any payload is read or left out."""
    for one in read(structure((2, c_type, payload))).interfaces:
        assert len(one.name) <= 63
        assert one.index is None or one.index < 1 << 32
