"""What both sides of the channel have agreed on: the counterpart of runtime/frames/terms.ts, number by number."""

PROTOCOL_VERSION = 1

INIT = 1
INVOKE = 2
PROGRAM = 3
HELLO = 129
READY = 130
LOAD_FAILED = 131
RESULT = 132
OUTPUT = 133
EXITED = 134

DIRECTORY = "/run/sraas"
CHANNEL_SOCKET = "channel.sock"
OUTPUT_FIFO = "output"
CODE = "/function"

EXIT_CRASHED = 1
EXIT_PROTOCOL_VIOLATION = 70
EXIT_NO_TRANSPORT = 71
EXIT_NOT_FOUND = 127
EXIT_NOT_EXECUTABLE = 126

MAX_ERROR_TEXT_BYTES = 65_536
MAX_OUTPUT_BYTES = 65_536
MAX_ID_LENGTH = 128
MAX_NAME_LENGTH = 256

# The host is trusted: this only has to be more than any envelope or environment that an operator can allow.
MAX_HOST_FRAME_BYTES = 1_000_000_000
TYPE_AND_HEAD_LENGTH_BYTES = 5


class ProtocolError(Exception):
    """The host does not speak the protocol."""
