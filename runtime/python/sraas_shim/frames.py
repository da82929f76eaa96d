"""The frames: bytes to values and back, with every field checked."""

from .json_text import from_json, to_json
from .terms import (
    INIT,
    INVOKE,
    MAX_HOST_FRAME_BYTES,
    MAX_ID_LENGTH,
    MAX_NAME_LENGTH,
    PROGRAM,
    PROTOCOL_VERSION,
    TYPE_AND_HEAD_LENGTH_BYTES,
    ProtocolError,
)

_INFINITY = float("inf")


class Init:
    """Which function this sandbox is for."""

    type = INIT

    def __init__(self, head):
        _check_version(head)
        entry = _object(head, "entry")
        self.function_name = _text(head, "function_name", MAX_NAME_LENGTH)
        self.function_version = _count(head, "function_version")
        self.file = _text(entry, "file")
        self.export = _text(entry, "export")
        self.env = _texts(head, "env")
        self.memory_limit_mb = _amount(head, "memory_limit_mb")
        self.result_bytes = _count(head, "result_bytes")
        self.output_mark = _optional_text(head, "output_mark")


class Invoke:
    """One call, with the caller's envelope as it came."""

    type = INVOKE

    def __init__(self, head, envelope):
        self.id = _text(head, "id", MAX_ID_LENGTH)
        self.attempt = _count(head, "attempt")
        self.deadline_ms = _amount(head, "deadline_ms")
        self.remaining_ms = _amount(head, "remaining_ms")
        self.output_mark = _optional_text(head, "output_mark")
        self.envelope = envelope


class Program:
    """A program to run once, in the place of a handler."""

    type = PROGRAM

    def __init__(self, head, stdin):
        _check_version(head)
        self.command = _list(head, "command")
        self.env = _texts(head, "env")
        self.directory = _optional_text(head, "directory")
        self.stdin = stdin


def encode_frame(number, head, tail=b""):
    """One frame in one piece, so that one write sends it."""
    head_bytes = to_json(head, None)
    length = TYPE_AND_HEAD_LENGTH_BYTES + len(head_bytes) + len(tail)
    return b"".join(
        (length.to_bytes(4, "big"), bytes((number,)), len(head_bytes).to_bytes(4, "big"), head_bytes, tail)
    )


def read_frame(read):
    """Reads the host's next frame; `read` gives exactly as many bytes as it is asked for. Raises ProtocolError."""
    length = int.from_bytes(read(4), "big")
    if length < TYPE_AND_HEAD_LENGTH_BYTES:
        raise ProtocolError("A frame is too short to have a head.")
    if length > MAX_HOST_FRAME_BYTES:
        raise ProtocolError("A frame of %d bytes is over the cap of %d." % (length, MAX_HOST_FRAME_BYTES))
    body = memoryview(read(length))
    head_end = TYPE_AND_HEAD_LENGTH_BYTES + int.from_bytes(body[1:5], "big")
    if head_end > length:
        raise ProtocolError("The head of a frame is longer than the frame.")
    head = _head(body[TYPE_AND_HEAD_LENGTH_BYTES:head_end])
    if body[0] == INIT:
        return Init(head)
    if body[0] == INVOKE:
        return Invoke(head, body[head_end:])
    if body[0] == PROGRAM:
        return Program(head, body[head_end:])
    raise ProtocolError("The host sent a frame that it has no use for: number %d." % body[0])


def _head(data):
    try:
        head = from_json(data)
    except (ValueError, RecursionError):
        raise ProtocolError("The head of a frame is not JSON in UTF-8.") from None
    if not isinstance(head, dict):
        raise ProtocolError("The head of a frame is not a JSON object.")
    return head


def _check_version(head):
    if _count(head, "protocol") != PROTOCOL_VERSION:
        raise ProtocolError("The host speaks another version.")


def _text(head, field, longest=None):
    value = head.get(field)
    if not isinstance(value, str) or value == "" or (longest is not None and len(value) > longest):
        raise _wrong(field, "text")
    return value


def _optional_text(head, field):
    return None if head.get(field) is None else _text(head, field)


def _amount(head, field):
    value = head.get(field)
    if type(value) not in (int, float) or not 0 <= value < _INFINITY:
        raise _wrong(field, "a number of at least 0")
    return value


def _count(head, field):
    value = head.get(field)
    if type(value) is not int or value < 0:
        raise _wrong(field, "a whole number of at least 0")
    return value


def _object(head, field):
    value = head.get(field)
    if not isinstance(value, dict):
        raise _wrong(field, "an object")
    return value


def _texts(head, field):
    value = _object(head, field)
    if not all(isinstance(entry, str) for entry in value.values()):
        raise _wrong(field, "an object of texts")
    return value


def _list(head, field):
    value = head.get(field)
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise _wrong(field, "a list of texts")
    if not value or value[0] == "":
        raise _wrong(field, "a list that begins with a text")
    return value


def _wrong(field, expected):
    return ProtocolError("The field %s of a frame is missing or is not %s." % (field, expected))
