"""The first versions of the standards we ship, whose nodes owe words, and cases on their way through them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.standard import Standard
from libs.events.log.envelope import Fact, draft
from libs.events.testing.spec import Given, given, knowing
from services.routing.books import CASES
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.decisions import complete, start
from services.routing.domain.standards.standard import sound
from services.routing.reactions import receive

FOLDER = Path(__file__).parents[3] / "deploy" / "standards"
SHIPPED = ("complaint-quality", "feedback-handling", "inbound-call", "problem-handling", "service-delivery")
NINE = datetime(2025, 4, 1, 9, tzinfo=UTC)
LATER = NINE + timedelta(hours=1)


def page(name: str, ending: str = "-1") -> dict[str, Any]:
    """Return a shipped standard as its author wrote it, for a test to spoil: the first version, without an ending the newest."""
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}{ending}.yaml").read_text())
    return content


STANDARDS: dict[str, Standard] = {name: sound(page(name)).standard for name in SHIPPED}
NEWEST: dict[str, Standard] = {name: sound(page(name, "")).standard for name in SHIPPED}
SHELF = knowing(*STANDARDS.values())
COMPLAINT, CALL, PROBLEM = STANDARDS["complaint-quality"], STANDARDS["inbound-call"], STANDARDS["problem-handling"]


def registered(process: str = "complaint-quality", *, origin: str = "live", channel: str = "phone", **fields: str) -> Fact:
    """Return a registration of 09:00."""
    said = CaseRegistered(channel=channel, customer_ref="k1", process_id=process, process_version=1, fields=fields)
    return draft(said, "c1", NINE, sequence=1, origin=origin)


def new_case(process: str = "complaint-quality", **fields: str) -> Given[RoutingCase]:
    """Return a case that was just registered."""
    return given(CASES).after(receive, registered(process, **fields), SHELF)


def owes(standard: Standard, node: str) -> list[str]:
    """Return what completes a node."""
    outputs = next(one.outputs for one in standard.nodes if one.id == node)
    return [f"{name}=production" if name == "responsible_department" else name for name in outputs]


def pass_node(case: Given[RoutingCase], standard: Standard, node: str, at: datetime = LATER) -> Given[RoutingCase]:
    """Return the case after a node was started and completed."""
    begun = case.after(start, standard, node=node, agent="ann", at=at)
    return begun.after(complete, standard, node=node, agent="ann", outputs=owes(standard, node), at=at)


def pass_nodes(case: Given[RoutingCase], standard: Standard, *nodes: str) -> Given[RoutingCase]:
    """Return the case after these nodes."""
    for node in nodes:
        case = pass_node(case, standard, node)
    return case
