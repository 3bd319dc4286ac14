"""The conditions for a node to begin and end: its inputs, its role, its outputs.

An output is a name (`solution_report`) or, where a later node's role depends on it, a name with its value
(`responsible_department=production`). The case's own words (`grade`, …) need not be named, but they must be set.
"""

from collections.abc import Iterable, Sequence

from libs.events.catalogue.routing import APPROVED
from libs.events.catalogue.standard import Node, Standard
from libs.events.words.refusal import Refused
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.pinned import WORDS
from services.routing.domain.cases.visit import values_of
from services.routing.domain.standards.roles import ASSIGNED


def must_be_reachable(case: RoutingCase, standard: Standard, node: Node) -> None:
    """Refuse to walk backwards, past a key node, or to a node that needs an output of a skipped one."""
    if not case.node and not case.done:
        return  # Imported: it was somewhere when we took it over, and only its people know where.
    place = standard.nodes.index(node)
    if any(later.id == case.node or later.id in case.done for later in standard.nodes[place + 1 :]):
        raise Refused("node-behind", f"The case is past {node.id}. Return it there, with a reason.")
    skipped = [earlier for earlier in standard.nodes[:place] if earlier.id not in case.done]
    must_not_skip_keys(skipped)
    owed = {left for one in skipped for left in one.leaves} & set(node.inputs)
    if owed:
        raise Refused("input-missing", f"{node.id} needs {_list(owed)}. Complete {_list(one.id for one in skipped)} first.")


def must_not_skip_keys(skipped: Sequence[Node]) -> None:
    """Refuse to skip a key node."""
    key = next((node for node in skipped if node.key or node.resolves), None)
    if key:
        raise Refused("key-node-open", f"{key.id} ({key.name.en}) may not be skipped. Complete it first.")


def must_stand_at(case: RoutingCase, node: str) -> None:
    """Refuse what is asked of a node where the case does not stand."""
    if case.node != node:
        where = f"at {case.node}" if case.node else "at no node"
        raise Refused("not-at-node", f"The case is {where}, not at {node}. Start {node} first, or go on where it is.")


def must_have_role(case: RoutingCase, node: Node) -> None:
    """Refuse to begin if nobody is named to do the work."""
    if node.role == ASSIGNED:
        if not (case.role or case.team or case.agent):
            raise Refused("role-unresolved", f"Nobody is assigned to do {node.id}. Assign the case first.")
    elif node.role.startswith("$") and not case.outputs.get(node.role[1:]):
        name = node.role[1:]
        detail = f"Nobody knows yet who does {node.id}. Complete an earlier node with the output {name}=<who>."
        raise Refused("role-unresolved", detail)


def outputs_given(case: RoutingCase, standard: Standard, node: Node, outputs: Sequence[str]) -> tuple[str, ...]:
    """Return all outputs of the node; refuse if one is still missing."""
    given = values_of(outputs)
    roles = {one.role[1:] for one in standard.nodes if one.role.startswith("$")}
    words = {word: getattr(case, word) for word in WORDS if word in node.outputs}
    gates = {gate.id: case.gates.get(gate.id) for gate in node.gates}
    undecided = [id for id, asked in gates.items() if asked is None or asked.decision != APPROVED]
    owed = [name for name in node.outputs if name not in given and name not in words and name not in gates]
    valueless = [name for name in node.outputs if name in given and name in roles and not given[name]]
    unset = [word for word, value in words.items() if not value]
    if owed or valueless or unset or undecided:
        asks = [*owed, *(f"{name}=<who>" for name in valueless), *(f"the case's {word}" for word in unset)]
        asks += [f"the decision {id}" for id in undecided]
        raise Refused("output-missing", f"{node.id} still owes {_list(asks)}.", 422)
    said = (output for output in outputs if not values_of([output]).keys() & gates.keys())
    return (*said, *(word for word in words if word not in given), *gates)


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
