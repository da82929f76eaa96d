"""The ends of this process."""

import atexit
from posix import _exit

from .describe_error import describe
from .output import flush_output, say


def leave(ending):
    """Ends the process as a SystemExit says: what user code registered with atexit runs, other threads are not waited for."""
    code = ending.code
    if code is None:
        code = 0
    elif not isinstance(code, int):
        try:
            print_text = str(code)
        except BaseException:
            print_text = "SystemExit"
        flush_output()
        say(print_text)
        code = 1
    try:
        atexit._run_exitfuncs()
    except BaseException:
        # The last that a function of atexit raised; they have printed it themselves.
        pass
    end(code & 0xFF)


def crash(raised, code):
    """Ends the process with a reason that no invocation can be told of."""
    flush_output()
    say(describe(raised))
    _exit(code)


def end(code):
    flush_output()
    _exit(code)
