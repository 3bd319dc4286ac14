"""What decisions may look up: published once in a version, by id, and known to every service."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

V = TypeVar("V")


def no_names(value: Any) -> Iterable[str]:
    """Give no names."""
    return ()


@dataclass(frozen=True)
class Reference(Generic[V]):
    """One kind of what is published on topic `standards`; its owner declares it beside the event that publishes a version.

    `value` takes the published thing out of the event, `id` and `version` say which one it is, and `names` gives the words
    that it introduces.
    """

    kind: str
    event: type[Any]
    value: Callable[[Any], V]
    id: Callable[[V], str]
    version: Callable[[V], int]
    names: Callable[[V], Iterable[str]] = no_names

    def __post_init__(self) -> None:
        REFERENCES[self.event] = self

    def any_version(self, id: str) -> str:
        """Return the name under which subjects await another version."""
        return f"{self.kind} {id}"

    def one_version(self, id: str, version: int) -> str:
        """Return the name under which keys wait for this version."""
        return f"{self.kind} {id} version {version}"


REFERENCES: dict[type[Any], Reference[Any]] = {}
"""Every kind there is, by the event that publishes it."""
