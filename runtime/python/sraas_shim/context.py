"""The handler's second argument."""

from time import gmtime, monotonic, strftime

_LONGEST_MS = 2**53


class FunctionFacts:
    """What a context says of the function; the same for all its invocations.

    What Lambda fills with names of its cloud has the same form here, with `local` for the region.
    """

    def __init__(self, init, started_at):
        version = str(init.function_version)
        self.function_name = init.function_name
        self.function_version = init.function_version
        self.memory_limit_mb = init.memory_limit_mb
        self.memory_limit_in_mb = str(init.memory_limit_mb)
        self.invoked_function_arn = "arn:sraas:lambda:local:000000000000:function:%s:%s" % (init.function_name, version)
        self.log_group_name = "/sraas/" + init.function_name
        self.log_stream_name = "%s/[%s]%x" % (
            strftime("%Y/%m/%d", gmtime(started_at)),
            version,
            int(started_at * 1000),
        )


class Context(dict):
    """A dict of the caller's members and ours, which win; every member is an attribute as well.

    The names that Lambda handlers expect, and the methods, are attributes only: so the dict stays JSON.
    """

    def __init__(self, caller, facts, invoke):
        super().__init__(caller)
        self.update(
            request_id=invoke.id,
            invocation_id=invoke.id,
            attempt=invoke.attempt,
            function_name=facts.function_name,
            function_version=facts.function_version,
            memory_limit_mb=facts.memory_limit_mb,
            deadline_ms=invoke.deadline_ms,
        )
        self.aws_request_id = invoke.id
        self.memory_limit_in_mb = facts.memory_limit_in_mb
        self.invoked_function_arn = facts.invoked_function_arn
        self.log_group_name = facts.log_group_name
        self.log_stream_name = facts.log_stream_name
        self.identity = None
        self.client_context = None
        self._deadline = monotonic() + min(invoke.remaining_ms, _LONGEST_MS) / 1000

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError("This context has no %s." % name) from None

    def get_remaining_time_ms(self):
        """Whole milliseconds until the deadline, by the sandbox's own clock; 0 when it has passed."""
        return max(0, int((self._deadline - monotonic()) * 1000))

    get_remaining_time_in_millis = get_remaining_time_ms
