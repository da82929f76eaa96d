"""The descriptors 1 and 2, and what Python prints to them."""

import sys
from _io import TextIOWrapper
from io import RawIOBase
from posix import O_NONBLOCK, O_WRONLY, close, dup2, set_blocking, set_inheritable, write
from posix import open as open_descriptor


def redirect_output(fifo_path):
    """Makes the descriptors 1 and 2 the FIFO that the host reads.

    So printing, raw writes and children all pass through one kernel pipe in the order in which they were written. Raises
    OSError when nobody reads the FIFO: the host opens it before it starts a sandbox.
    """
    # A blocking open waits for a reader, for ever when the host has died; this one fails with ENXIO. Source: fifo(7).
    opened = open_descriptor(fifo_path, O_WRONLY | O_NONBLOCK)
    set_blocking(opened, True)
    for descriptor in (1, 2):
        dup2(opened, descriptor)
        set_inheritable(descriptor, True)
    if opened > 2:
        close(opened)
    use_output()


def use_output():
    """Makes Python print to the descriptors 1 and 2 as they are."""
    sys.stdout = sys.__stdout__ = _text_stream(1, "<stdout>")
    sys.stderr = sys.__stderr__ = _text_stream(2, "<stderr>")


def flush_output():
    """Writes out what user code's own streams still hold, if it has put any in place of ours."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            # A stream that was closed, or is none.
            pass


def say(text):
    """Writes a line to descriptor 2, whatever has become of `sys.stderr`."""
    try:
        write_all(2, (text + "\n").encode("utf-8", "backslashreplace"))
    except OSError:
        # The exit code that follows says enough.
        pass


def write_all(descriptor, data):
    view = memoryview(data).cast("B")
    written = 0
    while written < len(view):
        try:
            # A signal may cut a write to a pipe short. Source: signal(7).
            written += write(descriptor, view[written:])
        except BlockingIOError:
            # A child that shares the pipe has changed its mode.
            set_blocking(descriptor, True)
    return written


class _Descriptor(RawIOBase):
    """A descriptor as a stream without a buffer: what is written to it is in the pipe, in its place in the order."""

    def __init__(self, descriptor, name):
        self._descriptor = descriptor
        self.name = name

    def fileno(self):
        return self._descriptor

    def writable(self):
        return True

    def write(self, data):
        return write_all(self._descriptor, data)


def _text_stream(descriptor, name):
    stream = TextIOWrapper(
        _Descriptor(descriptor, name), encoding="utf-8", errors="backslashreplace", newline="\n", write_through=True
    )
    stream.mode = "w"
    return stream
