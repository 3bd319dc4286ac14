"""What an instance knows of the references: every published version, by kind and id."""

from collections.abc import Iterable
from copy import copy
from typing import Any, TypeVar

from libs.events.catalogue.references import REFERENCES, RETIRED, Reference
from libs.events.log.envelope import Fact

V = TypeVar("V")


class NotYetKnown(Exception):
    """A fact names a version that this instance has not read yet. The message is its name, as `Known.knows` has it."""


class Known:
    """The published versions of every reference.

    `read_to`: everything on topic `standards` before this offset is here. `published`: where each id was last published.
    `words`: every name that a published version gives.
    """

    def __init__(self, constants: Iterable[tuple[Reference[Any], Any]] = ()) -> None:
        """`constants` are known from the beginning; nobody waits for another version of them."""
        self._versions: dict[str, dict[str, dict[int, Any]]] = {}
        self._names: set[str] = set()
        self._retired: set[str] = set()
        self.words: set[str] = set()
        self.read_to = 0
        self.published: dict[str, int] = {}
        for of, value in constants:
            self.put(of, value)
        self.published.clear()

    def learn(self, fact: Fact, offset: int = 0) -> None:
        """Take in what the fact publishes or retires, if it does either."""
        if of := REFERENCES.get(fact.kind.cls):
            self.put(of, of.value(fact.data), offset)
        elif of := RETIRED.get(fact.kind.cls):
            self._retired.add(of.one_version(fact.key, fact.data.version))

    def put(self, of: Reference[V], value: V, offset: int = 0) -> None:
        """Take in a version that was published at this offset."""
        id, version = of.id(value), of.version(value)
        self._versions.setdefault(of.kind, {}).setdefault(id, {})[version] = value
        self._names.add(of.one_version(id, version))
        self.words |= set(of.names(value))
        self.published[of.any_version(id)] = offset

    def instead(self, of: Reference[V], values: Iterable[V]) -> "Known":
        """Return what would be known if these versions were published, or stood in place of those that are."""
        told = copy(self)
        told._versions = {kind: {id: dict(versions) for id, versions in ids.items()} for kind, ids in self._versions.items()}
        told._names, told.words, told.published = set(self._names), set(self.words), dict(self.published)
        for value in values:
            told.put(of, value)
        return told

    def knows(self, name: str) -> bool:
        """Test whether the version that somebody waits for is here."""
        return name in self._names

    def version(self, of: Reference[V], id: str, version: int) -> V:
        """Return one version, or raise NotYetKnown."""
        try:
            found: V = self._versions[of.kind][id][version]
        except KeyError:
            raise NotYetKnown(of.one_version(id, version)) from None
        return found

    def latest(self, of: Reference[V], id: str) -> V | None:
        """Return the newest published version, or nothing."""
        found = self.versions(of, id)
        return found[-1] if found else None

    def newest(self, of: Reference[V]) -> dict[str, V]:
        """Return the newest published version of each id."""
        return {id: versions[-1] for id in self.ids(of) if (versions := self.versions(of, id))}

    def versions(self, of: Reference[V], id: str, since: int = 0) -> list[V]:
        """Return the published versions from `since` on, in order."""
        found: dict[int, V] = self._versions.get(of.kind, {}).get(id, {})
        return [found[version] for version in sorted(found) if version >= since]

    def is_retired(self, of: Reference[V], value: V) -> bool:
        """Test whether nothing new comes under this version any more."""
        return of.one_version(of.id(value), of.version(value)) in self._retired

    def ids(self, of: Reference[Any]) -> list[str]:
        """Return every id of which a version is published."""
        return sorted(self._versions.get(of.kind, {}))
