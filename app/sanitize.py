"""The one sanitizer: text from outside (names, AS texts, file contents, arguments) passes it where it enters.

What comes out holds no character that a terminal, a pager or a reader could be misled by: no control characters (C0,
C1, DEL), nothing that turns the writing direction or has no width, no line or paragraph separators, no lone
surrogates, no unassigned or private code points, and no piles of combining marks. Each such character is replaced by
``?``, so that it is seen that something was there. Markup, quotes and formula signs are left: escaping them is the
business of each format.

What has passed is of the type ``Text``, which nothing else makes: whatever shows or writes names asks for it, and the
type checker finds a way around the sanitizer. What is written to standard output or to a file is a ``Document``: lines
that have passed as a whole once more, so that no text, however it was composed, brings a line end or a control
character of its own.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NewType

    Text = NewType("Text", str)
    Document = NewType("Document", str)
else:
    Text = Document = str  # typing takes milliseconds to load

NOTHING = Text("")
NO_DOCUMENT = Document("")
REPLACEMENT = "?"
NAME_MAX = 253  # characters of a host name in presentation form (RFC 1035 section 2.3.4)
TEXT_MAX = 253
MARKS_MAX = 2  # combining marks in a row: enough for every living script's normal use

# Invisible or blank although their general category is a letter, a mark or a symbol (Default_Ignorable_Code_Point,
# Unicode 15 DerivedCoreProperties, and the blank braille pattern).
_INVISIBLE = frozenset(
    [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    ]
)


def sanitize(text: str, limit: int = TEXT_MAX) -> Text:
    """``text`` made safe to show, of at most ``limit`` characters; blanks of all kinds become plain spaces."""
    text = text[:limit]
    if text.isascii() and text.isprintable():
        return Text(text)
    import unicodedata  # loads 1 MB of tables: plain ASCII never needs them

    shown: list[str] = []
    marks = MARKS_MAX  # a mark with nothing below it would sit on the character that precedes the text
    for character in text:
        category = unicodedata.category(character)
        is_mark = category[0] == "M"
        marks = marks + 1 if is_mark else 0
        if category == "Zs":
            shown.append(" ")
        elif category[0] in "CZ" or ord(character) in _INVISIBLE or (is_mark and marks > MARKS_MAX):
            shown.append(REPLACEMENT)
            marks = MARKS_MAX if is_mark else 0
        else:
            shown.append(character)
    return Text("".join(shown))


def composed(text: str) -> Text:
    """A sentence, or what is shown as one: words of ours around texts that have passed; of any length."""
    return sanitize(text, len(text))


def document(lines: Iterable[str]) -> Document:
    """Lines, without their ends, as what is written; a line end within one is replaced as every control character."""
    return Document("".join([f"{composed(line)}\n" for line in lines]))


def document_of(text: str) -> Document:
    """A text whose line ends are meant, as a document; the last line has its end already, or gets one."""
    text = text.removesuffix("\n")
    if text.isascii() and text.replace("\n", "").isprintable():  # the common case, at the speed of a copy
        return Document(f"{text}\n")
    return document(text.split("\n"))


def joined(documents: Iterable[Document]) -> Document:
    """Several documents, one after the other."""
    return Document("".join(documents))


def own_document(text: str) -> Document:
    """What the package itself brings along: chapters, help, completions. They may hold tabs and be of any form."""
    return Document(text)


def sanitize_name(name: str) -> Text:
    """A host name made safe, of at most 253 characters: visible ASCII alone, as on the wire, so without blanks.

    An internationalized name stays in punycode (RFC 5890's A-labels), which looks like no other name.
    """
    name = name[:NAME_MAX]
    if name.isascii() and name.isprintable() and " " not in name:
        return Text(name)
    return Text("".join(character if "!" <= character <= "~" else REPLACEMENT for character in name))


def looks_like_address(name: str) -> bool:
    """Whether a name could be taken for an address: whoever writes names could show any address as a router's.

    A name whose last label is a number is an IPv4 address to inet_aton(3) and to URLs (WHATWG URL, section 3.5).
    """
    last = name.rstrip(".").rpartition(".")[2].lower()
    return ":" in name or last.isdecimal() or (last.startswith("0x") and last[2:].strip("0123456789abcdef") == "")


def is_name(name: str) -> bool:
    """Whether a reverse name can be shown as one: it has a letter or a digit, and could not be taken for an address.

    One of nothing but punctuation looks like what is shown where nobody answered.
    """
    return any(character.isalnum() for character in name) and not looks_like_address(name)


def name_of_labels(labels: tuple[bytes, ...]) -> Text:
    """A name from its labels on the wire; empty for the root. A dot inside a label is shown as ``?``, not as a border.

    The labels need not be ASCII: every byte that is not a visible character becomes ``?``.
    """
    parts = (label.replace(b".", b"?").decode("latin-1") for label in labels if label)
    return sanitize_name(".".join(parts))
