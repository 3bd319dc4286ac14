"""What pages call a thing that intake knows by its id."""

from collections.abc import Callable, Mapping


def worder(known: Mapping[str, str]) -> Callable[[str, str], str]:
    """Return what tells a word of a channel, a kind, a field; a client's own word stays as it is."""
    return lambda what, name: known.get(f"{what} {name}", name)
