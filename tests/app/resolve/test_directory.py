from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import TYPE_CHECKING

from hopscope.app.resolve.directory import Directory
from hopscope.app.resolve.origin import Origin
from hopscope.app.settings import LookupSettings
from support.dns_server import DnsServer, running
from support.mmdb import write_mmdb
from support.need import need

if TYPE_CHECKING:
    from pathlib import Path

LONG_S = 30


def test_names_and_origins_together(tmp_path: Path) -> None:
    """One wait covers all that was asked for: names, origins and the AS's names."""
    with running(DnsServer()) as server:
        server.ptr("5.6.7.8", "gw.example.")
        server.txt("8.7.6.5.origin.asn.cymru.com.", "64500 | 5.6.0.0/16 | US | arin | 2008-01-01")
        server.txt("AS64500.asn.cymru.com.", "64500 | US | arin | 2008-01-01 | EXAMPLE")
        settings = LookupSettings(origins=True, servers=((server.address, server.port),))
        directory = Directory(settings, hosts=tmp_path / "none", head_start_s=0)
        before = directory.version
        assert (directory.name("5.6.7.8"), directory.fact("5.6.7.8", 5)) == (None, None)
        directory.wait(LONG_S)
        assert directory.version > before
        assert directory.name("5.6.7.8") == "gw.example"
        facts = [directory.fact("5.6.7.8", kind) for kind in range(7)]
        assert facts == ["64500", "5.6.0.0/16", "US", "arin", "2008-01-01", "EXAMPLE", None]
        origin = directory.origin("5.6.7.8")
        assert origin is not None
        assert origin.as_name == "EXAMPLE"
        assert len(server.queries) == 3
        directory.close()


def test_without_names_and_origins_no_packet_leaves(tmp_path: Path) -> None:
    """Neither a query nor a thread comes of reading what is off."""
    with running(DnsServer()) as server:
        settings = LookupSettings(names=False, servers=((server.address, server.port),))
        directory = Directory(settings, hosts=tmp_path / "none", head_start_s=0)
        assert (directory.name("5.6.7.8"), directory.origin("5.6.7.8")) == (None, None)
        directory.wait(LONG_S)
        directory.close()
        assert server.queries == []


def test_a_database_answers_instead_of_the_dns(tmp_path: Path) -> None:
    """With a database, origins are there at once, and no query for them leaves."""
    need(importlib.util.find_spec("maxminddb"), "needs the package maxminddb: pip install -e '.[test]'")
    path = tmp_path / "as.mmdb"
    write_mmdb(path, {"5.6.0.0/16": {"asn": "AS64500", "as_name": "Example", "country_code": "US"}})
    with running(DnsServer()) as server:
        settings = LookupSettings(names=False, servers=((server.address, server.port),), databases=(str(path),))
        directory = Directory(settings, head_start_s=0)
        directory.open()
        assert directory.fact("5.6.7.8", 0) == "64500"
        assert directory.fact("5.6.7.8", 2) == "US"
        assert directory.fact("9.9.9.9", 0) is None
        directory.wait(LONG_S)
        directory.close()
        assert server.queries == []


def test_a_simulated_network_is_its_own_directory() -> None:
    """With fixed names nothing is asked of the world, whatever the settings say, nor of this machine's hosts file."""
    settings = LookupSettings()
    directory = Directory(settings, fixed_names={"5.6.7.8": "lab"}, fixed_origins={"5.6.7.8": Origin((64500,))})
    assert directory.name("5.6.7.8") == "lab"
    assert directory.fact("5.6.7.8", 0) == "64500"
    assert directory.name("127.0.0.1") is None
    assert directory.fact("9.9.9.9", 0) is None
    directory.wait(LONG_S)
    directory.close()


def test_what_is_not_wanted_is_not_loaded() -> None:
    """Building a directory loads neither dnspython nor asyncio nor maxminddb."""
    code = """
import sys
from hopscope.app.resolve.directory import Directory
from hopscope.app.settings import LookupSettings
directory = Directory(LookupSettings())
directory.close()
assert not {"dns", "asyncio", "maxminddb", "textual"} & set(sys.modules), sorted(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)
