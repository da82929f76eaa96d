"""The order in which a sandbox's process begins."""

import sys
from posix import _exit

from .channel import Channel
from .frames import encode_frame
from .output import say
from .terms import CODE, DIRECTORY, EXIT_NO_TRANSPORT, HELLO, INIT, PROGRAM, PROTOCOL_VERSION
from .transport import open_transport


def start(arguments):
    """Says hello to the host, and waits for what it wants of this sandbox.

    Gives the shim that serves it from there on, and what that does first. Ends the process when there is no host.
    """
    directory = _argument(arguments, "--directory", DIRECTORY)
    code_directory = _argument(arguments, "--code", CODE)
    try:
        transport = open_transport(_argument(arguments, "--transport", "socket"), directory)
    except BaseException as error:
        say("There is no way to the host: %s" % (error,))
        _exit(EXIT_NO_TRANSPORT)
    channel = Channel(transport)
    channel.send(encode_frame(HELLO, _hello()), then_expect=(INIT, PROGRAM))
    channel.listen()
    # The rest takes longer to load, and the host has something to do meanwhile.
    from .shim import Shim

    shim = Shim(channel, code_directory)
    first = channel.receive()
    if first.type != PROGRAM:
        return shim, lambda: shim.load(first)
    from .program_run import ProgramRun

    return shim, ProgramRun(first, channel, code_directory).run


def _hello():
    version = ".".join(str(number) for number in sys.version_info[:3])
    return {"protocol": PROTOCOL_VERSION, "language": "python", "language_version": version}


def _argument(arguments, flag, default):
    return arguments[arguments.index(flag) + 1] if flag in arguments else default
