"""The process that the load walks through: two promises, three nodes, and limits a case can outlive within a run.

A limit is at least a minute, so cases come in about as old as what they are promised: they are received "a minute ago".
"""

from datetime import timedelta
from typing import Any

PROCESS = "fault-desk"
RESPONSE, RESOLUTION = timedelta(minutes=1), timedelta(minutes=2)
NODES = ("receive", "handle", "follow")
WAITING = "awaiting_customer"
PEPPER = "the same in every run"
RESOLVES = "handle"


def standard(version: int) -> dict[str, Any]:
    """Return one version of it; all versions say the same."""
    roles = {"agent": {"en": "Agent", "zh": "客服专员"}, "lead": {"en": "Lead", "zh": "客服主管"}}
    return {
        "schema": "process-standard/v1",
        "id": PROCESS,
        "version": version,
        "name": {"en": "A desk under fire", "zh": "故障演练服务台"},
        "change": f"Version {version}.",
        "reviewer": "lead",
        "escalate_to": "lead",
        "survey": {"delay_seconds": 0, "cool_down_hours": 0},
        "attributes": ["topic"],
        "sources": ["call"],
        "roles": roles,
        "classes": {"routine": {"en": "Routine", "zh": "常规"}},
        "promises": {
            "response": {"limit": "1m", "until": "first_response"},
            "resolution": {"limit": "2m", "until": f"completed:{RESOLVES}"},
        },
        "classify": [{"id": "all", "then": {"service_class": "routine", "category": "fire"}}],
        "assign": [{"id": "front", "when": {"service_class": "routine"}, "then": {"team": "desk", "role": "agent"}}],
        "nodes": [_node(name, after) for name, after in zip(NODES, ("call", *NODES[:-1]), strict=True)],
        "exceptions": [
            {"code": WAITING, "en": "Waiting", "zh": "等待客户", "action": "Ask again.", "pauses": ["resolution"]},
        ],
    }


def _node(name: str, after: str) -> dict[str, Any]:
    words = {"en": name.capitalize(), "zh": name, "role": "agent", "approver": "lead", "key": True}
    return {"id": name, **words, "inputs": [after], "outputs": [name], "limit": "1m", "resolves": name == RESOLVES}
