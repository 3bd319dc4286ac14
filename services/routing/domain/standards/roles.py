"""The roles that do and approve the work: always a declared role, never `the relevant department`."""

import re
from collections.abc import Iterable

from libs.events.catalogue.standard import Node, Standard
from services.routing.domain.standards.page import Fault

ASSIGNED = "$assigned"
"""A node's role as the assignment rules, or a person, gave it to this case."""

VAGUE = re.compile(
    r"\b(relevant|related|responsible|concerned|appropriate|respective|competent)[ _]"
    r"(department|dept|team|party|person|staff|role|unit)s?\b"
    r"|\b(someone|somebody|anyone|anybody|everyone|tbd|tba|to be (determined|decided|defined))\b"
    r"|(相关|有关|各|责任)(部门|人员|单位|岗位)",
    re.IGNORECASE,
)


def role_faults(standard: Standard) -> Iterable[Fault]:
    """Yield the faults of the roles that are declared and named."""
    for role, label in standard.roles.items():
        if any(VAGUE.search(name) for name in (role.replace("_", " "), label.en, label.zh)):
            yield Fault(f"roles.{role}", "is vague, nobody answers for it", "name a post, for example quality_engineer")
    supplied: set[str] = set()
    for node in standard.nodes:
        yield from _node_faults(node, standard, supplied)
        supplied |= set(node.outputs)
    named = [("escalate_to", standard.escalate_to)]
    named += [(f"exceptions.{one.code}.escalate_to", one.escalate_to) for one in standard.exceptions]
    for gate in (gate for node in standard.nodes for gate in node.gates):
        if not gate.approver:
            yield Fault(f"gates.{gate.id}.approver", "nobody decides", "name the one role that decides")
        named.append((f"gates.{gate.id}.approver", gate.approver))
    named += [
        (f"nodes.{node.id}.{part}", role)
        for node in standard.nodes
        for part in ("support", "consulted", "informed")
        for role in getattr(node, part)
    ]
    named += [(f"assign.{rule.id}.then", rule.then.get("role", "")) for rule in standard.assign]
    for place, role in named:
        if role and role not in standard.roles:
            yield _unknown(place, role, standard)


def _node_faults(node: Node, standard: Standard, supplied: set[str]) -> Iterable[Fault]:
    place = f"nodes.{node.id}"
    if not node.approver:
        yield Fault(f"{place}.approver", "nobody approves", "name the one role that is accountable for the node")
    elif node.approver not in standard.roles:
        yield _unknown(f"{place}.approver", node.approver, standard)
    if not node.role:
        yield Fault(f"{place}.role", "nobody does the work", "name the role that does it")
    elif node.role == ASSIGNED:
        yield from _assigned_faults(f"{place}.role", standard)
    elif node.role.startswith("$"):
        if node.role[1:] not in supplied:
            instead = f"let an earlier node put out `{node.role[1:]}`, or name a role"
            yield Fault(f"{place}.role", f"no earlier node decides `{node.role}`", instead)
    elif node.role not in standard.roles:
        yield _unknown(f"{place}.role", node.role, standard)


def _assigned_faults(place: str, standard: Standard) -> Iterable[Fault]:
    rules = standard.assign
    if not rules or rules[-1].when or any("role" not in rule.then for rule in rules):
        instead = "give every `assign` rule a role, and end with one that has no `when`"
        yield Fault(place, f"`{ASSIGNED}` may stay empty", instead)


def _unknown(place: str, role: str, standard: Standard) -> Fault:
    vague = "is vague, nobody answers for it" if VAGUE.search(role.replace("_", " ")) else "is not declared"
    others = f", or name one of {', '.join(standard.roles)}" if standard.roles else ", where none is declared yet"
    return Fault(place, f"`{role}` {vague}", f"declare it under `roles`{others}")
