from __future__ import annotations

from typing import TYPE_CHECKING

from hopscope.app.resolve.hosts import normal_address, parse_hosts, read_hosts

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
# a comment
127.0.0.1\tlocalhost
127.0.0.1  second.example   # the first line counts
192.0.2.1  gw.example gw alias
2001:DB8:0:0::1 six.example
fe80::1%eth0 link.example
bad.address name
192.0.2.9
192.0.2.10 # nothing
0.0.0.0 ads.example
192.0.2.11 evil\x1b[31m
"""


def test_first_names_of_addresses() -> None:
    """The first name of the first line counts, for IPv4 and IPv6 in any spelling; nonsense is passed over."""
    assert parse_hosts(TEXT) == {
        "127.0.0.1": "localhost",
        "192.0.2.1": "gw.example",
        "2001:db8::1": "six.example",
        "fe80::1": "link.example",
        "0.0.0.0": "ads.example",
        "192.0.2.11": "evil?[31m",
    }


def test_unreadable_files_name_nothing(tmp_path: Path) -> None:
    """A missing file or one that is no text is no error."""
    assert read_hosts(tmp_path / "none") == {}
    (tmp_path / "hosts").write_bytes(b"\xff\xfe\x00\n192.0.2.1 b\xffd\n")
    assert read_hosts(tmp_path / "hosts") == {"192.0.2.1": "b?d"}


def test_normal_addresses() -> None:
    """Spellings of one address become one; what is none is None."""
    assert normal_address("2001:DB8::0:1") == "2001:db8::1"
    assert normal_address("fe80::1%eth0") == "fe80::1"
    assert [normal_address(text) for text in ("", "x", "1.2.3", "1.2.3.4.5", ":", "é")] == [None] * 6
