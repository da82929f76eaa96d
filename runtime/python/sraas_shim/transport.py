"""The ways to the host: descriptors 0, 1 and 2 are user code's, and something else is the channel's."""

import os
from _socket import AF_UNIX, SOCK_STREAM, socket
from posix import O_RDONLY, close, dup2, readv
from posix import open as open_descriptor

from .output import redirect_output, use_output, write_all
from .terms import CHANNEL_SOCKET, OUTPUT_FIFO

LOWEST_PRIVATE_DESCRIPTOR = 100


class SocketTransport:
    """A Unix socket that the host listens on; output goes into a FIFO beside it."""

    def __init__(self, directory):
        redirect_output(directory + "/" + OUTPUT_FIFO)
        self._socket = socket(AF_UNIX, SOCK_STREAM)
        self._socket.connect(directory + "/" + CHANNEL_SOCKET)

    def send(self, frame):
        self._socket.sendall(frame)

    def receive_into(self, view):
        return self._socket.recv_into(view)

    def mark_output(self, mark):
        _mark(2, mark)


class StdioTransport:
    """What the process was started with: frames come in on stdin and go out on stdout, all output goes to stderr."""

    def __init__(self):
        from fcntl import F_DUPFD_CLOEXEC, fcntl

        # Not inherited by children, and where a handler that closes the usual ones does not reach.
        self._input, self._output, self._log = (
            fcntl(descriptor, F_DUPFD_CLOEXEC, LOWEST_PRIVATE_DESCRIPTOR) for descriptor in (0, 1, 2)
        )
        nothing = open_descriptor(os.devnull, O_RDONLY)
        dup2(nothing, 0)
        close(nothing)
        dup2(2, 1)
        use_output()

    def send(self, frame):
        write_all(self._output, frame)

    def receive_into(self, view):
        return readv(self._input, (view,))

    def mark_output(self, mark):
        _mark(self._log, mark)


def open_transport(name, directory):
    """Raises OSError when there is no host at the other end, ValueError when there is no such transport."""
    if name == "socket":
        return SocketTransport(directory)
    if name == "stdio":
        return StdioTransport()
    raise ValueError(name)


def _mark(descriptor, mark):
    try:
        write_all(descriptor, mark.encode())
    except OSError:
        # User code has closed the output: a mark that does not come says so.
        pass
