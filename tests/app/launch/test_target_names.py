"""Targets as typed and listed."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hopscope.app.errors import UsageError
from hopscope.app.launch.target_names import TypedTarget, parse_target, typed_targets
from hopscope.app.options.model import Options
from hopscope.app.settings import TraceSettings
from support.folders import open_to_all

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("example.com", "example.com", None),
        ("example.com:443", "example.com", 443),
        ("192.0.2.1:53", "192.0.2.1", 53),
        ("2001:db8::1", "2001:db8::1", None),
        ("fe80::1%eth0", "fe80::1%eth0", None),
        ("[2001:db8::1]", "2001:db8::1", None),
        ("[2001:db8::1]:443", "2001:db8::1", 443),
        ("[fe80::1%eth0]:22", "fe80::1%eth0", 22),
        ("[2001:db8::1]x", "[2001:db8::1]x", None),
    ],
)
def test_ports_of_targets(text: str, host: str, port: int | None) -> None:
    """A port stands behind a colon; a bare IPv6 address is never split."""
    assert parse_target(text, with_ports=True) == TypedTarget(host, port)


@pytest.mark.parametrize(
    ("text", "with_ports", "message"),
    [
        ("h:0", True, "target h:0: invalid port '0', expected a port from 1 to 65535"),
        ("h:http", True, "target h:http: invalid port 'http', expected a port from 1 to 65535"),
        ("[::1]:99999", True, "target [::1]:99999: invalid port '99999', expected a port from 1 to 65535"),
        ("[::1]:80", False, "target [::1]:80: ICMP has no ports; use -u, -T or -S"),
    ],
)
def test_wrong_ports(text: str, with_ports: bool, message: str) -> None:
    """A wrong port is said in one line."""
    with pytest.raises(UsageError) as caught:
        parse_target(text, with_ports=with_ports)
    assert str(caught.value) == message


def options(*targets: str, files: tuple[str, ...] = ()) -> Options:
    return Options(targets=targets, filenames=files, settings=TraceSettings(protocol="udp"))


def test_files_come_first(tmp_path: Path) -> None:
    """Names in files stand before those on the command line; blank lines and comments are skipped."""
    first, second = tmp_path / "one", tmp_path / "two"
    first.write_text("# all\n\n  a.example  \nb.example:53 # the server\n\n")
    second.write_text("c.example")
    found = typed_targets(options("d.example", files=(str(first), str(second))), {})
    assert found == [
        TypedTarget("a.example"),
        TypedTarget("b.example", 53),
        TypedTarget("c.example"),
        TypedTarget("d.example"),
    ]


def test_files_without_a_target(tmp_path: Path) -> None:
    """A report about this host, with status 0, would be taken for theirs; a target beside them is traced."""
    empty = tmp_path / "empty"
    empty.write_text("# all are retired\n\n")
    for demo in (None, "steady"):
        with pytest.raises(UsageError, match=f"option -F/--filename: no target in {empty}, /dev/null$"):
            typed_targets(replace(options(files=(str(empty), "/dev/null")), demo=demo), {})
    assert typed_targets(options("d.example", files=(str(empty),)), {}) == [TypedTarget("d.example")]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minus sign reads the names from standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO("a.example\n"))
    assert typed_targets(options(files=("-",)), {}) == [TypedTarget("a.example")]
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match="cannot read -: standard input is closed"):
        typed_targets(options(files=("-",)), {})


def test_no_target_is_this_host() -> None:
    """Without any name this host is traced, as mtr does."""
    assert typed_targets(options(), {}) == [TypedTarget("localhost")]


def test_a_file_that_the_caller_of_sudo_may_not_read(tmp_path: Path) -> None:
    """Under sudo no line of a file is shown that the caller could not read himself."""
    open_to_all(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("root:x:\n")
    secret.chmod(0o600)
    caller = {"SUDO_UID": str(os.getuid() + 1000), "SUDO_GID": "65534"}
    with pytest.raises(UsageError, match=r"cannot read .*: the user who called sudo may not read it"):
        typed_targets(options(files=(str(secret),)), caller)
    secret.chmod(0o644)
    assert typed_targets(options(files=(str(secret),)), caller)


@pytest.mark.parametrize(
    ("content", "message"), [(None, "No such file or directory"), (b"\xff\xfe\x00", "not a text file")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, message: str) -> None:
    """A file that is not there, or no text, is said in one line."""
    path = tmp_path / "list"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        typed_targets(options(files=(str(path),)), {})
    assert str(caught.value) == f"option -F/--filename: cannot read {path}: {message}"


def test_a_file_without_lines_has_an_end(tmp_path: Path) -> None:
    """A device that never ends, and a file of one endless line, are said instead of read."""
    (tmp_path / "long").write_text("x" * 100_000)
    for path in ("/dev/zero", str(tmp_path / "long")):
        with pytest.raises(UsageError, match="line 1 is longer than 1024 characters"):
            typed_targets(options(files=(path,)), {})


def test_a_port_of_thousands_of_digits_is_invalid() -> None:
    """Python converts no text of so many digits: it is refused before."""
    with pytest.raises(UsageError, match="invalid port"):
        parse_target("host:" + "1" * 5000, with_ports=True)
