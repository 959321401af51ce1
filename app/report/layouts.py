"""In what mtr's outputs differ from version to version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """How one version of mtr writes.

    Attributes:
        version: as CSV has it.
        as_number_width: of the column of an AS number, behind the letters AS.
        exact_loss: loss has two decimals, in a wider column.
        errors_named: a hop that told of an error shows that in place of its address.
        trimmed_xml: XML names its encoding, and its values have no blanks around them.
        named_xml: XML has address and name apart, as attributes of a hop.
        drops_in_csv: CSV's heading ends in a comma, and the column without a title holds the number of lost probes.
        split_silent: split has lines for hops that do not answer.
        split_decimals: times in split have a decimal.
    """

    version: str
    as_number_width: int
    exact_loss: bool = False
    errors_named: bool = False
    trimmed_xml: bool = False
    named_xml: bool = False
    drops_in_csv: bool = True
    split_silent: bool = False
    split_decimals: bool = False


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
