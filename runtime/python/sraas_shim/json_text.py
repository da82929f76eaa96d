"""JSON in and out, by the C functions below the standard library's `json`.

`json` itself looks its parts up in its modules at every call, where user code may have replaced them; taken from here they
stay what they were.
"""

from _json import encode_basestring, make_encoder, make_scanner

WHITESPACE = " \t\n\r"


def from_json(data):
    """The value of JSON in UTF-8. Raises ValueError when it is none, RecursionError when it has too many levels."""
    text = str(data, "utf-8").strip(WHITESPACE)
    try:
        return _scan(_exact_scanner, text)
    except ValueError:
        # Python limits the digits of an int (sys.set_int_max_str_digits), JSON does not.
        return _scan(_lenient_scanner, text)


def to_json(value, default):
    """The value as JSON in UTF-8, without blanks. `default` turns what JSON does not know into something that it does.

    Raises ValueError for NaN, infinities, cycles and numbers of too many digits, TypeError for keys that are no text,
    RecursionError for too many levels, and whatever user code in the value raises.
    """
    encode = make_encoder({}, default, encode_basestring, None, ":", ",", False, False, False)
    # Half of a surrogate pair can only be in a string, where the escape that Python writes is JSON's as well.
    return "".join(encode(value, 0)).encode("utf-8", "backslashreplace")


def quote(text):
    """A text as JSON."""
    return encode_basestring(text)


class _Rules:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    memo = {}

    @staticmethod
    def parse_constant(name):
        raise ValueError(name + " is not JSON")


class _LenientRules(_Rules):
    @staticmethod
    def parse_int(digits):
        try:
            return int(digits)
        except ValueError:
            return float(digits)


_exact_scanner = make_scanner(_Rules)
_lenient_scanner = make_scanner(_LenientRules)


def _scan(scanner, text):
    try:
        value, end = scanner(text, 0)
    except StopIteration:
        raise ValueError("no JSON") from None
    if end != len(text):
        raise ValueError("more than one JSON value")
    return value
