"""Python's own library as no user code has changed it, loaded when the shim needs it.

Its modules live beside `sys.modules`, so that user code never meets them: what it has replaced in modules of the same names,
in `sys` or on the way of an import does not change them, nor do files in an upload that are named like them. Only modules
written in C are shared with it.
"""

import os
import sys
from _frozen_importlib import BuiltinImporter, ModuleSpec, module_from_spec
from _frozen_importlib_external import SourceFileLoader

LIBRARY = os.path.dirname(os.__file__)

_Module = type(sys)
_SYS = dict(vars(sys))


class _FileLoader(SourceFileLoader):
    def get_data(self, path):
        # Python's own way imports something at this point, by what user code may have replaced.
        with open(path, "rb") as file:
            return file.read()


class _PrivateLibrary:
    """Imports modules from the folder of the library, and gives them an `import` that does the same."""

    def __init__(self):
        self._modules = {}
        self._functions = {}

    def load(self, name):
        """The module of this name. Raises ImportError when the library has none, and what a module raises."""
        if not self._modules:
            self._begin()
        module = self._modules.get(name)
        if module is not None:
            return module
        parent, _, child = name.rpartition(".")
        if parent:
            self.load(parent)
            if name in self._modules:
                return self._modules[name]
        module = self._load_source(name) or _shared(name)
        self._modules[name] = module
        if parent:
            setattr(self._modules[parent], child, module)
        return module

    def _begin(self):
        # The shim's own, which are as they were before any user code; see main.py.
        self._functions = dict(__builtins__, __import__=self._import)
        self._modules["builtins"] = _module_of("builtins", self._functions)
        # Modules look each other up in `sys.modules`, and add themselves to it.
        self._modules["sys"] = _module_of("sys", dict(_SYS, modules=self._modules))

    def _load_source(self, name):
        """None when there is no Python file of this name."""
        base = LIBRARY + "/" + name.replace(".", "/")
        for path, is_package in ((base + "/__init__.py", True), (base + ".py", False)):
            loader = _FileLoader(name, path)
            try:
                code = loader.get_code(name)
            except FileNotFoundError:
                continue
            spec = ModuleSpec(name, loader, origin=path, is_package=is_package)
            spec.has_location = True
            return self._execute(module_from_spec(spec), code)
        return None

    def _execute(self, module, code):
        name = module.__name__
        vars(module)["__builtins__"] = self._functions
        self._modules[name] = module
        try:
            exec(code, vars(module))
        except BaseException:
            del self._modules[name]
            raise
        # A module may have put another one in its place.
        return self._modules[name]

    def _import(self, name, importer=None, _locals=None, names=(), level=0):
        """What an `import` statement calls, in the form of `__import__`."""
        if level > 0:
            package = importer["__package__"].split(".")
            name = ".".join(package[: len(package) - level + 1] + ([name] if name else []))
        module = self.load(name)
        if not names:
            return self.load(name.partition(".")[0])
        if hasattr(module, "__path__"):
            for submodule in names:
                if submodule != "*" and not hasattr(module, submodule):
                    self.load(name + "." + submodule)
        return module


def _shared(name):
    """A module written in C: the one that user code has, if it has one."""
    module = sys.modules.get(name)
    if module is not None:
        return module
    spec = BuiltinImporter.find_spec(name)
    if spec is None:
        raise ImportError("Python's library has no module %s." % name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _module_of(name, members):
    module = _Module(name)
    vars(module).update(members)
    return module


_library = _PrivateLibrary()


def private_module(name):
    """A module of the library. Raises ImportError when there is none of this name, and what loading it raises."""
    return _library.load(name)
