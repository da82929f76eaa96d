"""The frames of a traceback that say something about the user's code."""

from .private_library import LIBRARY, private_module

MAX_FRAMES = 40
MAX_FRAME_CHARACTERS = 1000

_SHIM = __file__.rpartition("/")[0] + "/"
_PACKAGES = ("/site-packages/", "/dist-packages/")


def format_frames(traceback):
    """The frames as Python shows them, outermost first; empty when there are none to show.

    Left out are those of the shim, and those of Python's own library that lie outside the user's outermost one. Of many
    frames the first and the last are shown.
    """
    entries = [entry for entry in _entries(traceback) if not _file_of(entry).startswith(_SHIM)]
    users = next((index for index, entry in enumerate(entries) if not _is_library(_file_of(entry))), len(entries))
    entries = entries[users:]
    if not entries:
        return ""
    left_out = len(entries) - MAX_FRAMES
    lines = ["Traceback (most recent call last):\n"]
    if left_out <= 0:
        lines += map(_format, entries)
    else:
        lines += map(_format, entries[: MAX_FRAMES // 2])
        lines.append("  … %d more frames …\n" % left_out)
        lines += map(_format, entries[-MAX_FRAMES // 2 :])
    return "".join(lines)


def _entries(traceback):
    entries = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    return entries


def _file_of(entry):
    return entry.tb_frame.f_code.co_filename


def _is_library(file):
    if file.startswith("<frozen "):
        return True
    return file.startswith(LIBRARY + "/") and not any(packages in file for packages in _PACKAGES)


def _format(entry):
    try:
        text = "".join(private_module("traceback").extract_tb(entry, limit=1).format())
    except Exception:
        # There is no memory, or no descriptor, left to read the library or the source line with.
        code = entry.tb_frame.f_code
        text = '  File "%s", line %s, in %s' % (code.co_filename, entry.tb_lineno, code.co_name)
    lines = [line for line in text[:MAX_FRAME_CHARACTERS].split("\n") if not line.isspace()]
    return "\n".join(lines).rstrip("\n") + "\n"
