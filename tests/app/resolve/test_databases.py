from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import ConfigurationError, UnsupportedError
from hopscope.app.resolve.databases import Databases, parse_record
from hopscope.app.resolve.origin import Origin
from support.folders import open_to_all
from support.mmdb import write_mmdb
from support.need import need, need_root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def maxminddb() -> None:
    need(importlib.util.find_spec("maxminddb"), "needs the package maxminddb: pip install -e '.[test]'")


AS = {"autonomous_system_number": 64500, "autonomous_system_organization": "Example \x1b[31mTelecom"}
CITY = {
    "city": {"names": {"de": "Genf", "en": "Geneva"}},
    "country": {"iso_code": "CH", "names": {"en": "Switzerland"}},
    "location": {"latitude": 46.2, "longitude": 6.1},
    "subdivisions": [{"iso_code": "GE"}],
}


def test_as_and_city_files_complete_each_other(tmp_path: Path) -> None:
    """AS, prefix and name come from one file, country and city from the other; names are made safe to show."""
    write_mmdb(tmp_path / "as.mmdb", {"5.6.0.0/16": AS, "2a00:db8::/32": AS})
    write_mmdb(tmp_path / "city.mmdb", {"5.6.7.0/24": CITY})
    databases = Databases([str(tmp_path / "as.mmdb"), str(tmp_path / "city.mmdb")])
    databases.open()
    name = "Example ?[31mTelecom"
    for _ in range(2):
        assert databases.origin("5.6.7.8") == Origin((64500,), "5.6.0.0/16", "CH", as_name=name, city="Geneva")
        assert databases.origin("2a00:db8::1") == Origin((64500,), "2a00:db8::/32", as_name=name)
        assert databases.origin("9.9.9.9") is None
        assert databases.origin("no-address") is None
    databases.close()
    assert databases.origin("5.6.9.9") is None


def test_a_file_of_one_family(tmp_path: Path) -> None:
    """A file that knows IPv4 alone says nothing of IPv6."""
    write_mmdb(tmp_path / "four.mmdb", {"5.6.0.0/16": AS}, version=4)
    databases = Databases([str(tmp_path / "four.mmdb")])
    databases.open()
    assert databases.origin("2a00:db8::1") is None
    found = databases.origin("5.6.7.8")
    assert found is not None
    assert found.prefix == "5.6.0.0/16"
    databases.close()


@pytest.mark.parametrize(
    ("record", "origin"),
    [
        (
            {"asn": "AS64501", "as_name": "Example", "country": "Germany", "country_code": "DE"},
            Origin((64501,), "5.6.7.0/24", "DE", as_name="Example"),
        ),
        ({"city": "Bonn", "country": "DE"}, Origin(country="DE", city="Bonn")),
        ({"asn": "ASx", "city": {"names": {}}, "country": 5}, Origin()),
        ({"asn": "AS" + "9" * 30, "autonomous_system_organization": ["x"]}, Origin()),
        ({"autonomous_system_number": -1}, Origin()),
        ({"autonomous_system_number": 64500, "as_name": "x" * 500}, Origin((64500,), "5.6.7.0/24", as_name="x" * 100)),
    ],
)
def test_layouts_of_records(record: dict[str, object], origin: Origin) -> None:
    """IPinfo's layouts are read like MaxMind's, and what is not what it should be is passed over."""
    assert parse_record(record, "5.6.7.0/24") == origin


def test_files_that_are_no_databases(tmp_path: Path) -> None:
    """A missing file and one of another kind are each one clear sentence."""
    with pytest.raises(ConfigurationError, match=r"none\.mmdb: No such file or directory"):
        Databases([str(tmp_path / "none.mmdb")]).open()
    (tmp_path / "text").write_text("no database")
    with pytest.raises(ConfigurationError, match=r"text: not a MaxMind database \(\.mmdb\)"):
        Databases([str(tmp_path / "text")]).open()
    with pytest.raises(ConfigurationError, match="cannot read"):
        Databases([str(tmp_path)]).open()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe that nobody writes to would hold the start up for ever."""
    os.mkfifo(tmp_path / "pipe.mmdb")
    with pytest.raises(ConfigurationError, match="not a regular file"):
        Databases([str(tmp_path / "pipe.mmdb")]).open()


def test_a_damaged_file_harms_nobody(tmp_path: Path) -> None:
    """Records that cannot be decoded are no records."""
    path = tmp_path / "as.mmdb"
    write_mmdb(path, {"5.6.0.0/16": AS})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"autonomous_system_number")
    raw[at - 2 : at + 40] = b"\xff" * 42
    path.write_bytes(raw)
    databases = Databases([str(path)])
    databases.open()
    assert databases.origin("5.6.7.8") is None
    databases.close()


def test_without_the_package_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the optional package is missing, the message says how to install it."""
    monkeypatch.setitem(sys.modules, "maxminddb", None)
    with pytest.raises(UnsupportedError, match=r"pip install 'hopscope\[geo\]'"):
        Databases(["x.mmdb"]).open()


def test_a_file_that_the_caller_of_sudo_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a database says shows in tables, so it is one that the caller could read himself."""
    need_root()
    open_to_all(tmp_path)
    path = tmp_path / "as.mmdb"
    write_mmdb(path, {"5.6.0.0/16": AS})
    path.chmod(0o600)
    monkeypatch.setenv("SUDO_UID", "65534")
    monkeypatch.setenv("SUDO_GID", "65534")
    with pytest.raises(ConfigurationError, match=r"cannot read .*as\.mmdb: the user who called sudo may not read it"):
        Databases([str(path)]).open()
    path.chmod(0o644)
    databases = Databases([str(path)])
    databases.open()
    assert databases.origin("5.6.7.8") is not None
    databases.close()
