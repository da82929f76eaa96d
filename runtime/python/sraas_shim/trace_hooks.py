"""Tracing and profiling functions of user code, which must not be called for the shim's own."""

from sys import getprofile, getrecursionlimit, gettrace, setprofile, setrecursionlimit, settrace

LOWEST_RECURSION_LIMIT = 1000


class TraceHooks:
    """Sets them aside between calls, and back for the next."""

    def __init__(self):
        self._trace = None
        self._profile = None

    def resume(self):
        settrace(self._trace)
        setprofile(self._profile)

    def suspend(self):
        self._profile = getprofile()
        self._trace = gettrace()
        setprofile(None)
        settrace(None)
        if getrecursionlimit() < LOWEST_RECURSION_LIMIT:
            setrecursionlimit(LOWEST_RECURSION_LIMIT)
