"""JSON whose strings hold nothing that misleads a terminal, also once a reader has taken them out of it.

JSON writes control characters as escapes, which programs that print a value (``jq -r``) turn into what they stand
for. So after encoding such escapes are replaced as the sanitizer would have done, and what JSON leaves as it is
(directions, invisible characters) by the sanitizer itself.
"""

from __future__ import annotations

import json
import re

from .sanitize import REPLACEMENT, composed, document_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .sanitize import Document, Text

_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")  # RFC 8259 section 7
_HARMLESS = ('\\"', "\\\\")


def json_document(value: object, indent: int) -> Document:
    """A value as a document of several lines."""
    return document_of(_harmless(json.dumps(value, indent=indent, ensure_ascii=False)))


def json_line(value: object) -> Text:
    """A value as one line."""
    return composed(_harmless(json.dumps(value, ensure_ascii=False, separators=(",", ":"))))


def _harmless(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: found[0] if found[0] in _HARMLESS else REPLACEMENT, text)
