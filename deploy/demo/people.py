"""The month's agents, customers' words and outputs of nodes: all made up, with no real names."""

from collections.abc import Mapping
from random import Random

from deploy.demo.plan import Plan
from libs.events.catalogue.standard import Node, Standard

TEAMS = {
    "customer_service": ("cs-1", "cs-2", "cs-3", "cs-4", "cs-5", "cs-6"),
    "tech_support": ("ts-1", "ts-2", "ts-3", "ts-4"),
    "quality": ("qa-1", "qa-2", "qa-3"),
    "management": ("mg-1", "mg-2"),
    "process_office": ("po-1", "po-2"),
    "delivery": ("dl-1", "dl-2", "dl-3"),
    "production": ("pr-1", "pr-2", "pr-3"),
}
ROLES = {
    "cs_supervisor": "customer_service",
    "quality_engineer": "quality",
    "$responsible_department": "production",
    "process_specialist": "process_office",
    "process_owner": "process_office",
    "technical_manager": "delivery",
    "delivery_team": "delivery",
}
"""The agent of a node if it is not the agent of the case."""

WORDS = ("service_class", "category", "severity", "grade")
"""Words that belong to the case; a node need not name them as outputs."""


def agent_of(who: str, chance: Random, *, same: str = "", but: str = "") -> str:
    """Return an agent of a team or role; `same` if the agent of the case does the work; never `but`."""
    team = ROLES.get(who, who)
    if team not in TEAMS:
        return same
    return chance.choice([agent for agent in TEAMS[team] if agent != but])


def outputs_of(node: Node, standard: Standard) -> tuple[str, ...]:
    """Return the outputs of a node; one that a later node's role depends on has its value."""
    named = {one.role[1:] for one in standard.nodes if one.role.startswith("$")}
    return tuple(f"{name}={ROLES[f'${name}']}" if name in named else name for name in node.outputs if name not in WORDS)


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
