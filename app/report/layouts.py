"""In what mtr's outputs differ from version to version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """How one version of mtr writes."""

    version: str
    """As CSV has it."""
    as_number_width: int
    """Of the column of an AS number, after the letters AS."""
    exact_loss: bool = False
    """Loss has two decimals, in a wider column."""
    errors_named: bool = False
    """A hop that told of an error shows that in place of its address."""
    trimmed_xml: bool = False
    """XML names its encoding, and its values have no blanks around them."""
    named_xml: bool = False
    """XML has address and name apart, as attributes of a hop."""
    drops_in_csv: bool = True
    """CSV's heading ends in a comma, and the column without a title holds the number of lost probes."""
    split_silent: bool = False
    """Split has lines for hops that do not answer."""
    split_decimals: bool = False
    """Times in split have a decimal."""


LAYOUTS = {
    "0.95": Layout("0.95", as_number_width=7),
    "0.96": Layout("0.96", as_number_width=12, trimmed_xml=True, split_silent=True),
    "next": Layout(  # mtr's sources of June 2026, which call themselves 0.96 as well
        "0.96",
        as_number_width=12,
        exact_loss=True,
        errors_named=True,
        trimmed_xml=True,
        named_xml=True,
        drops_in_csv=False,
        split_silent=True,
        split_decimals=True,
    ),
}
