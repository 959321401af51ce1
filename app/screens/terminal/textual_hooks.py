"""All that the screen uses of Textual's private parts, and what to check when another Textual is pinned.

The rest of the screen subclasses what stands here and sees public names alone. To raise Textual: pin it in
pyproject.toml, go through ``HOOKS`` one by one in Textual's source, then set ``VERSION``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import textual
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable
    from io import TextIOWrapper
    from typing import Protocol

    from rich.style import Style
    from textual.binding import Binding
    from textual.driver import Driver
    from textual.screen import Screen

    class Writer(Protocol):
        """What a driver wants of the thread that writes frames."""

        def start(self) -> None:
            """Begin."""

        def write(self, text: str) -> None:
            """Queue a text."""

        def stop(self) -> None:
            """End after what is queued."""


__all__ = ["HOOKS", "VERSION", "ChopsUpdate", "HookedApp", "HookedDriver", "LayoutUpdate", "XTermParser", "is_known"]

VERSION = "8.2.8"


class Hook(NamedTuple):
    """A private part that is used."""

    owner: str  # module and class in Textual, or in Rich, that Textual renders with
    name: str  # the private name
    use: str  # what the screen does with it, and in which module
    check: str  # what must still be true in another version


HOOKS = (
    Hook(
        "textual._compositor:ChopsUpdate",
        "",
        "terminal/cell_diff.py reads which cells of an update are dirty",
        "fields chops, spans and chop_ends, and that render_segments crops them as _parts does",
    ),
    Hook(
        "textual._compositor:LayoutUpdate",
        "",
        "terminal/cell_diff.py learns what a whole frame shows",
        "fields strips and region",
    ),
    Hook(
        "textual.app:App",
        "_display",
        "terminal/painting.py sends changed cells alone, and nothing to a terminal that is behind",
        "the conditions under which Textual itself writes nothing, and that it is called for every frame",
    ),
    Hook("textual.app:App", "_batch_count", "see _display", "above 0 inside batch_update"),
    Hook("textual.app:App", "_running", "see _display", "true while messages are handled"),
    Hook("textual.app:App", "_closed", "see _display", "true once the message pump is closed"),
    Hook("textual.app:App", "_begin_update", "terminal/painting.py frames what it writes", "synchronised output, on"),
    Hook("textual.app:App", "_end_update", "terminal/painting.py frames what it writes", "synchronised output, off"),
    Hook("textual.app:App", "_driver", "painting and signals need the driver", "None until the application runs"),
    Hook("textual.app:App", "_loop", "the driver ends the application from its threads", "the loop that runs it"),
    Hook(
        "textual.app:App",
        "_handle_exception",
        "stage.py keeps the error for one line on the shell; Textual prints a traceback",
        "that every unhandled error of a message or a callback goes through it",
    ),
    Hook("textual.app:App", "_bindings", "stage.py binds keys that act before any widget", "a BindingsMap"),
    Hook("textual.binding:BindingsMap", "_add_binding", "see _bindings", "App.bind still takes no priority"),
    Hook("textual._xterm_parser:XTermParser", "", "terminal/driver.py reads keys itself", "feed and tick yield events"),
    Hook(
        "textual.drivers.linux_driver:LinuxDriver",
        "_writer_thread",
        "terminal/driver.py puts a writer that never blocks in the place of Textual's",
        "set in start_application_mode, used as start, write, stop, and set nowhere else",
    ),
    Hook(
        "textual.drivers.linux_driver:LinuxDriver",
        "_get_terminal_size",
        "terminal/driver.py asks the terminal that frames go to",
        "that sizes come from here alone, at the start and with SIGWINCH",
    ),
    Hook("textual.drivers.linux_driver:LinuxDriver", "_file", "frames may go to standard output", "what is written to"),
    Hook("textual.driver:Driver", "_debug", "handed to the parser", "what XTermParser is made with"),
    Hook("rich.style:Style", "_attributes", "terminal/cell_diff.py compares styles", "bits in the order of SGR 1 to 9"),
    Hook("rich.style:Style", "_set_attributes", "terminal/cell_diff.py compares styles", "which of the bits are set"),
)


def is_known() -> bool:
    """Whether this Textual is the one that the hooks were read in; frames are left to Textual in any other."""
    site = Path(textual.__file__).parent.parent
    if (site / f"textual-{VERSION}.dist-info").is_dir():
        return True
    return textual.__version__ == VERSION  # reads all of the package's metadata, which takes 20 ms


def to_check() -> str:
    """The list to go through when Textual is raised: a line each."""
    lines = (f"{one.owner}{'.' * bool(one.name)}{one.name}: {one.check} ({one.use})" for one in HOOKS)
    return "\n".join([f"Textual {VERSION} is known; in another version check:", *lines])


def attribute_bits(style: Style) -> int:
    """Bold, dim, italic, underline, blink, blink2, reverse, conceal, strike: bits of a style, as Strip reads them."""
    return style._attributes & style._set_attributes  # noqa: SLF001


class HookedApp(App[int], inherit_bindings=False):
    """An application that may write its frames itself, and is told of errors that nobody handled."""

    def take_frame(self, update: object) -> bool:  # noqa: ARG002 - for those who do
        """Whether a frame was seen to; otherwise Textual writes it."""
        return False

    def take_failure(self, error: Exception) -> bool:  # noqa: ARG002
        """Whether an error was seen to; otherwise Textual ends with a traceback."""
        return False

    def write_frame(self, text: str) -> None:
        """Write a frame of our own, all of it at once where the terminal can."""
        assert self._driver is not None
        self._begin_update()
        self._driver.write(text)
        self._end_update()
        self._driver.flush()

    def bind_first(self, bindings: Iterable[Binding]) -> None:
        """Bind keys that act before those of any widget; ``bind`` knows no priority."""
        for binding in bindings:
            self._bindings._add_binding(binding)  # noqa: SLF001

    @property
    def screen_driver(self) -> Driver | None:
        """The driver, None until the application has begun."""
        return self._driver

    @property
    def event_loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop that the application runs in, None until it does."""
        return self._loop

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        is_written = renderable is not None and self._driver is not None and not self.is_headless
        is_written = is_written and self._running and not self._closed and not self._batch_count
        if not is_written or not self.take_frame(renderable):
            super()._display(screen, renderable)

    def _handle_exception(self, error: Exception) -> None:
        if self.is_headless or not self.take_failure(error):
            super()._handle_exception(error)


class HookedDriver(LinuxDriver):
    """A driver whose writer, output and size are asked of whoever subclasses it."""

    def __init__(
        self, app: Any, *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        self._own_writer: Any = None
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = self.output() or self._file

    def output(self) -> TextIOWrapper | None:
        """Where frames go; None: where Textual has them go."""
        raise NotImplementedError

    def make_writer(self, file: TextIOWrapper) -> Writer:
        """The thread that writes frames."""
        raise NotImplementedError

    def terminal_size(self) -> tuple[int, int]:
        """Columns and rows."""
        raise NotImplementedError

    def make_parser(self) -> XTermParser:
        """What turns bytes of the terminal into keys and the like."""
        return XTermParser(self._debug)

    @property
    def _writer_thread(self) -> Any:
        return self._own_writer

    @_writer_thread.setter
    def _writer_thread(self, stock: object) -> None:
        """The base class makes a writer whose queue blocks the event loop when full; another takes its place."""
        file = self.output() or sys.__stderr__
        self._own_writer = None if stock is None or file is None else self.make_writer(file)

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.terminal_size()
