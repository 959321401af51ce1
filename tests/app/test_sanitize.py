from __future__ import annotations

import unicodedata

import pytest
from hopscope.app.sanitize import (
    NAME_MAX,
    TEXT_MAX,
    composed,
    document,
    document_of,
    is_name,
    looks_like_address,
    name_of_labels,
    sanitize,
    sanitize_name,
)
from hypothesis import given
from hypothesis import strategies as st

ANY_TEXT = st.text(st.characters(codec=None), max_size=400)  # lone surrogates too


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("gw.example.net", "gw.example.net"),
        ("EXAMPLE-AS Example, Inc.", "EXAMPLE-AS Example, Inc."),
        ("Telefónica de España", "Telefónica de España"),
        ("evil[red]host[/] =1+1 <b>&", "evil[red]host[/] =1+1 <b>&"),
        ("\x1b]0;PWNED\x1b\\\x1b[31m", "?]0;PWNED?\\?[31m"),
        ("a\nb\r\tc\0\x7f", "a?b??c??"),
        ("\x9b31m\x85", "?31m?"),
        ("a\u202eb\u200bc\u2066d\ufeffe", "a?b?c?d?e"),
        ("a\u2028b\u2029c", "a?b?c"),
        ("a\xa0b\u3000c", "a b c"),
        ("a\ud800b", "a?b"),
        ("a\ue000b\u0378", "a?b?"),
        ("x\u115f\u3164\u2800\ufe0fy", "x????y"),
        ("e\u0301", "e\u0301"),
        ("z" + "\u0301" * 5, "z\u0301\u0301???"),
        ("\u0301a", "?a"),
        ("\U000e0041\U000e0100", "??"),
    ],
)
def test_texts(text: str, shown: str) -> None:
    """Whatever could mislead a terminal or a reader is replaced; markup is left to each format."""
    assert sanitize(text) == shown


@given(ANY_TEXT)
def test_nothing_dangerous_gets_through(text: str) -> None:
    """No control, format, surrogate, private or unassigned character and no separator but the space comes out."""
    shown = sanitize(text)
    assert len(shown) == len(text[:TEXT_MAX])
    shown.encode("utf-8")
    for character in shown:
        assert character == " " or unicodedata.category(character)[0] not in "CZ"
    assert sanitize(shown) == shown


@given(ANY_TEXT)
def test_names_are_visible_ascii(name: str) -> None:
    """A host name comes out as visible ASCII, whatever went in, and never longer than a name can be."""
    shown = sanitize_name(name)
    assert len(shown) <= NAME_MAX
    assert all("!" <= character <= "~" for character in shown)


@given(st.lists(st.binary(min_size=1, max_size=63), max_size=8))
def test_labels_of_any_bytes(labels: list[bytes]) -> None:
    """A name on the wire may hold any byte: it becomes visible ASCII with a dot between labels alone."""
    shown = name_of_labels((*labels, b""))
    assert all("!" <= character <= "~" for character in shown)
    if sum(map(len, labels)) + len(labels) <= NAME_MAX:
        assert shown.count(".") == max(len(labels) - 1, 0)


def test_internationalized_names_stay_as_on_the_wire() -> None:
    """Punycode is shown as it is, so that no name can pose as another; the root and no name at all are empty."""
    assert name_of_labels((b"xn--mnchen-3ya", b"de", b"")) == "xn--mnchen-3ya.de"
    assert sanitize_name("münchen.de") == "m?nchen.de"
    assert name_of_labels((b"",)) == ""
    assert name_of_labels((b"a.b", b"c d", b"")) == "a?b.c?d"


@given(st.lists(ANY_TEXT, max_size=5))
def test_a_document_has_the_lines_that_it_is_made_of(lines: list[str]) -> None:
    """Nothing within a line begins another one, and every line is safe to show, however long."""
    made = document(lines)
    assert made.split("\n") == [*(composed(line) for line in lines), ""]
    assert made.replace("\n", "").isprintable()


@given(ANY_TEXT)
def test_a_composed_text_is_not_cut(text: str) -> None:
    """Sentences of any length pass, character by character as names do."""
    long = text * 3
    assert len(composed(long)) == len(long)
    assert composed(composed(long)) == composed(long)


@given(ANY_TEXT)
def test_a_text_with_lines_of_its_own(text: str) -> None:
    """It is the document of its lines, with one line end at its end."""
    assert document_of(text) == document(text.removesuffix("\n").split("\n"))
    assert document_of(f"{text}\n") == document(text.split("\n"))


@pytest.mark.parametrize(
    ("name", "is_like"),
    [
        ("10.99.99.99", True),
        ("10.99.99.99.", True),
        ("1", True),
        ("router.12", True),
        ("a.0x7f", True),
        ("fe80::1", True),
        ("r1.example.net", False),
        ("4.example", False),
        ("host-10-0-0-1.example.net", False),
        ("0x7f.example", False),
        ("", False),
    ],
)
def test_names_that_could_be_taken_for_addresses(name: str, *, is_like: bool) -> None:
    """What ends in a number, and what has a colon: a PTR record may hold any."""
    assert looks_like_address(name) is is_like


@pytest.mark.parametrize(
    ("name", "shown"), [("???", False), ("-.?.", False), ("", False), ("10.0.0.1", False), ("r1.example", True)]
)
def test_names_of_nothing_but_punctuation_are_none(name: str, *, shown: bool) -> None:
    """They look like what is shown where nobody answered."""
    assert is_name(name) is shown
