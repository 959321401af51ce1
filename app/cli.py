"""The program ``hopscope``: from the command line to a screen or a report.

Imports are late on purpose: ``--help`` and ``--version`` need none of the trace, and the probe process starts before
the rest is loaded. A report never imports the terminal toolkit.
"""

from __future__ import annotations

from .process import quiet_start  # noqa: F401 - it acts when it is loaded

# isort: split

import gc
import os
import sys

from .errors import HopscopeError
from .process.streams import READER_GONE_STATUS, ReaderGone, check_output, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .alerts.commands import CommandRunner
    from .lanes import Finder
    from .launch.plan import Plan
    from .launch.target_names import TypedTarget
    from .options.model import Options
    from .path.snapshot import Snapshot
    from .process.launcher import Launcher
    from .vantage.point import VantagePoint

DEBUG = "HOPSCOPE_DEBUG"
LIST = "list"  # in place of a scenario


def main() -> int:
    """Run the program and give its exit status; whatever goes wrong is one line on standard error."""
    program = "mtr" if sys.argv[0].rpartition("/")[2] == "mtr" else "hopscope"
    from .process.signals import Stopped, default_signals, raise_on_signals

    gc.disable()  # until the start is over: collecting what imports make costs milliseconds and finds nothing
    try:
        try:
            raise_on_signals()
            return _main(program, sys.argv[1:])
        except Exception as error:  # noqa: BLE001 - a traceback is never shown
            return _ended_by(error, program)
        finally:
            default_signals()  # one that comes while the interpreter ends is none of its own matters
    except Stopped as stop:
        return stop.exit_status


def _ended_by(error: Exception, program: str) -> int:
    """The exit status for what ended the program, which is said; a traceback is never shown."""
    from .process.signals import received_status

    if received_status():  # the signal's exception met code that made another one of it
        return received_status()
    if isinstance(error, ReaderGone):
        return READER_GONE_STATUS
    if isinstance(error, HopscopeError):
        say(program, str(error), error.below)
        return error.exit_status
    if os.environ.get(DEBUG):
        raise error
    lacking = _lacking(error)
    what = f"{type(error).__name__}: {error}".replace("\n", " ")
    say(program, lacking or f"internal error: {what} ({DEBUG}=1 shows where)")
    return 1


def _lacking(error: Exception) -> str:
    """What this system has too little of, where that is what an error says; empty: it says something else."""
    import errno

    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return "this system has too little memory"
    too_many = isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}
    if too_many or (isinstance(error, ImportError) and os.strerror(errno.EMFILE) in str(error)):  # of a shared object
        return "too many open files; ulimit -n sets how many are allowed"
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return "no further thread can be started; ulimit -u sets how many are allowed"
    return ""


def _main(program: str, arguments: Sequence[str]) -> int:
    from .options.parse import first_question
    from .process.raised import forget_variables

    forget_variables(os.environ)
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

    options = read_options(arguments, os.environ, program)
    if options.doctor:
        from .doctor.run import run_doctor

        return run_doctor(options, os.environ)
    listed = _listed(options)
    if listed is not None:
        return listed
    options = settle_output(options, program)
    if not options.is_screen:
        check_output()
    if options.compare or options.replay:
        return _look_back(program, options)
    return _trace(program, options, arguments)


def _listed(options: Options) -> int | None:
    """List what there is, where that is all that is asked for: the exit status; None: it is not."""
    if options.sessions:
        from .launch.sessions import list_sessions

        return list_sessions(os.environ, clean=options.clean)
    if options.demo == LIST:
        from .launch.demo import scenario_list
        from .process.streams import write

        write(scenario_list())
        return 0
    return None


def _look_back(program: str, options: Options) -> int:
    """Compare two measurements, or report one."""
    if options.compare:
        from .report.compared.run import run_compare

        return run_compare(program, options)
    if options.record:
        from .launch.session_part import write_part

        return write_part(program, options)
    return _replay(program, options)


def _replay(program: str, options: Options) -> int:
    """Report a session file."""
    from .errors import RecordingError
    from .launch.replay import ReplayPlan

    plan = ReplayPlan(program, options)
    plan.picture = _picture
    _read_baseline(plan)
    if options.is_screen:
        from .options.terminal import connect_keyboard
        from .screens.run import run_replay

        connect_keyboard()
        status = run_replay(plan, options)
    elif options.is_live:
        from .report.live import replay_live

        status = replay_live(plan, plan.replayed)
    else:
        from .report.run import run_report

        status = plan.load()
        if not status and not plan.holds_rounds:
            raise RecordingError(f"{plan.replayed.path}: it holds no round")
        status = status or run_report(plan)
    if status == 0 and plan.was_cut and not options.between:
        how = "shown" if options.is_screen else "reported"
        say(program, f"{options.replay}: the recording was not ended in order; what it holds is {how}")
    return status


def _trace(program: str, options: Options, arguments: Sequence[str]) -> int:
    from .launch.probe_command import probe_command
    from .trace.child import start_child

    command, warning = probe_command(options, os.environ)
    if warning:
        say(program, warning)
    commands = _commands(options)
    points: list[VantagePoint] = []
    typed: list[TypedTarget] | None = None
    if options.vantages:
        from .launch.from_points import points_of
        from .launch.target_names import typed_targets

        points = points_of(options, os.environ)
        typed = typed_targets(options, os.environ)
    launcher = _launcher(command, points) if options.is_screen else None
    # It starts while the rest is imported and names are resolved.
    here = not options.vantages or any(where.is_local for where in options.vantages)
    child = start_child(command, launcher.start if launcher is not None else None) if here else None
    unreached: list[tuple[str, str]] = []
    try:
        if options.vantages:
            from .launch.from_points import reach

            points, unreached = reach(program, options, points, typed or (), _load_measuring)
        if program == "mtr":
            from .process.title import show_arguments

            show_arguments([program, *arguments])
        from .launch.prepare import prepare

        plan = prepare(program, options, os.environ, child, typed=typed, points=points, unreached=unreached)
        plan.commands = commands
        _read_baseline(plan)
        if options.record:
            from .launch.record import Record

            plan.record = Record(options.record, options.record_limit)
        if options.is_screen:
            from .launch.keep import keep

            plan.keeping = keep(program, options, str(plan.targets[0].name), os.environ)
    except BaseException:
        if child is not None:
            child.end()
        for point in points:
            point.end()
        raise
    try:
        return _measure(plan, launcher)
    finally:
        if plan.record is not None:
            plan.record.close(program)
        if commands is not None:
            commands.close()


def _load_measuring() -> None:
    """Load what every trace needs: a tenth of a second, in which something else may be waited for."""
    from .launch import prepare  # noqa: F401
    from .path import path_watch  # noqa: F401


def _measure(plan: Plan, launcher: Launcher | None) -> int:
    options = plan.options
    plan.picture = _picture
    if options.path_mtu:
        from .report.mtu.run import run_mtu

        return run_mtu(plan)
    if options.is_screen:
        return _run_screen(plan, launcher)
    if options.is_live:
        from .report.live import run_live

        return run_live(plan)
    from .report.run import run_report

    return run_report(plan)


def _commands(options: Options) -> CommandRunner | None:
    """What runs the user's command on alerts; to be made before any thread runs."""
    if not options.on_alert:
        return None
    from .alerts.commands import CommandRunner, command_of

    return CommandRunner(command_of(options.on_alert))


def _read_baseline(plan: Plan) -> None:
    """What traces are held against, where that was asked for."""
    if plan.options.baseline:
        import dataclasses

        from .launch.compared_files import read_baseline

        options = dataclasses.replace(plan.options, between="")
        plan.baseline = read_baseline(plan.program, options, lambda what: say(plan.program, what))


def _picture(plan: Plan, snapshots: Sequence[Snapshot]) -> str:
    """The screen as a picture, for pages; what draws it is loaded when it is asked for."""
    from .screens.run import picture

    return picture(plan, snapshots)


def _launcher(command: Sequence[str], points: Sequence[VantagePoint]) -> Launcher | None:
    """What starts the probe process, and the ways to vantage points, once the screen has given up its rights."""
    from .launch.fewer_rights import launcher_for

    launcher = launcher_for([command, *(point.command for point in points)])
    if launcher is not None:
        for point in points:
            point.launch = launcher.start
    return launcher


def _finder(plan: Plan) -> Finder:
    """What finds lanes that are added; it is loaded when the first one is."""
    from .launch.more_lanes import MoreLanes

    return MoreLanes(plan, os.environ)


def _run_screen(plan: Plan, launcher: Launcher | None) -> int:
    from .launch.screen_recorder import ScreenRecorder
    from .options.terminal import connect_keyboard
    from .screens.run import run_screen

    connect_keyboard()
    if launcher is not None:
        from .launch import fewer_rights
        from .process import ending

        for pid in plan.pids:
            launcher.adopt(pid)
        launcher.seal()
        ending.deputy = launcher.signal
        fewer_rights.give_up_rights(os.environ, plan.command)
    start = launcher.start if launcher is not None else None
    session = plan.session(finder=lambda: _finder(plan), start=start)
    as_mtr = plan.program == "mtr" and plan.settings.rounds is not None  # its screen ends with the last round
    recorder = ScreenRecorder(plan, session)
    try:
        status = run_screen(
            session,
            plan.options,
            leave_at_end=as_mtr,
            untraced=plan.untraced,
            baseline=plan.baseline,
            recorder=recorder.recordings,
        )
    finally:
        recorder.close(plan.program)
    if launcher is not None:
        launcher.close()
    if plan.options.look.report_on_exit:
        from .report.run import print_tables

        print_tables(plan, session.snapshots())
    if session.error is not None:  # said again where it stays readable
        raise session.error
    return status or (0 if plan.complete else 1)
