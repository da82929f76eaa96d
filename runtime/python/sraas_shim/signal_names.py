"""The names of signals, as every shim tells them."""

import _signal

ALIASES = ("SIGCLD", "SIGIOT", "SIGPOLL", "SIGSTKFLT")

_NAMES = {
    number: name
    for name, number in vars(_signal).items()
    if name.startswith("SIG") and "_" not in name and name not in ALIASES
}


def signal_name(number):
    """`SIGSEGV` for 11; a signal without a name of its own goes by its number."""
    return _NAMES.get(number, "SIG%d" % number)
