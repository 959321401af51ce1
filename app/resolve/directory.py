"""Everything that is known of addresses beside their RTTs: names, origins, and what of it may be shown."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..path.privacy import Privacy
from .facts import FIRST_WITH_NAME
from .lookups import HEAD_START_S, Asker
from .names import WAIT_MAX_S, Names
from .origins import Origins

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..sanitize import Text
    from ..settings import LookupSettings
    from .origin import Origin

TURN_S = 0.05  # of waiting, between two looks at whether it is given up


class Directory:
    """Names and origins of addresses for screen and report alike; no reader ever waits, but in ``wait``.

    Nothing is asked, no thread started and no library loaded before the first address is read while its kind of
    knowledge is on.

    Args:
        settings: what is looked up, and where.
        fixed_names: names of a simulated network, by address; with them (an empty mapping counts) no query ever leaves.
        fixed_origins: likewise.
        hosts: a file in the form of hosts(5).
        resolv_conf: a file in the form of resolv.conf(5).
        head_start_s: for how long the first look-up leaves the processor to the first frame.
    """

    def __init__(
        self,
        settings: LookupSettings,
        *,
        fixed_names: Mapping[str, str] | None = None,
        fixed_origins: Mapping[str, Origin] | None = None,
        hosts: Path = Path("/etc/hosts"),
        resolv_conf: Path = Path("/etc/resolv.conf"),
        head_start_s: float = HEAD_START_S,
    ) -> None:
        simulated = fixed_names is not None or fixed_origins is not None
        self._asker = None if simulated else Asker(settings.servers, resolv_conf, head_start_s)
        self._databases = None
        if settings.databases:
            from .databases import Databases

            self._databases = Databases(settings.databases)
        self.names = Names(
            on=settings.names,
            asker=self._asker,
            fixed=fixed_names,
            hosts=None if simulated else hosts,
            at_vantage=settings.names_at == "vantage",
        )
        self.origins = Origins(
            on=settings.origins or bool(settings.databases) or simulated,  # what costs no question is always there
            asker=self._asker,
            fixed=fixed_origins,
            databases=self._databases,
            provider_4=settings.provider_4,
            provider_6=settings.provider_6,
        )
        self.privacy = Privacy(settings.privacy_hops)

    def open(self) -> None:
        """Open the databases, where there are some.

        Raises:
            ConfigurationError: a database cannot be read.
            UnsupportedError: the package that reads databases is missing.
        """
        if self._databases is not None:
            self._databases.open()

    @property
    def version(self) -> int:
        """Rises when something may have become known, so that readers see cheaply whether to look again."""
        return self.names.version + self.origins.version

    def name(self, address: str) -> Text | None:
        """The reverse name of an address; None: none, not yet known, hidden, or names are off."""
        return None if self.privacy.hides(address) else self.names.name(address)

    def origin(self, address: str) -> Origin | None:
        """The origin of an address with its AS's name; None: none, not yet known, hidden, or origins are off."""
        return None if self.privacy.hides(address) else self.origins.origin(address, with_name=True)

    def fact(self, address: str, kind: int) -> Text | None:
        """One fact of an address's origin, by its number in ``-y``; None where it is not known."""
        if self.privacy.hides(address):
            return None
        origin = self.origins.origin(address, with_name=kind >= FIRST_WITH_NAME)
        return origin.fact(kind) if origin is not None else None

    def known_origin(self, address: str) -> Origin | None:
        """What is known of an address's network by now; nothing is asked that nobody has asked."""
        return None if self.privacy.hides(address) else self.origins.known(address)

    def wait(self, timeout_s: float = WAIT_MAX_S, given_up: Callable[[], bool] | None = None) -> None:
        """Wait for all that has been asked for, together, for ``timeout_s`` at most, or until it is given up."""
        end_s = time.monotonic() + timeout_s
        for known in (self.names, self.origins):
            while not known.wait(min(TURN_S, max(0.0, end_s - time.monotonic()))):
                if time.monotonic() >= end_s or (given_up is not None and given_up()):
                    return

    def close(self) -> None:
        """Ask nothing more. Never blocks, whatever a server does."""
        if self._asker is not None:
            self._asker.close()
        if self._databases is not None:
            self._databases.close()
