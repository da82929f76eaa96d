"""Where asynchronous handlers run."""


class EventLoop:
    """One event loop for the sandbox's life, so that what a module opened at import goes on working in every call.

    It is made when it is first needed: most handlers are synchronous, and asyncio takes long to import.
    """

    def __init__(self):
        self._loop = None
        self._tasks_of = None

    def prepare(self):
        if self._loop is not None and not self._loop.is_closed():
            return
        import asyncio
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                # The one that user code has set, or what the version of Python gives where there is none.
                loop = asyncio.get_event_loop()
            except RuntimeError:
                loop = None
        if loop is None or loop.is_closed():
            loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        self._loop = loop
        self._tasks_of = asyncio.all_tasks

    def run(self, awaitable):
        """Waits for an awaitable's result. Raises what it raises."""
        self.prepare()
        return self._loop.run_until_complete(awaitable)

    def turn(self):
        """Lets the loop do what it could do at once."""
        if self._loop is None or self._loop.is_closed() or self._loop.is_running():
            return
        try:
            self._loop.call_soon(self._loop.stop)
            self._loop.run_forever()
        except Exception:
            # User code has taken asyncio apart; what it left shows in the count of tasks.
            pass

    def count_tasks(self):
        """How many tasks have not ended."""
        return 0 if self._loop is None else len(self._tasks_of(self._loop))


def is_coroutine_function(handler):
    code = getattr(handler, "__code__", None)
    return bool(getattr(code, "co_flags", 0) & 0x80)


def is_awaitable(value):
    return hasattr(type(value), "__await__")
