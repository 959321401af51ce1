"""What ICMP messages mean, on bytes of any kind."""

from __future__ import annotations

import socket

import pytest
from hopscope.probe import icmp_meaning, wire
from hopscope.probe.interface import INTERFACES_MAX
from hopscope.probe.kernel import ancillary
from hopscope.probe.packet import extension, icmp, ip
from hopscope.probe.wire import Label
from hypothesis import given, settings
from hypothesis import strategies as st

ENDS = {
    4: (socket.inet_aton("192.0.2.1"), socket.inet_aton("198.51.100.7")),
    6: (socket.inet_pton(socket.AF_INET6, "2001:db8::1"), socket.inet_pton(socket.AF_INET6, "2001:db8:7::7")),
}
LABELS = (Label(3, 1, 0, 1), Label(17, 0, 1, 2))


def message(version: int, *, fragment_offset: int = 0) -> bytes:
    """A time-exceeded message about an echo request of ours."""
    source, destination = ENDS[version]
    echo = icmp.build(icmp.echo_request(version, 0x1234, 7, b"x" * 20), *(ENDS[version] if version == 6 else ()))
    probe = ip.Packet(source, destination, icmp_meaning.ICMP_PROTOCOL[version], echo, ttl=1, tos=4)
    if version == 4:
        probe.fragment_offset = fragment_offset
    kind = icmp.TIME_EXCEEDED if version == 4 else icmp.V6_TIME_EXCEEDED
    return icmp.build(icmp.error(version, kind, 0, ip.build(probe), extension=extension.build(LABELS)))


@pytest.mark.parametrize("version", [4, 6])
def test_an_error_is_read_in_full(version: int) -> None:
    """Word, labels and the quoted header come out of one message."""
    heard = icmp_meaning.heard(version, message(version))
    assert heard is not None
    assert heard.destination == ENDS[version][1]
    assert heard.echo[4:8] == b"\x12\x34\x00\x07"
    assert (heard.answer.word, heard.answer.labels) == (wire.TTL_EXPIRED, LABELS)
    assert (heard.answer.quoted_ttl, heard.answer.quoted_tos) == (1, 4)


def test_a_later_fragment_is_nobodys() -> None:
    """What stands behind the header of a later fragment is no ICMP header, whatever it looks like."""
    assert icmp_meaning.heard(4, message(4, fragment_offset=64)) is None


@pytest.mark.parametrize("version", [4, 6])
@settings(max_examples=300)
@given(st.data())
def test_any_bytes(version: int, data: st.DataObject) -> None:
    """Truncated, spliced and random messages are read or ignored, never an exception."""
    good = message(version)
    raw = data.draw(
        st.one_of(
            st.binary(max_size=300),
            st.integers(0, len(good)).map(lambda length: good[:length]),
            st.tuples(st.integers(0, len(good)), st.binary(max_size=8)).map(
                lambda cut: good[: cut[0]] + cut[1] + good[cut[0] :]
            ),
            st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)).map(
                lambda cut: good[: cut[0]] + bytes((cut[1],)) + good[cut[0] + 1 :]
            ),
        )
    )
    assert isinstance(icmp_meaning.icmp_message(version, raw), bytes)
    if len(raw) >= 8:
        heard = icmp_meaning.heard(version, raw)
        if heard is not None and heard.destination:
            assert len(heard.echo) >= 8
            assert len(heard.answer.labels) <= extension.LABELS_MAX


@settings(max_examples=300)
@given(st.binary(max_size=200), st.integers(0, 300), st.booleans(), st.sampled_from([60, 80, 88, 100, 108]))
def test_extensions_of_any_quotation(quoted: bytes, extension_at: int, valid: bool, unannounced_at: int) -> None:
    """What a router puts behind its quotation is read or ignored, never an exception."""
    error = ancillary.ExtendedError(bytes(16))
    error.extension_at, error.extension_valid = extension_at, valid
    for structure in (b"", extension.build(LABELS)):
        answer = wire.Answer(wire.TTL_EXPIRED)
        extension.tell(answer, ancillary.extension_structure(error, quoted + structure, unannounced_at))
        assert len(answer.labels) <= extension.LABELS_MAX
        assert len(answer.interfaces) <= INTERFACES_MAX


@pytest.mark.parametrize(
    ("version", "kind", "code", "word"),
    [
        (4, 11, 0, wire.TTL_EXPIRED), (4, 3, 3, wire.REPLY), (4, 3, 13, wire.NO_ROUTE), (4, 5, 1, None),
        (4, 4, 0, None),
        (6, 3, 0, wire.TTL_EXPIRED), (6, 1, 4, wire.REPLY), (6, 1, 1, wire.NO_ROUTE), (6, 2, 0, wire.NO_ROUTE),
        (6, 135, 0, None),
    ],
)  # fmt: skip
def test_words(version: int, kind: int, code: int, word: str | None) -> None:
    """Type and code decide; a redirect or a source quench ends no probe."""
    assert icmp_meaning.word_of(version, kind, code) == word


@pytest.mark.parametrize(
    ("number", "word", "reason"),
    [
        (101, wire.NO_ROUTE, None),
        (99, wire.ADDRESS_NOT_AVAILABLE, None),
        (1, wire.PERMISSION_DENIED, None),
        (105, wire.UNEXPECTED_ERROR, "105"),
    ],
)
def test_errors_of_sends(number: int, word: str, reason: str | None) -> None:
    """An errno that has a word gets it; any other is named by its number."""
    answer = icmp_meaning.answer_to_send_error(number)
    assert (answer.word, answer.reason) == (word, reason)
