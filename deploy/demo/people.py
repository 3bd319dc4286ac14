"""The month's agents, who are those of the shipped rosters, customers' words and outputs of nodes: all made up, no real names."""

from collections.abc import Mapping, Sequence
from functools import cache
from random import Random

from deploy.demo.plan import Plan
from deploy.home import SHIPPED
from libs.events.catalogue.standard import Node, Standard
from libs.web.written import read_yaml
from services.routing.domain.people.reading import roster_of

RESPONSIBLE = "production"
"""The department that quality finds responsible for every complaint of the month."""

WORDS = ("service_class", "category", "severity", "grade")
"""Words that belong to the case; a node need not name them as outputs."""


@cache
def people() -> Mapping[str, Sequence[str]]:
    """Return who is in each team, and who has each role, of the shipped rosters."""
    found: dict[str, list[str]] = {}
    for file in sorted((SHIPPED / "rosters").glob("*.yaml")):
        roster = roster_of(read_yaml(file.read_text("utf-8")))
        for person in roster.people:
            for name in dict.fromkeys((roster.team, *person.roles)):
                found.setdefault(name, []).append(person.id)
    return found


def agent_of(who: str, chance: Random, *, same: str = "", but: str = "") -> str:
    """Return somebody of a team or with a role: `same` if they are or nobody is, and `but` only if nobody else is."""
    found = people().get(RESPONSIBLE if who == "$responsible_department" else who, ())
    others = [one for one in found if one != but]
    return same if same in found or not found else chance.choice(others or found)


def outputs_of(node: Node, standard: Standard) -> tuple[str, ...]:
    """Return the outputs that a node owes as words; one that a later node's role depends on has its value."""
    named = {one.role[1:] for one in standard.nodes if one.role.startswith("$")}
    words = (name for name in node.outputs if name not in WORDS and name not in standard.forms)
    return tuple(f"{name}={RESPONSIBLE}" if name in named else name for name in words)


def attributes(plan: Plan, chance: Random) -> dict[str, str]:
    """Return the customer's details that may be said in clear."""
    if plan.process_id == "inbound-call":
        major = plan.service_class == "urgent" and chance.random() < 0.15
        topic = chance.choice(("billing", "usage", "delivery", "technical"))
        return {"urgency": plan.service_class, "impact": "major" if major else "minor", "topic": topic}
    return {name: chance.choice(words) for name, words in TOLD[plan.process_id].items()}


TOLD: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "complaint-quality": {
        "product_model": ("A-100", "A-200", "B-300"),
        "affected": ("one", "one", "one", "one", "batch"),
        "safety_risk": ("no",) * 19 + ("yes",),
    },
    "feedback-handling": {"feedback_type": ("service_quality", "product", "process", "suggestion")},
    "problem-handling": {"impact": ("minor", "minor", "minor", "major")},
    "service-delivery": {"product": ("installation", "training"), "contract": ("standard", "premium")},
}
