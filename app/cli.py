"""The program ``hopscope``: from the command line to a screen or a report.

Imports are late on purpose: ``--help`` and ``--version`` need none of the trace, and the probe process starts before
the rest is loaded. A report never imports the terminal toolkit.
"""

from __future__ import annotations

import os
import sys

from . import VERSION
from .errors import HopscopeError
from .output import READER_GONE_STATUS, ReaderGone, check_output, is_watched, say, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .options.model import Options
    from .session import Session
    from .settings import Target
    from .trace.child import Child

DEBUG = "HOPSCOPE_DEBUG"


def main() -> int:
    """Run the program and give its exit status; whatever goes wrong is one line on standard error."""
    program = "mtr" if sys.argv[0].rpartition("/")[2] == "mtr" else "hopscope"
    from .signals import Stopped, raise_on_signals

    try:
        raise_on_signals()
        return _main(program, sys.argv[1:])
    except HopscopeError as error:
        say(program, str(error))
        return error.exit_status
    except Stopped as stop:
        return stop.exit_status
    except ReaderGone:
        return READER_GONE_STATUS
    except Exception as error:  # nobody shall meet a traceback
        if os.environ.get(DEBUG):
            raise
        what = f"{type(error).__name__}: {error}".replace("\n", " ")
        say(program, f"an error of the program itself, {what} ({DEBUG}=1 shows where)")
        return 1


def _main(program: str, arguments: Sequence[str]) -> int:
    from .options.parse import first_question

    question = first_question(arguments)
    if question == "help":
        from .options.help import help_text

        write(help_text(program))
        return 0
    if question == "version":
        write(f"mtr 0.95 (hopscope {VERSION})\n" if program == "mtr" else f"hopscope {VERSION}\n")
        return 0
    from .options.model import read_options
    from .options.terminal import settle_output

    options = settle_output(read_options(arguments, os.environ))
    if not options.is_screen:
        check_output()
    return _trace(program, options)


def _trace(program: str, options: Options) -> int:
    from .probe_command import probe_command
    from .trace.child import Child

    command, warning = probe_command(options, os.environ)
    if warning:
        say(program, warning)
    child = Child(command)  # it starts while the rest is imported and names are resolved
    try:
        session = _session(program, options, child)
    except BaseException:
        child.end()
        raise
    if options.is_screen:
        return _run_screen(session, options)
    from .report.run import run_report

    return run_report(session, options, program)


def _run_screen(session: Session, options: Options) -> int:
    try:
        session.start()
        from .screens.app import run
        from .screens.options import ScreenOptions

        report = options.report
        look = ScreenOptions(fields=report.fields, show_addresses=report.show_ips, mpls=report.mpls)
        status = run(session, look)
    finally:
        session.close()
    if session.error is not None:  # said again where it stays readable
        raise session.error
    return status


def _session(program: str, options: Options, child: Child) -> Session:
    """Resolve the targets and put the measurement together.

    Raises:
        ResolveError: no target has an address.
    """
    from .session import Session

    names = origins = None
    if options.demo is None:
        targets = _resolve(program, options)
    else:
        from .demo import demo_network

        targets, names, origins = demo_network(options)
    return Session(
        targets,
        options.settings,
        command=child.command,
        child=child,
        explicit=options.strict_protocol,
        lookups=options.lookups,
        fixed_names=names,
        fixed_origins=origins,
    )


def _resolve(program: str, options: Options) -> list[Target]:
    """Targets that resolve; of the others each is told of in a line, unless there is none at all.

    Raises:
        ResolveError: none resolves.
    """
    from .resolve.targets import each_address, resolve_targets
    from .settings import Target

    answers = resolve_targets(options.targets or ("localhost",), options.family)
    targets = [answer for answer in answers if isinstance(answer, Target)]
    if options.all_addresses:
        targets = [one for target in targets for one in each_address(target)]
    elif not options.is_screen and is_watched():
        for target in targets:
            if target.others:
                count = f"{len(target.others)} more address{'es' if len(target.others) > 1 else ''}"
                others = ", ".join(target.others)
                say(program, f"{target.name} has {count}, {others}: --all-addresses traces each")
    errors = [answer for answer in answers if not isinstance(answer, Target)]
    for error in errors[: None if targets else -1]:
        say(program, str(error))
    if not targets:
        raise errors[-1]
    return targets
