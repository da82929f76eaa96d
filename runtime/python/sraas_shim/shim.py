"""The life of one sandbox: loading its function, then ready and busy by turns."""

import os
from _signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask, valid_signals
from posix import getpid
from time import monotonic, time

from .call_handler import call_handler
from .context import Context, FunctionFacts
from .describe_error import describe
from .envelope import TooDeep, parse_envelope
from .event_loop import EventLoop, is_coroutine_function
from .frames import encode_frame
from .leftovers import Leftovers
from .load_handler import LoadError, load_handler
from .output import flush_output, say
from .process_end import crash, end, leave
from .result_json import encode_result
from .terms import EXIT_CRASHED, EXIT_PROTOCOL_VIOLATION, INVOKE, LOAD_FAILED, READY, RESULT, ProtocolError
from .trace_hooks import TraceHooks

HANDLER_ERROR = "handler_error"


class Shim:
    def __init__(self, channel, code_directory):
        self._channel = channel
        self._code_directory = code_directory
        self._event_loop = EventLoop()
        self._leftovers = Leftovers(self._event_loop)
        self._hooks = TraceHooks()
        self._process_id = getpid()
        self._handler = None
        self._facts = None
        self._result_bytes = 0

    def serve(self, begin):
        """Does what the host wanted first, and answers it until the process ends. Never returns."""
        try:
            begin()
            while True:
                self._invoke(self._channel.receive())
        except SystemExit as ending:
            self._leave(ending)
        except ProtocolError as error:
            say("ProtocolError: %s" % (error,))
            end(EXIT_PROTOCOL_VIOLATION)
        except BaseException as raised:
            # An alarm of the handler's, for example, that went off after its call.
            crash(raised, EXIT_CRASHED)

    def load(self, init):
        """Becomes the sandbox of a function, and tells whether its handler could be loaded."""
        started = monotonic()
        self._facts = FunctionFacts(init, time())
        self._result_bytes = init.result_bytes
        error = None
        self._channel.mark_output(init.output_mark)
        try:
            os.environ.update(init.env)
            self._handler = load_handler(self._code_directory, init.file, init.export)
            if is_coroutine_function(self._handler):
                self._event_loop.prepare()
            self._hooks.suspend()
        except SystemExit as ending:
            self._leave(ending)
        except LoadError as problem:
            error = str(problem)
        except BaseException as raised:
            self._hooks.suspend()
            error = describe(raised)
        self._stay_alone(error)
        flush_output()
        self._channel.mark_output(init.output_mark)
        if error is None:
            self._channel.send(encode_frame(READY, {"load_ms": _milliseconds(started)}), then_expect=(INVOKE,))
        else:
            self._channel.send(encode_frame(LOAD_FAILED, {}, error.encode("utf-8", "replace")))

    def _invoke(self, invoke):
        # While our own code runs, signals wait: those of the handler's alarms belong into its call, or end the sandbox.
        signals = pthread_sigmask(SIG_BLOCK, valid_signals())
        self._channel.mark_output(invoke.output_mark)
        try:
            event, caller = parse_envelope(invoke.envelope)
        except TooDeep as problem:
            status, body, duration_ms, reusable = HANDLER_ERROR, str(problem).encode(), 0, True
        else:
            self._leftovers.begin()
            context = Context(caller, self._facts, invoke)
            pthread_sigmask(SIG_SETMASK, signals)
            status, body, duration_ms = self._run(event, context)
            signals = pthread_sigmask(SIG_BLOCK, valid_signals())
            flush_output()
            reusable = self._leftovers.is_tidy()
        self._channel.mark_output(invoke.output_mark)
        head = {"id": invoke.id, "status": status, "duration_ms": duration_ms, "reusable": reusable}
        self._channel.send(encode_frame(RESULT, head, body), then_expect=(INVOKE,))
        pthread_sigmask(SIG_SETMASK, signals)

    def _run(self, event, context):
        """Status, body and duration of one call of the handler. Whatever it raises is its answer, but for SystemExit."""
        started = monotonic()
        try:
            self._hooks.resume()
            value = call_handler(self._handler, event, context, self._event_loop)
            duration_ms = _milliseconds(started)
            self._hooks.suspend()
            status, body = encode_result(value, self._result_bytes)
        except SystemExit as ending:
            self._leave(ending)
        except BaseException as raised:
            duration_ms = _milliseconds(started)
            self._hooks.suspend()
            status, body = HANDLER_ERROR, describe(raised).encode("utf-8", "replace")
        self._stay_alone(str(body, "utf-8") if status == HANDLER_ERROR else None)
        return status, body, duration_ms

    def _leave(self, ending):
        self._hooks.suspend()
        leave(ending)

    def _stay_alone(self, error):
        """A child that the handler forked, and that came back from it, has no business with the host."""
        if getpid() == self._process_id:
            return
        if error is not None:
            say(error)
        end(0 if error is None else EXIT_CRASHED)


def _milliseconds(started):
    # Beyond three decimals the clock only has noise.
    return round((monotonic() - started) * 1000, 3)
