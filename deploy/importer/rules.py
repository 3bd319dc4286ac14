"""The ordered fact rules of a mapping: which rows they look at, when they fit, and which fact they give."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from deploy.importer.conditions import Condition, columns_of, read_condition, surely_present
from deploy.importer.head import Clocks
from deploy.importer.part import Part
from deploy.importer.shapes import Shape, importable, shapes_of
from deploy.importer.templates import Cell, Maps, Template, cells_of, read_template

ON = ("first", "last", "every", "once", "otherwise")
KEYS = ("on", "when", "fact", "at", "data", "reason")
FACTS = importable()
REGISTERED = "case.registered"


@dataclass(frozen=True)
class Pinned:
    """The version of the process standard of every case of the log."""

    id: str
    version: int


@dataclass(frozen=True)
class Context:
    """The parts of the file that a rule may refer to."""

    system: str
    clocks: Clocks
    maps: Maps
    process: Pinned

    @property
    def times(self) -> list[str]:
        """Return the names of all times."""
        return [*self.clocks.formats, *self.clocks.moments]


@dataclass(frozen=True)
class Rule:
    """One entry under `facts`. With a `reason` instead of a `fact` it says why a row gives no fact."""

    on: str
    when: Condition
    change_of: tuple[str, ...] = ()
    fact: str = ""
    at: tuple[str, ...] = ()
    data: Template = None
    reason: str = ""


def read_pinned(part: Part) -> Pinned:
    """Return the pinned process."""
    part.known(("id", "version", "standard"))
    return Pinned(part.part("id").word("it-ticket"), part.part("version").number("1"))


def read_rules(part: Part, context: Context) -> tuple[Rule, ...]:
    """Return the rules in their order."""
    found = tuple(_read_rule(one, context) for one in part.items())
    if not any(rule.fact == REGISTERED for rule in found):
        part.fault("no rule says case.registered; begin with `- {on: first, fact: case.registered, …}`")
    return found


def _read_rule(part: Part, context: Context) -> Rule:
    part.known(KEYS)
    on, change_of = _read_on(part.part("on"))
    when = read_condition(part.part("when"))
    if part.has("reason"):
        if part.has("fact"):
            part.fault("has both `fact` and `reason`; a row either gives this fact or has a reason to give none")
        return Rule(on, when, change_of, reason=part.part("reason").word("still waiting: said already"))
    fact = part.part("fact").word("case.assigned")
    if fact not in FACTS:
        part.part("fact").fault(f"{fact!r} cannot be imported; write one of {', '.join(sorted(FACTS))}")
        return Rule(on, when, change_of)
    return Rule(on, when, change_of, fact, _read_at(part.part("at"), context), _read_data(part, fact, when, context))


def _read_on(part: Part) -> tuple[str, tuple[str, ...]]:
    if not isinstance(part.value, dict):
        return part.choice((*ON, "{change: [columns]}") if part.value not in ON else ON), ()
    part.known(("change",))
    return "change", part.part("change").names("[assigned_group, assigned_to]")


def _read_at(part: Part, context: Context) -> tuple[str, ...]:
    columns = part.words("updated_at")
    for column in columns:
        if column not in context.times:
            known = ", ".join(context.times)
            part.fault(f"{column!r} is no time column; write one of {known}, or list it under times.columns")
    return tuple(column for column in columns if column in context.times)


def _read_data(part: Part, fact: str, when: Condition, context: Context) -> Template:
    data, shapes = part.part("data"), shapes_of(FACTS[fact].cls)
    if fact == REGISTERED:
        shapes.pop("system")  # intake says it
    pinned = _pinned_data(fact, context)
    data.known([name for name in shapes if name not in pinned])
    given = {name: one for name, one in data.entries().items() if name in shapes}
    for name, shape in shapes.items():
        if shape.required and name not in given and name not in pinned:
            data.fault(f"{fact} must say {name!r}; write `{name}: word` or `{name}: {{column: name}}`")
    template = {name: read_template(one, shapes[name], context.maps) for name, one in given.items()}
    for name, one in given.items():
        _refuse_gaps(one, shapes[name], template[name], when, context)
    return template | pinned


def _pinned_data(fact: str, context: Context) -> dict[str, Any]:
    """Return the fields of a fact that follow from the head of the file; no rule may set them."""
    match fact:
        case "case.registered":
            return {"process_id": context.process.id, "process_version": context.process.version}
        case "import.figures_stated":
            return {"system": context.system}
    return {}


def _refuse_gaps(part: Part, shape: Shape, template: Template, when: Condition, context: Context) -> None:
    for cell in cells_of(template):
        if cell.kind == "time" and cell.column not in context.times:
            part.fault(f"{cell.column!r} is no time column; list it under times.columns with its format")
        if shape.required and template is cell and not cell.missing:
            for column in _not_given(cell, when, context):
                part.fault(
                    f"must be said, and {column} may be missing; add `missing: word` to the column, "
                    f"or `{column}: {{missing: no}}` to `when`"
                )


def _not_given(cell: Cell, when: Condition, context: Context) -> list[str]:
    """Return the columns of the cell that may be missing although the rule's condition holds."""
    moment = context.clocks.moments.get(cell.column) if cell.kind == "time" else None
    if cell.previous:
        when = tuple(tuple(test.previous for test in group if test.previous) for group in when)
    return [column for column in (moment.columns if moment else (cell.column,)) if not surely_present(when, column)]


def columns_of_all(rules: Iterable[Rule]) -> set[str]:
    """Return every column that the rules look at."""
    found: set[str] = set()
    for rule in rules:
        cells = {cell.column for cell in cells_of(rule.data) if cell.kind != "time"}
        found |= columns_of(rule.when) | {*rule.change_of} | cells
    return found
