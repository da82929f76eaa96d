#!/bin/bash
# The event is on stdin, the result goes to stdout, everything else to stderr.
event=$(cat)
echo "asked with ${#event} bytes" >&2
name=$(sed -n 's/.*"name" *: *"\([^"]*\)".*/\1/p' <<<"$event")
printf 'Hello, %s!' "${name:-world}"
