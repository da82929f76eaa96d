"""What was raised, as text."""

from .private_library import private_module
from .stack_frames import format_frames
from .terms import MAX_ERROR_TEXT_BYTES

MAX_CAUSES = 10
MAX_ERRORS = 10
CUT_MARK = "\n… (cut)"
LAST_RESORT = "Something was raised that could not be described."

_CAUSED = "\nThe above exception was the direct cause of the following exception:\n\n"
_HANDLED = "\nDuring handling of the above exception, another exception occurred:\n\n"


def describe(raised):
    """Traceback and message of an exception, in Python's own form: causes before it, the errors of a group after it.

    At most MAX_ERROR_TEXT_BYTES bytes of UTF-8, without a line break at the end. Never raises, whatever it is given.
    """
    try:
        return _cut(_describe_chain(raised, set()).rstrip("\n"))
    except BaseException:
        return LAST_RESORT


def _describe_chain(raised, seen):
    """The newest is put together first, so that it is whole when there is not room for all."""
    text = ""
    current, link = raised, ""
    for older in range(MAX_CAUSES + 1):
        if id(current) in seen:
            return "%s is described elsewhere in this text.\n%s" % (_name(current), link + text)
        seen.add(id(current))
        text = _describe_one(current, seen) + link + text
        if len(text) > MAX_ERROR_TEXT_BYTES:
            return text
        current, link = _older(current)
        if current is None:
            return text
    return "Earlier exceptions are left out.\n" + link + text


def _older(raised):
    """What led to an exception, and the sentence in between."""
    if raised.__cause__ is not None:
        return raised.__cause__, _CAUSED
    if raised.__context__ is not None and not raised.__suppress_context__:
        return raised.__context__, _HANDLED
    return None, ""


def _describe_one(raised, seen):
    text = format_frames(raised.__traceback__) + _headline(raised)
    errors = getattr(raised, "exceptions", None)
    if not isinstance(errors, (tuple, list)):
        return text
    for position, error in enumerate(errors[:MAX_ERRORS], 1):
        if not isinstance(error, BaseException) or len(text) > MAX_ERROR_TEXT_BYTES:
            break
        text += "\nError %d of %d:\n" % (position, len(errors)) + _describe_chain(error, seen)
    if len(errors) > MAX_ERRORS:
        text += "\n%d more errors are left out.\n" % (len(errors) - MAX_ERRORS)
    return text


def _headline(raised):
    # Python's own words have the place of a syntax error and a hint at the name that was meant. They look at all that led
    # to the exception as well, and that may be endless.
    if _older(raised)[0] is None and not hasattr(raised, "exceptions"):
        try:
            whole = private_module("traceback").TracebackException
            return "".join(whole(type(raised), raised, raised.__traceback__, limit=0).format_exception_only())
        except Exception:
            pass
    lines = [_name(raised)]
    message = _message(raised)
    if message != "":
        lines[0] += ": " + message
    notes = getattr(raised, "__notes__", None)
    if isinstance(notes, list):
        lines += [str(note)[:MAX_ERROR_TEXT_BYTES] for note in notes[:MAX_ERRORS]]
    return "\n".join(lines) + "\n"


def _message(raised):
    try:
        return str(raised)[:MAX_ERROR_TEXT_BYTES]
    except Exception:
        return "<its message could not be read>"


def _name(raised):
    kind = type(raised)
    return kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else kind.__module__ + "." + kind.__qualname__


def _cut(text):
    data = text[: MAX_ERROR_TEXT_BYTES + 1].encode("utf-8", "backslashreplace")
    if len(data) <= MAX_ERROR_TEXT_BYTES and len(text) <= MAX_ERROR_TEXT_BYTES:
        return str(data, "utf-8")
    mark = CUT_MARK.encode()
    return str(data[: MAX_ERROR_TEXT_BYTES - len(mark)], "utf-8", "ignore") + CUT_MARK
