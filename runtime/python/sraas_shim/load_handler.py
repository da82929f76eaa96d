"""Finding the user's function."""

import sys
from _frozen_importlib import _find_spec, _gcd_import, module_from_spec
from _frozen_importlib_external import spec_from_file_location
from posix import stat
from stat import S_ISREG

from .library_finder import LibraryFinder

MAX_LISTED_NAMES = 20
LONE_MODULE = "__handler__"


class LoadError(Exception):
    """The handler cannot be had, for a reason that its message tells whole."""


def load_handler(code_directory, file, export):
    """Imports the handler's module, under the name that other modules of the function import it by, and finds the handler.

    Raises LoadError when it is not there, and whatever the module raises.
    """
    path = code_directory + "/" + file
    if not _is_file(path):
        raise LoadError("The handler's file %s is not among the function's files." % file)
    sys.path.insert(0, code_directory)
    sys.meta_path.insert(0, LibraryFinder())
    sys.argv = [path]
    module = _load(code_directory, file, path)
    missing = object()
    handler = vars(module).get(export, missing)
    if handler is missing:
        # A module may make its names on demand (PEP 562).
        handler = getattr(module, export, missing)
    if handler is missing:
        names = _names_in(module)
        others = "It exports: %s." % ", ".join(names) if names else "It exports nothing."
        raise LoadError("The module %s has no export named %s. %s" % (file, export, others))
    if not callable(handler):
        raise LoadError("The export %s of %s is of type %s, not a function." % (export, file, type(handler).__name__))
    return handler


def _load(code_directory, file, path):
    parts = file[: -len(".py")].split("/") if file.endswith(".py") else file.split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    name = ".".join(parts)
    if not any("." in part for part in parts) and _imports(name, path, code_directory):
        return _gcd_import(name)
    return _load_alone(path)


def _imports(name, path, code_directory):
    """Whether an import of this name gives this file: another file, or a module of Python's own, may have the name too."""
    loaded = sys.modules.get(name.partition(".")[0])
    if loaded is not None and not str(getattr(loaded, "__file__", "")).startswith(code_directory + "/"):
        return False
    package = name.rpartition(".")[0]
    try:
        path_of_package = getattr(_gcd_import(package), "__path__", ()) if package else None
        spec = _find_spec(name, path_of_package)
    except ModuleNotFoundError as error:
        # A package on the way that is none; else a package asked for something that is not there.
        if error.name is not None and (name + ".").startswith(error.name + "."):
            return False
        raise
    return spec is not None and spec.origin == path


def _load_alone(path):
    spec = spec_from_file_location(LONE_MODULE, path)
    if spec is None or spec.loader is None:
        raise LoadError("The handler's file %s is no Python module: its name has to end in .py." % path)
    module = module_from_spec(spec)
    sys.modules[LONE_MODULE] = module
    spec.loader.exec_module(module)
    return module


def _names_in(module):
    names = [name for name, value in vars(module).items() if not name.startswith("_") and type(value) is not type(sys)]
    return names if len(names) <= MAX_LISTED_NAMES else names[:MAX_LISTED_NAMES] + ["…"]


def _is_file(path):
    try:
        return S_ISREG(stat(path).st_mode)
    except OSError:
        return False
