"""What holds where the user says nothing: mtr's defaults, for the settings and for what options say of themselves.

Imported before ``--help`` is answered, so nothing costly is.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

SIZE_BYTES = 64
FIRST_TTL = 1
MAX_TTL = 30
UNKNOWN_HOPS = 12
SHOWN_ADDRESSES = 8
INTERVAL_S = 1
GRACETIME_S = 5
TIMEOUT_S = 10
REPORT_ROUNDS = 10  # a screen has no end
TICKET_ROUNDS = 100
COLUMNS = "LS NABWV"
LAYOUT: Literal["0.95"] = "0.95"
PROVIDER_4 = "origin.asn.cymru.com"
PROVIDER_6 = "origin6.asn.cymru.com"
