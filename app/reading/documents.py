"""JSON of any program that is read here, one document or several: each is known by its own keys."""

from __future__ import annotations

import json
from typing import Any

from .full import of_full
from .globalping import of_globalping
from .ntrace import Lines, of_ntrace
from .structured import of_mtr
from .trippy import of_trippy
from .ttl import of_ttl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .counts import CountedReport

BETWEEN = " \t\r\n,"


def read_documents(text: str) -> list[CountedReport]:
    """The traces in a text of JSON documents, in their order; what is none of a known program is left out.

    Raises:
        ValueError: it is not JSON; the message says where.
    """
    found: list[CountedReport] = []
    lines = Lines()
    try:
        for document in _documents(text):
            if not lines.take(document):
                for one in document if isinstance(document, list) else [document]:
                    found += _traces(one)
    except RecursionError:
        raise ValueError("too deeply nested") from None
    return [*found, *lines.reports()]


def _documents(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    at = _next(text, 0)
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        yield document
        at = _next(text, at)


def _next(text: str, at: int) -> int:
    """Where the next document begins."""
    while at < len(text) and text[at] in BETWEEN:
        at += 1
    return at


def _traces(document: Any) -> list[CountedReport]:
    if not isinstance(document, dict):
        return []
    several = of_globalping(document)
    if several:
        return several
    one = of_mtr(document) or of_trippy(document) or of_ttl(document) or of_ntrace(document) or of_full(document)
    return [one] if one is not None else []
