"""The frames to and from the host."""

from _signal import SIG_BLOCK, pthread_sigmask, valid_signals
from _thread import allocate_lock, start_new_thread
from posix import _exit

from .frames import read_frame
from .output import say
from .terms import EXIT_PROTOCOL_VIOLATION, ProtocolError


class Channel:
    """Sends frames, and takes those of the host in a thread of its own, so that it hears of everything at once.

    The process ends in that thread: with exit code 0 when the host hangs up, without running anything that the handler
    left for its end, and with 70 when a frame comes that was not expected.
    """

    def __init__(self, transport):
        self._transport = transport
        self._expected = ()
        self._frame = None
        self._arrival = allocate_lock()
        self._arrival.acquire()

    def listen(self):
        start_new_thread(self._listen, ())

    def send(self, frame, then_expect=()):
        """Sends one frame. `then_expect` has the types of frames of which the host may send one from here on."""
        self._expected = then_expect
        self._transport.send(frame)

    def mark_output(self, mark):
        """Writes the host's mark, if it gave one, to the output; see docs/protocol.md, Transports."""
        if mark is not None:
            self._transport.mark_output(mark)

    def receive(self):
        """Waits for the next frame, without using the processor."""
        self._arrival.acquire()
        frame, self._frame = self._frame, None
        return frame

    def _listen(self):
        # Signals are for user code, which runs in the main thread.
        pthread_sigmask(SIG_BLOCK, valid_signals())
        try:
            while True:
                frame = read_frame(self._read)
                if frame.type not in self._expected:
                    raise ProtocolError("A frame came at the wrong time: number %d." % frame.type)
                self._expected = ()
                self._frame = frame
                self._arrival.release()
        except OSError:
            _exit(0)
        except BaseException as error:
            say("ProtocolError: %s" % (error,))
            _exit(EXIT_PROTOCOL_VIOLATION)

    def _read(self, size):
        data = bytearray(size)
        view = memoryview(data)
        received = 0
        while received < size:
            count = self._transport.receive_into(view[received:])
            if count == 0:
                raise OSError("The host has hung up.")
            received += count
        return data
