"""Calling the user's function."""

from _contextvars import copy_context

from .event_loop import is_awaitable


def call_handler(handler, event, context, event_loop):
    """Calls a handler and waits for its result, whether it is synchronous or gives something to await.

    Raises what the handler raised, unchanged. Context variables that it sets are gone with the call.
    """
    scope = copy_context()
    value = scope.run(handler, event, context)
    return scope.run(event_loop.run, value) if is_awaitable(value) else value
