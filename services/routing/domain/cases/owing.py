"""What a node owes before it is complete: records, decisions, the customer's yes, a notice, and outputs that somebody names.

An output is a name (`handling_result`) or, where a later node's role depends on it, a name with its value
(`responsible_department=production`). One that is a form is there when a record of it is that lacks nothing, and no word stands
for it. The case's own words (`grade`, …) need not be named, but they must be set.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from libs.events.catalogue.intake import ACCEPTED
from libs.events.catalogue.routing import APPROVED
from libs.events.catalogue.standard import Node, Standard
from libs.events.words.refusal import Refused
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.pinned import WORDS
from services.routing.domain.cases.visit import Held, values_of


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that is not there yet: its name, a word for programs, how it is called in a list, and what to do."""

    name: str
    code: str
    called: str
    says: str
    lacks: tuple[str, ...] = ()


def outputs_given(case: RoutingCase, standard: Standard, node: Node, outputs: Sequence[str]) -> tuple[str, ...]:
    """Return all outputs of the node; refuse if something is still missing, and name it all."""
    given = values_of(outputs)
    for form in standard.forms.keys() & given.keys():
        detail = f"{form} is a form. Attach a record of it at intake; no word stands for it."
        raise Refused("form-output", detail, 422)
    evidence, words = list(evidence_owed(case, standard, node)), list(_words_owed(case, standard, node, given))
    if owed := sorted([*evidence, *words], key=lambda one: one.called):
        told = [{"name": one.name, "code": one.code, "detail": one.says} for one in owed]
        detail = f"{node.id} still owes {', '.join(one.called for one in owed)}."
        # What only needs to be written may be offered; what has to happen first is about the case as it is.
        if evidence:
            raise Refused("node-incomplete", detail, errors=told)
        raise Refused("output-missing", detail, 422, errors=told)
    gates = [gate.id for gate in node.gates]
    said = (output for output in outputs if not values_of([output]).keys() & {*gates})
    records = (f"{form}={held.record}" for form, held in records_of(case, standard, node).items() if held)
    return (*said, *(word for word in WORDS if word in node.outputs and word not in given), *records, *gates)


def evidence_owed(case: RoutingCase, standard: Standard, node: Node) -> Iterator[Owed]:
    """Yield what has to be there before anybody completes the node, whatever is written then."""
    for form, held in records_of(case, standard, node).items():
        if held is None:
            yield Owed(form, "record-missing", f"a record of {form}", "Attach a record of this form at intake.")
        elif held.missing:
            lacks = ", ".join(held.missing)
            says = f"Its record lacks {lacks}; attach one that has everything mandatory."
            yield Owed(form, "record-incomplete", f"{form} with {lacks}", says, held.missing)
    for gate in node.gates:
        asked = case.gates.get(gate.id)
        if asked is None or asked.decision != APPROVED:
            says = "It is asked for, and not decided yet." if asked else "Ask for this decision; somebody else makes it."
            yield Owed(gate.id, "decision-missing", f"the decision {gate.id}", says)
    if (wanted := node.confirmation) and case.confirmed.get(wanted.subject) != ACCEPTED:
        says = "Record at intake that the customer accepts it, with the evidence."
        yield Owed(wanted.subject, "confirmation-missing", f"the customer's yes to the {wanted.subject}", says)
    yield from notice_owed(case, node)


def notice_owed(case: RoutingCase, node: Node) -> Iterator[Owed]:
    """Yield the notice that nobody has given yet, or the answer that she has not given since then."""
    asks = "ask whether it meets her expectation, and say the answer as meets_expectation"
    if node.notice and not case.told_result:
        says = "Tell the customer the result, and log the contact at intake: outbound, purpose result."
        if node.asks_expectation:
            says = f"Tell the customer the result, {asks}. Log the contact at intake: outbound, purpose result."
        yield Owed(node.notice, "notice-missing", f"the notice {node.notice}", says)
    elif node.notice and node.asks_expectation and not case.heard_expectation:
        says = f"She was told, and did not say yet: {asks} of a contact at intake."
        yield Owed(node.notice, "expectation-missing", f"her answer to the notice {node.notice}", says)


def records_of(case: RoutingCase, standard: Standard, node: Node) -> dict[str, Held | None]:
    """Return for each form of the node the record that counts: the newest that lacks nothing, else the newest."""
    since = case.gone_over.get(node.id, 0)
    found: dict[str, Held | None] = {name: None for name in node.outputs if name in standard.forms}
    for one in sorted(case.records, key=lambda one: (not one.missing, one.number)):
        if one.form in found and one.number > since:
            found[one.form] = one
    return found


def _words_owed(case: RoutingCase, standard: Standard, node: Node, given: Mapping[str, str]) -> Iterator[Owed]:
    roles = {one.role[1:] for one in standard.nodes if one.role.startswith("$")}
    elsewhere = {*standard.forms, *(gate.id for gate in node.gates)}
    for name in node.outputs:
        if name in WORDS:
            if not getattr(case, name):
                yield Owed(name, "word-missing", f"the case's {name}", f"Set the {name} of the case first.")
        elif name not in given:
            if name not in elsewhere:
                yield Owed(name, "output-missing", name, "Name it among the outputs when it is there.")
        elif name in roles and not given[name]:
            yield Owed(name, "value-missing", f"{name}=<who>", "Write who it is behind the name.")
