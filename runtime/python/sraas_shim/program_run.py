"""Running a program once, in the place of a handler."""

import os
from _signal import SIGPIPE, SIGXFSZ
from errno import E2BIG, EACCES, EAGAIN, ENOENT
from posix import (
    POSIX_SPAWN_DUP2,
    WEXITSTATUS,
    WIFSIGNALED,
    WNOHANG,
    WTERMSIG,
    chdir,
    close,
    pipe,
    posix_spawnp,
    read,
    set_blocking,
    waitpid,
    write,
)
from select import POLLIN, POLLOUT, poll
from time import monotonic

from .frames import encode_frame
from .signal_names import signal_name
from .terms import EXIT_NOT_EXECUTABLE, EXIT_NOT_FOUND, EXITED, MAX_OUTPUT_BYTES, OUTPUT

# How long a program's output may stay open behind it, by processes that it left.
GRACE_SECONDS = 0.2
# How often to look whether it has ended, on a kernel that does not tell by a descriptor.
LOOK_EVERY_SECONDS = 0.01
# A pipe holds at most 1 MiB unless its writer is privileged. Source: pipe-max-size in proc(5).
MOST_READS_AT_END = 1_048_576 // MAX_OUTPUT_BYTES + 1

FAILURES = {
    ENOENT: "command not found",
    EACCES: "permission denied",
    E2BIG: "argument list too long",
    EAGAIN: "too many processes",
}


class ProgramRun:
    """Tells the host of a program's output and its end. A frame is sent when the host has room for it: so a fast program waits."""

    def __init__(self, program, channel, code_directory):
        self._program = program
        self._channel = channel
        self._directory = program.directory or code_directory
        self._started = monotonic()
        self._poll = poll()
        self._streams = {}
        self._input = None
        self._left = memoryview(program.stdin)
        self._end = None
        self._process_id = 0
        self._process = None

    def run(self):
        try:
            self._spawn()
        except (OSError, ValueError) as error:
            self._fail(error)
            return
        while self._end is None:
            self._turn(None if self._process is not None else LOOK_EVERY_SECONDS)
            self._look()
        until = monotonic() + GRACE_SECONDS
        while self._streams and monotonic() < until:
            self._turn(until - monotonic())
        self._take_rest()
        self._tell_end()

    def _spawn(self):
        os.environ.update(self._program.env)
        chdir(self._directory)
        # None of them is inherited but by the names that the program knows them by.
        (input_end, self._input), (stdout, stdout_end), (stderr, stderr_end) = pipe(), pipe(), pipe()
        ends = (input_end, stdout_end, stderr_end)
        command = self._program.command
        self._process_id = posix_spawnp(
            command[0],
            command,
            os.environ,
            file_actions=[(POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(ends)],
            # In a group of its own: `kill 0`, which means a script and its children, is not for the shim.
            setpgroup=0,
            setsigmask=(),
            # What Python itself ignores.
            setsigdef=(SIGPIPE, SIGXFSZ),
        )
        for end in ends:
            close(end)
        for descriptor, name in ((stdout, "stdout"), (stderr, "stderr")):
            self._streams[descriptor] = name
            self._poll.register(descriptor, POLLIN)
        set_blocking(self._input, False)
        self._poll.register(self._input, POLLOUT)
        self._process = self._open_process()

    def _open_process(self):
        try:
            process = os.pidfd_open(self._process_id)
        except (AttributeError, OSError):
            return None
        self._poll.register(process, POLLIN)
        return process

    def _turn(self, seconds):
        for descriptor, _ in self._poll.poll(None if seconds is None else max(0, seconds * 1000)):
            if descriptor == self._input:
                self._give()
            elif descriptor in self._streams:
                self._take(descriptor)

    def _give(self):
        try:
            if self._left:
                self._left = self._left[write(self._input, self._left[:MAX_OUTPUT_BYTES]) :]
        except BlockingIOError:
            return
        except OSError:
            # It has closed its input, or ended: it wants no more.
            self._left = b""
        if not self._left:
            self._poll.unregister(self._input)
            close(self._input)
            self._input = None

    def _take(self, descriptor):
        """Tells a piece of output; false when there is none, now or ever."""
        try:
            piece = read(descriptor, MAX_OUTPUT_BYTES)
        except BlockingIOError:
            return False
        if piece:
            self._tell(self._streams[descriptor], piece)
            return True
        self._poll.unregister(descriptor)
        close(descriptor)
        del self._streams[descriptor]
        return False

    def _take_rest(self):
        """What the pipes hold at this moment, and nothing more."""
        for descriptor in list(self._streams):
            set_blocking(descriptor, False)
            for _ in range(MOST_READS_AT_END):
                if not self._take(descriptor):
                    break

    def _look(self):
        process_id, status = waitpid(self._process_id, WNOHANG)
        if process_id == 0:
            return
        if self._process is not None:
            self._poll.unregister(self._process)
        if WIFSIGNALED(status):
            self._end_with(None, signal_name(WTERMSIG(status)))
        else:
            self._end_with(WEXITSTATUS(status), None)

    def _fail(self, error):
        code = getattr(error, "errno", None)
        reason = FAILURES.get(code) or "cannot be started (%s)" % (getattr(error, "strerror", None) or error)
        line = "%s: %s\n" % (self._program.command[0], reason)
        self._tell("stderr", line.encode("utf-8", "backslashreplace"))
        self._end_with(EXIT_NOT_FOUND if code == ENOENT else EXIT_NOT_EXECUTABLE, None)
        self._tell_end()

    def _end_with(self, exit_code, signal):
        # Beyond three decimals the clock only has noise.
        duration_ms = round((monotonic() - self._started) * 1000, 3)
        self._end = {"exit_code": exit_code, "signal": signal, "duration_ms": duration_ms}

    def _tell(self, stream, piece):
        for start in range(0, len(piece), MAX_OUTPUT_BYTES):
            self._channel.send(encode_frame(OUTPUT, {"stream": stream}, piece[start : start + MAX_OUTPUT_BYTES]))

    def _tell_end(self):
        self._channel.send(encode_frame(EXITED, self._end))
