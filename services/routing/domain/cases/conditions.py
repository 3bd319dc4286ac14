"""The conditions for a node to begin: its inputs, its role, where the case stands."""

from collections.abc import Iterable, Sequence

from libs.events.catalogue.standard import Node, Standard
from libs.events.words.refusal import Refused
from services.routing.domain.cases.case import RoutingCase
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


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
