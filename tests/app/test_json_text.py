"""JSON that is safe to print, and whose strings are when a reader prints them."""

from __future__ import annotations

import json

import pytest
from hopscope.app.json_text import json_document, json_line
from hopscope.app.sanitize import composed
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(st.characters(codec=None), max_size=60)


@given(TEXTS, TEXTS)
def test_strings_come_out_sanitized(key: str, value: str) -> None:
    """What a reader decodes is what the sanitizer makes of a string; quotes and backslashes stay what they are."""
    expected = {composed(key): composed(value)}
    line, document = json_line({key: value}), json_document({key: value}, indent=2)
    assert json.loads(line) == json.loads(document) == expected
    assert line.isprintable()
    assert document.replace("\n", "").isprintable()


@pytest.mark.parametrize("text", ['a"b', "a\\b", "\\u001b", "\\\\n", 'C:\\new"', "ü→"])
def test_what_is_harmless_stays(text: str) -> None:
    """A backslash before letters that would be an escape is no escape."""
    assert json.loads(json_line(text)) == text


def test_a_document_is_laid_out() -> None:
    """Values stand on lines of their own, and the last line has an end."""
    assert json_document({"a": [1, None]}, indent=2) == '{\n  "a": [\n    1,\n    null\n  ]\n}\n'
