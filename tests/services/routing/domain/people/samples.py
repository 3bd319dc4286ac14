"""A roster as its author writes it, for a test to spoil."""

from typing import Any

WRITTEN: dict[str, Any] = {
    "schema": "roster/v1",
    "team": "quality",
    "version": 1,
    "name": {"en": "Quality", "zh": "质量部"},
    "timezone": "Asia/Shanghai",
    "hours": {"mon": ["09:00-12:00", "13:00-18:00"], "tue": ["18:00-24:00"]},
    "people": [
        {"id": "wei", "roles": ["quality_engineer"], "capacity": 4, "skills": ["KX-200"]},
        {
            "id": "tao",
            "roles": ["quality_manager"],
            "capacity": 0,
            "hours": {"wed": ["00:00-24:00"]},
            "absences": [{"from": "2025-04-02", "until": "2025-04-03"}, {"from": "2025-05-01", "until": "2025-05-01"}],
            "deputy": "wei",
        },
    ],
}


def with_person(**entries: Any) -> dict[str, Any]:
    """Return the roster with other entries of its second person."""
    return WRITTEN | {"people": [WRITTEN["people"][0], WRITTEN["people"][1] | entries]}
