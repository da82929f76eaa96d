"""Where the modules come from that most of Python's library is built on."""

from _frozen_importlib_external import PathFinder

from .log_defaults import set_log_defaults
from .private_library import LIBRARY

# A file of such a name in an upload would take the library apart for all that is imported later.
NAMES = frozenset(
    """
    __future__ _colorize _weakrefset collections contextlib copyreg enum functools heapq importlib keyword linecache logging
    operator re reprlib sre_compile sre_constants sre_parse string textwrap threading token tokenize traceback types warnings
    weakref
    """.split()
)


class LibraryFinder:
    """Finds them in the library, whatever is named like them before it on the path, and gives `logging` our defaults.

    None of them is loaded before something asks for it: they take more memory than all else in an idle sandbox.
    """

    def find_spec(self, name, _path=None, _target=None):
        if name not in NAMES:
            return None
        spec = PathFinder.find_spec(name, [LIBRARY])
        if spec is not None and name == "logging":
            spec.loader = _LoaderOfLogging(spec.loader)
        return spec


class _LoaderOfLogging:
    def __init__(self, loader):
        self._loader = loader

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        # What others see is the loader that it has anyway.
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        set_log_defaults(module)
