"""Offline databases in MaxMind's format (MaxMind DB File Format 2.0): AS, country and city without any query.

Read by maxminddb, an optional dependency. MaxMind's and IPinfo's layouts of a record are understood; what one file
does not tell, another may.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from ..errors import ConfigurationError, UnsupportedError
from ..process.raised import NOT_THE_CALLERS, caller, open_for_caller
from ..process.small_file import open_regular
from ..sanitize import sanitize
from .origin import AS_MAX, Origin

if TYPE_CHECKING:
    import maxminddb

RESULTS_MAX = 4096
TEXT_MAX = 100


class Databases:
    """Database files, to be opened before anything is asked of them."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._broken: type[Exception] = ValueError
        self._last_results: dict[str, Origin | None] = {}
        self._readers: list[maxminddb.Reader] = []

    def open(self) -> None:
        """Open the files.

        Raises:
            UnsupportedError: maxminddb is not installed.
            ConfigurationError: a file cannot be read, or is no database.
        """
        try:
            import maxminddb
        except ImportError:
            raise UnsupportedError("--mmdb needs the package maxminddb", remedy="pip install 'hopscope[geo]'") from None
        self._broken = maxminddb.InvalidDatabaseError
        for path in self._paths:
            shown = sanitize(path, 1000)
            try:
                self._readers.append(_opened(path, maxminddb.open_database))
            except PermissionError as error:
                what = NOT_THE_CALLERS if caller(os.environ) is not None else error.strerror
                raise ConfigurationError(f"cannot read {shown}: {what}") from None
            except OSError as error:
                raise ConfigurationError(f"cannot read {shown}: {error.strerror or error}") from None
            except (maxminddb.InvalidDatabaseError, ValueError):
                raise ConfigurationError(f"cannot read {shown}: not a MaxMind database (.mmdb)") from None

    def origin(self, address: str) -> Origin | None:
        """What the files tell of an address, the first file's word first; None: nothing."""
        if address not in self._last_results:
            if len(self._last_results) >= RESULTS_MAX:
                self._last_results.clear()
            origin = _merge([self._read(reader, address) for reader in self._readers])
            self._last_results[address] = origin if origin != Origin() else None
        return self._last_results[address]

    def close(self) -> None:
        """Close the files."""
        for reader in self._readers:
            reader.close()

    def _read(self, reader: maxminddb.Reader, address: str) -> Origin:
        try:
            record, length = reader.get_with_prefix_len(address)
        except (ValueError, self._broken):  # no address, IPv6 in a file that knows IPv4 alone, or a broken file
            return Origin()
        return parse_record(record, prefix(address, length)) if isinstance(record, Mapping) else Origin()


def _opened(path: str, open_database: Callable[[str], maxminddb.Reader]) -> maxminddb.Reader:
    """A file's reader. It is opened once, with the caller's rights where they were raised, and no pipe is waited for.

    What is mapped is what was opened, whatever has its name by then, where /proc can be asked for it.
    """
    descriptor = open_for_caller(path, os.environ, open_regular)
    try:
        again = f"/proc/self/fd/{descriptor}"
        return open_database(again if os.path.exists(again) else path)  # noqa: PTH110
    finally:
        os.close(descriptor)


def parse_record(record: Mapping[str, object], prefix: str = "") -> Origin:
    """A record in MaxMind's or IPinfo's layout; a prefix says something about an AS alone."""
    numbers = tuple(_numbers(record))
    return Origin(
        numbers=numbers,
        prefix=prefix if numbers else "",
        country=_text(record, "country_code") or _text(record, "country", "iso_code") or _text(record, "country"),
        as_name=_text(record, "autonomous_system_organization") or _text(record, "as_name") or _text(record, "name"),
        city=_text(record, "city", "names", "en") or _text(record, "city"),
    )


def prefix(address: str, length: int) -> str:
    """The network of an address, by the length of its prefix."""
    import ipaddress

    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))


def _numbers(record: Mapping[str, object]) -> Iterator[int]:
    value = record.get("autonomous_system_number", record.get("asn"))
    if isinstance(value, str) and value[:2].upper() == "AS" and value[2:].isascii() and value[2:].isdigit():
        value = int(value[2:12])
    if isinstance(value, int) and 0 < value <= AS_MAX:
        yield value


def _text(record: Mapping[str, object], *path: str) -> str:
    value: object = record
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return sanitize(value, TEXT_MAX).strip() if isinstance(value, str) else ""


def _merge(origins: Sequence[Origin]) -> Origin:
    """Each field from the first origin that has it."""
    names = [one.name for one in fields(Origin)]
    known = {name: value for origin in reversed(origins) for name in names if (value := getattr(origin, name))}
    return Origin(**known)
