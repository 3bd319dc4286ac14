"""What a case ought to have when it is closed, by its standard, and what of that is not there; and words that are not kept."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from libs.events.catalogue.intake import (
    REJECTED,
    ContactLogged,
    CustomerConfirmed,
    RecordAttached,
    says_expectation,
    tells_result,
)
from libs.events.catalogue.routing import CaseClosed, CaseReopened
from libs.events.catalogue.standard import Node, Standard
from libs.events.log.envelope import Fact


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a dossier lacks: a word for programs, its name, and the node whose work it is, if any."""

    code: str
    name: str
    node: str = ""


def closing(facts: Sequence[Fact]) -> Fact | None:
    """Return the fact by which the case is closed now; nothing while it is open."""
    found = None
    for fact in sorted(facts, key=lambda one: one.order):
        if isinstance(fact.data, CaseClosed) and found is None:
            found = fact
        elif isinstance(fact.data, CaseReopened):
            found = None
    return found


def missing(standard: Standard, facts: Sequence[Fact]) -> Iterator[Missing]:
    """Yield what the nodes of the standard leave behind and was not there when the case was closed, or is not now."""
    closed = closing(facts)
    there = [one.data for one in sorted(facts, key=lambda one: one.order) if closed is None or one.order < closed.order]
    for node in standard.nodes:
        yield from _of_node(standard, node, there)


def _of_node(standard: Standard, node: Node, there: Sequence[object]) -> Iterator[Missing]:
    for form in node.outputs:
        if form in standard.forms:
            records = [one for one in there if isinstance(one, RecordAttached) and one.form == form]
            if not records:
                yield Missing("record-missing", form, node.id)
            elif all(one.missing for one in records):
                yield Missing("record-incomplete", form, node.id)
    if (wanted := node.confirmation) is not None:
        said = [one.decision for one in there if isinstance(one, CustomerConfirmed) and one.subject == wanted.subject]
        if not said:
            yield Missing("confirmation-missing", wanted.subject, node.id)
        elif said[-1] == REJECTED:
            yield Missing("confirmation-rejected", wanted.subject, node.id)
    if node.notice:
        yield from _of_notice(node, [one for one in there if isinstance(one, ContactLogged)])


def _of_notice(node: Node, contacts: Sequence[ContactLogged]) -> Iterator[Missing]:
    since = next((n for n, one in enumerate(contacts) if tells_result(one)), None)
    if since is None:
        yield Missing("notice-missing", node.notice, node.id)
    elif node.asks_expectation and not any(says_expectation(one) for one in contacts[since:]):
        yield Missing("expectation-missing", node.notice, node.id)


def wordless(facts: Sequence[Fact], notes: Collection[object]) -> Iterator[Missing]:
    """Yield the contacts of which nothing is kept that was said."""
    for fact in sorted(facts, key=lambda one: one.order):
        if isinstance(fact.data, ContactLogged) and fact.id not in notes:
            yield Missing("contact-without-words", str(fact.id))
