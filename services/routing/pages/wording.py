"""A standard's own words as people read them: limits, moments, roles, conditions, in one language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from libs.events.catalogue.promise import CalendarRef, Limit, Target, read_limit, read_moment
from libs.events.catalogue.standard import Confirmation, Gate, Label, Node, Standard
from libs.web.pages.naming import exception_name, named
from libs.web.problems import Language
from services.routing.domain.cases.pinned import node_of
from services.routing.domain.standards.roles import ASSIGNED


@dataclass(frozen=True, slots=True)
class Wording:
    """The words `t` of one language, over one standard."""

    t: Mapping[str, str]
    lang: Language
    standard: Standard | None = None

    def name(self, label: Label) -> str:
        """Return a name."""
        return named(label, self.lang)

    def other(self, label: Label) -> str:
        """Return the name in the other language."""
        return named(label, "en" if self.lang == "zh" else "zh")

    def limit(self, written: str) -> str:
        """Return a limit such as 3wd in words."""
        found = read_limit(written, dated=True)
        if found is None:
            return written
        if found.until is not None:
            return self.t[f"limit {found.until}"]
        one = f"limit {found.unit} 1"
        return self.t[one] if found.amount == 1 and one in self.t else self._amount(found)

    def _amount(self, limit: Limit) -> str:
        return self.t[f"limit {limit.unit}"].format(n=limit.amount)

    def limits(self, node: str) -> list[tuple[str, str]]:
        """Return the limits of a node, those for some cases only first: for which, and how long."""
        targets = self.standard.targets if self.standard else ()
        return [(self.when(one.when), self.limit(one.limit)) for one in targets if one.node == node]

    def warns(self, node: str) -> str:
        """Return at which marks the limit of a node warns, and whom; nothing where it does not."""
        targets = self.standard.targets if self.standard else ()
        return next((self.warned(one.warn) for one in targets if one.node == node), "")

    def warned(self, marks: Mapping[str, str]) -> str:
        """Return marks in words: when it warns, and whom."""
        return ", ".join(f"{mark} → {self.t[f'to {to}']}" for mark, to in marks.items())

    def limit_of_case(self, node: str, case: Mapping[str, str]) -> str:
        """Return the limit that a node has for a case; nothing if it has none."""
        targets = self.standard.targets if self.standard else ()
        fits = (one.limit for one in targets if one.node == node and one.when.items() <= case.items())
        return self.limit(next(fits, ""))

    def role(self, role: str) -> str:
        """Return who does the work."""
        if role == ASSIGNED:
            return self.t["role assigned"]
        if role.startswith("$"):
            return self.t["role named"].format(output=role[1:])
        label = self.standard.roles.get(role) if self.standard else None
        return self.name(label) if label else role

    def node(self, id: str) -> str:
        """Return a node's name."""
        found = node_of(self.standard, id) if self.standard else None
        return self.name(found.name) if found else id

    def moment(self, written: str) -> str:
        """Return a moment such as completed:n4 in words."""
        found = read_moment(written)
        if found is None:
            return self.t.get(f"moment {written}", written)
        return self.t[f"moment {found.what}"].format(node=self.node(found.node))

    def gates(self, node: Node) -> set[str]:
        """Return the decisions of a node."""
        return {gate.id for gate in node.gates}

    def gate(self, id: str) -> str:
        """Return the name of a decision."""
        nodes = self.standard.nodes if self.standard else ()
        return next((self.name(gate.name) for node in nodes for gate in node.gates if gate.id == id), id)

    def form(self, id: str) -> str:
        """Return the name of a form."""
        found = self.standard.forms.get(id) if self.standard else None
        return self.name(found) if found else id

    def exception(self, code: str) -> str:
        """Return the name of an abnormal situation."""
        return exception_name(self.standard, self.lang, code)

    def when(self, conditions: Mapping[str, str]) -> str:
        """Return conditions in words; nothing where every case is meant."""
        return self.t["and"].join(
            f"{self.scale(scale)}: {self.t.get(f'{scale} {word}', word)}" for scale, word in conditions.items()
        )

    def scale(self, name: str) -> str:
        """Return the name of a scale or of a field of a case."""
        return self.t.get(f"scale {name}", name)

    def subject(self, part: str, one: Any) -> str:
        """Return what a change is about."""
        match one:
            case Node(id=id, name=name):
                return f"{self.name(name)} ({id})"
            case Target(clock=clock, when=when, node=node):
                named = f"{self.t['node limit']} {self.node(node)}" if node else clock
                return f"{named} ({self.when(when)})" if when else named
            case (str(id), Label() as name):
                return f"{self.name(name)} ({id})"
        label = getattr(one, "name", None)
        id = getattr(one, "code", "") or getattr(one, "id", "")
        return f"{self.name(label)} ({id})" if isinstance(label, Label) and id else str(id)

    def value(self, field: str, value: Any) -> str:
        """Return one side of a change."""
        match value:
            case bool():
                said = self.t["yes"] if value else self.t["no"]
            case Label():
                said = f"{self.name(value)} / {self.other(value)}"
            case Confirmation():
                said = self.t[f"subject {value.subject}"] + (f" ({value.returns_to})" if value.returns_to else "")
            case CalendarRef():
                said = f"{value.id}, {self.t['version']} {value.version}"
            case {"properties": dict() as fields}:
                said = ", ".join(fields)
            case dict() if any(isinstance(one, tuple) for one in value.values()):
                said = "; ".join(f"{self.scale(name)}: {', '.join(words)}" for name, words in value.items())
            case dict():
                said = self.warned(value) if field == "warn" else self.when(value)
            case tuple():
                said = ", ".join(self._part(one) for one in value)
            case str():
                said = self._word(field, value)
            case _:
                said = "" if value is None else str(value)
        return said or "–"

    def _part(self, one: Any) -> str:
        match one:
            case Gate(name=name):
                return self.name(name)
            case Label():
                return self.name(one)
        return str(one)

    def _word(self, field: str, word: str) -> str:
        if field in ("role", "approver", "escalate_to"):
            return self.role(word)
        if field in ("each", "reopened"):
            return self.t.get(f"{field} {word}", word)
        lengths = dict.fromkeys(("limit", "pauses_at_most", "remind_every"), self.limit)
        said = {**lengths, "start": self.moment, "stop": self.moment}.get(field)
        return said(word) if said else word


def names_of_roles(standards: Iterable[Standard], w: Wording) -> dict[str, str]:
    """Return role → its name in the newest standard that declares it."""
    return {role: w.name(label) for one in standards for role, label in one.roles.items()}
