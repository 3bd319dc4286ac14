"""The checks share a view: the history, the evidence, and the log without its echoes."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.faults.evidence import Evidence, Record
from tests.faults.history import History

Complaints = Iterator[str]


@dataclass(slots=True)
class View:
    """`firsts` are the first occurrences of every number on the log; `looked_at` counts the things that were checked."""

    history: History
    evidence: Evidence
    firsts: list[Record] = field(default_factory=list)
    by_key: dict[str, list[Record]] = field(default_factory=dict)
    by_id: dict[str, Record] = field(default_factory=dict)
    looked_at: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, history: History, evidence: Evidence) -> "View":
        """Return the view of a run."""
        numbered: dict[tuple[str, str, int, int], Record] = {}
        for record in evidence.log:
            numbered.setdefault((record.part, record.source, record.epoch, record.seq), record)
        by_key: dict[str, list[Record]] = defaultdict(list)
        for record in numbered.values():
            by_key[record.key].append(record)
        firsts = list(numbered.values())
        return cls(history, evidence, firsts, dict(by_key), {record.id: record for record in firsts})

    def of_type(self, key: str, *types: str) -> Sequence[Record]:
        """Return the facts of a subject, of these types."""
        return [record for record in self.by_key.get(key, ()) if record.type in types]

    def registered(self) -> list[str]:
        """Return the cases of the log."""
        return sorted({record.key for record in self.firsts if record.type == "case.registered.v1"})
