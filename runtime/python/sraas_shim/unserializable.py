"""Looking for what kept a result from becoming JSON."""

from .json_text import quote

MAX_VISITS = 200_000
DEEP_LEVELS = 900
MAX_PATH_KEYS = 12
TOO_DEEP = "it has more levels of objects and arrays in each other than Python's json can follow."

_INFINITY = float("inf")
_HINTS = {
    "bytes": " Decode it, or encode it as base64.",
    "bytearray": " Decode it, or encode it as base64.",
    "set": " Make it a list.",
    "frozenset": " Make it a list.",
    "generator": " Make it a list.",
    "async_generator": " Collect what it yields in a list.",
    "coroutine": " Await it.",
}


def find_unserializable(root, is_plain, report_depth):
    """One sentence that says what it is and where; None when the reason is another or the search too long. Never raises.

    `is_plain` tells whether the shim has a form for a value that JSON does not know.
    """
    try:
        return _search(root, is_plain, report_depth)
    except BaseException:
        return None


class _Level:
    def __init__(self, value):
        self.value = value
        self.entries = iter(value.items()) if isinstance(value, dict) else iter(enumerate(value))
        self.key = None


def _search(root, is_plain, report_depth):
    levels = []
    containers = {}
    value = root
    for _ in range(MAX_VISITS):
        if isinstance(value, (dict, list, tuple)):
            if id(value) in containers:
                return "%s refers back to %s." % (_path(levels), _path(levels[: containers[id(value)]]))
            if len(levels) > DEEP_LEVELS:
                return TOO_DEEP if report_depth else None
            containers[id(value)] = len(levels)
            levels.append(_Level(value))
        else:
            reason = _reason(value, is_plain)
            if reason is not None:
                return "%s is %s" % (_path(levels), reason)
        while levels:
            level = levels[-1]
            try:
                key, value = next(level.entries)
            except StopIteration:
                del containers[id(level.value)]
                levels.pop()
                continue
            if isinstance(level.value, dict) and not (key is None or isinstance(key, (str, int, float, bool))):
                return "%s has a key of type %s. Keys are text." % (_path(levels[:-1]), type(key).__name__)
            level.key = key
            break
        else:
            return None
    return None


def _reason(value, is_plain):
    if value is None or isinstance(value, (str, bool)):
        return None
    if isinstance(value, float):
        if -_INFINITY < value < _INFINITY:
            return None
        return "%r, which JSON does not have. Return None or a text instead." % float(value)
    if isinstance(value, int):
        try:
            int.__repr__(value)
        except ValueError:
            return "a number of more digits than Python turns into text."
        return None
    if is_plain(value):
        return None
    kind = type(value).__name__
    return "of type %s, which JSON does not have.%s" % (kind, _HINTS.get(kind, ""))


def _path(levels):
    steps = [_step(level) for level in levels]
    if len(steps) > MAX_PATH_KEYS:
        steps = steps[:MAX_PATH_KEYS] + [" …"]
    return "result" + "".join(steps)


def _step(level):
    key = level.key
    if not isinstance(level.value, dict):
        return "[%d]" % key
    if isinstance(key, str):
        return "." + key if key.isidentifier() else "[%s]" % quote(key)
    return "[%r]" % (key,)
