"""The program ``hopscope``: from the command line to a screen or a report.

Imports are late on purpose: ``--help`` and ``--version`` need none of the trace, and the probe process starts before
the rest is loaded. A report never imports the terminal toolkit.
"""

from __future__ import annotations

import gc
import os
import sys

from .errors import HopscopeError
from .process.streams import READER_GONE_STATUS, ReaderGone, check_output, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .launch.plan import Plan
    from .options.model import Options

DEBUG = "HOPSCOPE_DEBUG"


def main() -> int:
    """Run the program and give its exit status; whatever goes wrong is one line on standard error."""
    program = "mtr" if sys.argv[0].rpartition("/")[2] == "mtr" else "hopscope"
    from .process.signals import Stopped, raise_on_signals

    gc.disable()  # until the start is over: collecting what imports make costs milliseconds and finds nothing
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
    except Exception as error:  # a traceback is never shown
        if os.environ.get(DEBUG):
            raise
        what = f"{type(error).__name__}: {error}".replace("\n", " ")
        say(program, f"internal error: {what} ({DEBUG}=1 shows where)")
        return 1


def _main(program: str, arguments: Sequence[str]) -> int:
    from .options.parse import first_question
    from .process.raised import forget_toolkit_variables

    forget_toolkit_variables(os.environ)
    question, value = first_question(os.environ, arguments)
    if question == "explain_file":
        from .process.streams import write
        from .report.explain_file import explained

        write(explained(str(value)))
        return 0
    if question:
        from .options.about import answer_question

        answer_question(program, question, value)
        return 0
    from .options.model import read_options
    from .options.terminal import settle_output

    options = settle_output(read_options(arguments, os.environ, program), program)
    if not options.is_screen:
        check_output()
    return _trace(program, options, arguments)


def _trace(program: str, options: Options, arguments: Sequence[str]) -> int:
    from .launch.probe_command import probe_command
    from .trace.child import Child

    command, warning = probe_command(options, os.environ)
    if warning:
        say(program, warning)
    child = Child(command)  # it starts while the rest is imported and names are resolved
    try:
        if program == "mtr":
            from .process.title import show_arguments

            show_arguments([program, *arguments])
        from .launch.prepare import prepare

        plan = prepare(program, options, os.environ, child)
    except BaseException:
        child.end()
        raise
    if options.path_mtu:
        from .report.mtu.run import run_mtu

        return run_mtu(plan)
    if options.is_screen:
        return _run_screen(plan)
    if options.is_live:
        from .report.live import run_live

        return run_live(plan)
    from .report.run import run_report

    return run_report(plan)


def _run_screen(plan: Plan) -> int:
    from .options.terminal import connect_keyboard
    from .screens.run import run_screen

    connect_keyboard()
    session = plan.session()
    as_mtr = plan.program == "mtr" and plan.settings.rounds is not None  # its screen ends with the last round
    status = run_screen(session, plan.options, leave_at_end=as_mtr)
    if plan.options.look.report_on_exit:
        from .report.run import print_tables

        print_tables(plan, session.snapshots())
    if session.error is not None:  # said again where it stays readable
        raise session.error
    return status
