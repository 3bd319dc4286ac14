"""The checks of a standard: each yields the faults of one kind."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from libs.events.catalogue.phases import OUTCOMES
from libs.events.catalogue.promise import APART, Reopening, Target, read_limit, read_moment
from libs.events.catalogue.standard import RAISES, REJECTION, Rule, Standard
from libs.events.words.event import Occurrence, occurrence_of
from libs.events.words.refusal import nearest
from services.routing.domain.standards.forms import form_faults
from services.routing.domain.standards.notices import notice_faults
from services.routing.domain.standards.page import Fault
from services.routing.domain.standards.reading import Written
from services.routing.domain.standards.roles import role_faults

NODES_MAX = 100
CLASSIFY_GIVES = ("service_class", "category", "severity", "grade")
ASSIGN_GIVES = ("team", "agent", "role")
INTAKE_GIVES = ("channel", "kind")


def judge(written: Written) -> list[Fault]:
    """Return every fault of the standard, the first of each place only."""
    found = [*written.faults, *(fault for check in CHECKS for fault in check(written))]
    return list({fault.path: fault for fault in reversed(found)}.values())[::-1]


def _id(written: Written) -> Iterable[Fault]:
    if (id := written.standard.process_id) in APART:
        yield Fault("id", f"`{id}` stands for what is promised about each {id}", f"write another id, for example `{id}-handling`")


def _nodes(written: Written) -> Iterable[Fault]:
    nodes = written.standard.nodes
    if not 0 < len(nodes) <= NODES_MAX:
        yield Fault("nodes", f"there are {len(nodes)} nodes", f"write 1 to {NODES_MAX}")
    yield from _repeated("nodes", [node.id for node in nodes])
    resolving = [node.id for node in nodes if node.resolves]
    if len(resolving) != 1:
        problem = f"{len(resolving)} nodes resolve the case"
        yield Fault("nodes.resolves", problem, "write `resolves: true` at the one node whose completion meets the need")


def _inputs(written: Written) -> Iterable[Fault]:
    supplied = set(written.sources)
    for node in written.standard.nodes:
        for missing in [name for name in node.inputs if name not in supplied]:
            instead = f"let an earlier node put out `{missing}`, or list it under `sources`"
            yield Fault(f"nodes.{node.id}.inputs", f"nothing before supplies `{missing}`", instead)
        supplied |= node.leaves


def _gates(written: Written) -> Iterable[Fault]:
    nodes = written.standard.nodes
    yield from _repeated("gates", [gate.id for node in nodes for gate in node.gates])
    for place, node in enumerate(nodes):
        for gate in node.gates:
            earlier = [one.id for one in nodes[:place]]
            if gate.returns_to and gate.returns_to not in earlier:
                instead = f"name one of {', '.join(earlier)}, or leave it out" if earlier else "leave it out"
                yield Fault(f"gates.{gate.id}.returns_to", f"`{gate.returns_to}` does not come before {node.id}", instead)


def _calendar(written: Written) -> Iterable[Fault]:
    standard = written.standard
    waits = (text for one in standard.exceptions for text in (one.pauses_at_most, one.remind_every))
    limits = [*(one.limit for one in standard.targets), *waits]
    working = [text for text in limits if (limit := read_limit(text)) and limit.works]
    if working and standard.calendar is None:
        instead = "write `calendar: {id: …, version: …}`"
        yield Fault("calendar", f"`{working[0]}` needs working time and no calendar is named", instead)


def _moments(written: Written) -> Iterable[Fault]:
    nodes = {"", *(node.id for node in written.standard.nodes)}
    for target in written.standard.targets:
        for key, moment in (("from", target.start), ("until", target.stop)):
            read = read_moment(moment)  # None was refused when the target was read
            if read is not None and read.node not in nodes:
                near = nearest(read.node, nodes)
                meant = f"did you mean `{near[0]}`? " if near else ""
                instead = f"{meant}write the id of a node behind the colon"
                yield Fault(f"{_place(target)}.{key}", f"there is no node for the moment `{moment}`", instead)


def _dates(written: Written) -> Iterable[Fault]:
    timed = {one.clock for one in written.standard.targets if not is_dated(one)}
    for target in filter(is_dated, written.standard.targets):
        if target.reopened == Reopening.CONTINUE:
            yield Fault(f"{_place(target)}.reopened", "a date leaves no time to go on with", "write `new` or `ignore`")
        if target.pauses and target.clock not in timed:
            code = target.pauses[0]
            yield Fault(f"exceptions.{code}.pauses", f"`{target.clock}` is due by a date, which no wait moves", "leave it out")


def is_dated(target: Target) -> bool:
    """Test whether a promise is due by a date of the case."""
    limit = read_limit(target.limit, dated=True)
    return limit is not None and limit.until is not None


def _names(written: Written) -> Iterable[Fault]:
    named = [(f"nodes.{node.id}", node.id) for node in written.standard.nodes]
    named += [(_place(target), target.clock) for target in written.standard.targets if not target.node]
    for place, name in named:
        if (read := occurrence_of(name)) != Occurrence(name):
            yield Fault(
                place,
                f"reads as number {read.number} of `{read.name}`",
                f"write another name, for example `{read.name}-{read.number}`",
            )


def _rules(written: Written) -> Iterable[Fault]:
    standard = written.standard
    yield from _repeated("rules", [rule.id for rule in (*standard.classify, *standard.assign)])
    told = (*INTAKE_GIVES, *standard.attributes)
    values = {**standard.values, **({"channel": standard.channels} if standard.channels else {})}
    yield from _rule_words(standard.classify, "classify", told, CLASSIFY_GIVES, values)
    yield from _rule_words(standard.assign, "assign", (*told, *CLASSIFY_GIVES), ASSIGN_GIVES, values)


def _rule_words(
    rules: Sequence[Rule], place: str, asks: Sequence[str], gives: Sequence[str], values: Mapping[str, Sequence[str]]
) -> Iterable[Fault]:
    for rule in rules:
        for key, words, known in (("when", rule.when, asks), ("then", rule.then, gives)):
            for word in words:
                if word not in known:
                    instead = f"use one of {', '.join(known)}" + (", or declare it under `attributes`" * (key == "when"))
                    yield Fault(f"{place}.{rule.id}.{key}", f"knows no `{word}`", instead)
        if not rule.when and rule is not rules[-1]:
            yield Fault(f"{place}.{rule.id}.when", "fits every case, so no later rule is ever asked", "move it to the end")
        for word, value in rule.when.items():
            if value not in values.get(word, (value,)):
                instead = f"use one of {', '.join(values[word])}, or declare it under `attributes`"
                yield Fault(f"{place}.{rule.id}.when.{word}", f"no case has `{value}`", instead)
        if not rule.then:
            yield Fault(f"{place}.{rule.id}.then", "sets nothing", f"set one of {', '.join(gives)}")


def _scales(written: Written) -> Iterable[Fault]:
    used = _words_used(written.standard)
    for scale, declared in written.scales.items():
        for word in sorted(used[scale] - set(declared)):
            instead = f"declare it, or use one of {', '.join(declared) or 'none yet'}"
            yield Fault(f"{scale}.{word}", "is used but not declared", instead)
        for word in declared:
            if word not in used[scale]:
                yield Fault(f"{scale}.{word}", "is declared but no rule or limit uses it", "use it or leave it out")


def _words_used(standard: Standard) -> dict[str, set[str]]:
    said = [
        *(target.when for target in standard.targets),
        *(rule.when for rule in standard.assign),
        *(rule.then for rule in standard.classify),
    ]
    return {scale: {words[scale] for words in said if scale in words} for scale in CLASSIFY_GIVES}


def _exceptions(written: Written) -> Iterable[Fault]:
    standard = written.standard
    yield from _repeated("exceptions", [one.code for one in standard.exceptions])
    nodes = [node.id for node in standard.nodes if node.id]
    for one in standard.exceptions:
        if one.raised_by not in ("", *RAISES):
            instead = f"write {' or '.join(RAISES)}, or leave it out"
            yield Fault(f"exceptions.{one.code}.raised_by", f"nothing is called `{one.raised_by}`", instead)
        asked = [node.id for node in standard.nodes if node.confirmation and (not one.at or node.id in one.at)]
        if one.raised_by == REJECTION and not asked:
            instead = "let a node where it may occur have a `confirmation`"
            yield Fault(f"exceptions.{one.code}.raised_by", "nobody is asked there who could say no", instead)
        others = [other.code for other in standard.exceptions if other.code != one.code]
        if one.then and one.then not in others:
            instead = f"name one of {', '.join(others)}" if others else "describe it under `exceptions`"
            yield Fault(f"exceptions.{one.code}.then", f"there is no other exception `{one.then}`", instead)
        for node in [node for node in one.at if node not in nodes]:
            instead = f"name one of {', '.join(nodes)}" if nodes else "describe it under `nodes` first"
            yield Fault(f"exceptions.{one.code}.at", f"there is no node `{node}`", instead)


def _repeated(place: str, ids: Sequence[str]) -> Iterable[Fault]:
    for id, times in Counter(ids).items():
        if times > 1:
            yield Fault(f"{place}.{id}", f"is there {times} times", "give each its own name")


def _place(target: Target) -> str:
    return ".".join(("promises", *target.when.values(), target.clock))


def _survey(written: Written) -> Iterable[Fault]:
    for outcome in written.standard.survey.outcomes:
        if outcome not in OUTCOMES:
            yield Fault("survey.outcomes", f"no case ends as `{outcome}`", f"use some of {', '.join(OUTCOMES)}")


def _forms(written: Written) -> Iterable[Fault]:
    yield from form_faults(written.standard, written.scales)


def _notices(written: Written) -> Iterable[Fault]:
    yield from notice_faults(written.standard)


def _roles(written: Written) -> Iterable[Fault]:
    yield from role_faults(written.standard)


CHECKS: tuple[Callable[[Written], Iterable[Fault]], ...] = (
    _id, _nodes, _names, _roles, _inputs, _gates, _forms, _notices, _calendar, _moments, _dates, _rules, _scales, _exceptions,
    _survey,
)  # fmt: skip
