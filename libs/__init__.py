"""What all services stand on: the kernel around the log, and the HTTP shell."""

VERSION = "0.1.0"
"""Of the whole distribution; pyproject.toml, the command, /openapi.json and docs/asyncapi.json take it from here."""
