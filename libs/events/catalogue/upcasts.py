"""Old version → new version: one pure function on the data each, run when an old event is read."""

from collections.abc import Callable, Mapping
from typing import Any

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: Mapping[str, tuple[str, Upcast]] = {}
"""Old wire type → (next wire type, function). Chains are followed to the newest version."""
