"""Starts the shim. Run it with `python3 -I -B -X utf8 main.py`, in a sandbox without further arguments."""

import builtins
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import SourceFileLoader

PACKAGE = "sraas_shim"


class PrivateLoader(SourceFileLoader):
    """Gives a module built-in functions of its own: a handler that replaces `len` or `open` harms itself only."""

    functions = dict(vars(builtins))

    def exec_module(self, module):
        vars(module)["__builtins__"] = self.functions
        super().exec_module(module)


class ShimFinder:
    """Finds the shim's modules beside this file, which is not on the path that user code sees."""

    def __init__(self, directory):
        self._directory = directory

    def find_spec(self, name, _path=None, _target=None):
        package, _, module = name.partition(".")
        if package != PACKAGE:
            return None
        path = self._directory + "/" + package + "/" + (module or "__init__") + ".py"
        spec = ModuleSpec(name, PrivateLoader(name, path), origin=path, is_package=not module)
        spec.has_location = True
        return spec


def main():
    finder = ShimFinder(__file__.rpartition("/")[0])
    sys.meta_path.insert(0, finder)
    from sraas_shim.start import start

    shim, begin = start(sys.argv)
    sys.meta_path.remove(finder)
    shim.serve(begin)


# A child that multiprocessing spawns imports this file under another name.
if __name__ == "__main__":
    main()
