"""``--replay FILE --between FROM/TO --record PART``: a part of a session file as a file of its own."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import RecordingError
from ..path.privacy import Privacy
from ..process.signals import DeferredSignals
from ..process.streams import say
from ..recording.encoder import Encoder
from ..recording.event_lines import LaneAdded
from ..recording.replayed import ReplayedSession
from ..recording.writer import GZIP, create
from .reading import Reading
from .replay import session_path

if TYPE_CHECKING:
    from ..options.model import Options
    from ..resolve.origin import Origin
    from ..sanitize import Text

LOOK_EVERY = 4096  # events, between two looks at how far it is


def write_part(program: str, options: Options) -> int:
    """Write the part that is asked for, or all of it, with the first hops hidden where that is asked for.

    Raises:
        RecordingError: the one file cannot be read, or the other one not made.
        UsageError: there is no such part.
    """
    source = ReplayedSession(session_path(options.replay, os.environ), options.between)
    privacy = Privacy(options.lookups.privacy_hops)
    targets = list(source.targets)
    header = replace(
        source.header,
        host=privacy.local_host(source.host),
        targets=tuple(privacy.target(target) for target in targets),
        settings=source.settings,
        started_us=source.clock[0],
    )
    encoder = Encoder(header, compressed=options.record.endswith(GZIP))
    file = create(options.record)
    reading = Reading(source.path)
    count = 0
    try:
        with DeferredSignals(reading.end) as signals:
            for count, told in enumerate(source.told(), 1):
                if isinstance(told, LaneAdded):
                    targets.append(told.target)
                    encoder.take(replace(told, target=privacy.target(told.target)))
                elif isinstance(told, tuple):
                    encoder.take((told[0], privacy.event(targets[told[0]], told[1])))
                else:
                    encoder.take(told)
                if count % LOOK_EVERY == 0:
                    _write(file, encoder.data(), options.record)
                    if reading.shows(source.share):
                        break
            known: list[tuple[str, Text | Origin]] = [*source.names.items(), *source.origins.items()]
            for address, what in known:
                if not privacy.hides(address):
                    encoder.know(address, what)
            _write(file, encoder.data() if signals.exit_status else encoder.end(), options.record)
    finally:
        reading.close()
        os.close(file)
    if signals.exit_status:
        return signals.exit_status
    if source.damage:
        raise RecordingError(source.damage, remedy=f"what stands before that is in {options.record}")
    say(program, f"{options.record}: {count:,} events")
    return 0


def _write(file: int, data: bytes, path: str) -> None:
    try:
        while data:
            data = data[os.write(file, data) :]
    except OSError as error:
        raise RecordingError(f"cannot write {path}: {error.strerror}") from None
