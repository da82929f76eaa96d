"""What a handler returned, as bytes for the channel."""

import sys

from .describe_error import describe
from .json_text import to_json
from .unserializable import find_unserializable

OK = "ok"
BAD_RESULT = "bad_result"
OUTPUT_TOO_LARGE = "output_too_large"


def encode_result(value, max_bytes):
    """The status, and the result's JSON or the text that says why there is none. Never raises.

    Calls what user code has in the value: properties of subclasses, `isoformat`, `__str__`.
    """
    try:
        data = to_json(value, _plain)
    except BaseException as raised:
        return BAD_RESULT, _explain(value, raised).encode("utf-8", "replace")
    if len(data) <= max_bytes:
        return OK, data
    sentence = "The result is %d bytes of JSON; the limit is %d bytes (limits.result_bytes)."
    return OUTPUT_TOO_LARGE, (sentence % (len(data), max_bytes)).encode()


class NotJson(TypeError):
    """A value that JSON has no form for."""


def _plain(value):
    """Dates and times as ISO 8601, decimals and UUIDs as text: the form in which nothing is lost."""
    if _is_a(value, "datetime", "date") or _is_a(value, "datetime", "time"):
        return value.isoformat()
    if _is_a(value, "uuid", "UUID") or (_is_a(value, "decimal", "Decimal") and value.is_finite()):
        return str(value)
    raise NotJson


def _is_a(value, module, name):
    # Whoever has made such a value has imported its module.
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(value, kind)


def _explain(value, raised):
    reason = find_unserializable(value, _is_plain, isinstance(raised, RecursionError))
    if reason is not None:
        return "The result is not JSON: " + reason
    if isinstance(raised, NotJson):
        return "The result is not JSON: it holds a value that JSON has no form for."
    return "The result could not be turned into JSON.\n" + describe(raised)


def _is_plain(value):
    try:
        _plain(value)
    except NotJson:
        return False
    return True
