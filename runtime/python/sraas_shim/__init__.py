"""The Python shim: our code inside a sandbox. docs/protocol.md says what it does; standard library only, Python 3.9 and newer."""
