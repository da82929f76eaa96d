"""The caller's event and context."""

from .json_text import from_json
from .terms import ProtocolError


class TooDeep(Exception):
    """Sound JSON with more levels than Python's json can follow."""


def parse_envelope(data):
    """The event and the members of the context. The host has checked the envelope: one that it cannot have let through is its fault."""
    try:
        envelope = from_json(data)
    except ValueError:
        raise ProtocolError("The envelope is not JSON.") from None
    except RecursionError:
        raise TooDeep(
            "The event has more levels of objects and arrays in each other than Python's json can follow."
        ) from None
    if not isinstance(envelope, dict):
        raise ProtocolError("The envelope is not an object.")
    context = envelope.get("context", {})
    if not isinstance(context, dict):
        raise ProtocolError("The context in the envelope is not an object.")
    return envelope.get("event", {}), context
