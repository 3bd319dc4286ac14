"""Two Grafana dashboards, made from the tables of panels in deploy/docs/panels.py."""

import json
from collections.abc import Sequence
from typing import Any

from deploy.docs.panels import BUSINESS, HEALTH, Panel

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS, HEIGHT = 24, 7

FILLED = {"$__rate_interval": "5m", "$__range": "6h", "$service": ".*", "$process": ".*"}
"""Grafana's values for its variables when nothing is chosen."""


def documents() -> dict[str, str]:
    """Return file name → text of each dashboard."""
    service = _chosen("service", "Service", 'label_values(up{job="loopdesk"}, service)')
    process = _chosen("process", "Process / 流程", "label_values(loopdesk_cases, process)")
    return {
        "health.json": _text("loopdesk-health", "Loopdesk: health of the services", "For operators.", service, HEALTH),
        "business.json": _text(
            "loopdesk-business", "Loopdesk: the business / 业务", "For the managers of the desk. / 服务台管理者关注的指标。",
            process, BUSINESS,
        ),
    }  # fmt: skip


def filled(expr: str) -> str:
    """Return an expression as Prometheus gets it."""
    for variable, value in FILLED.items():
        expr = expr.replace(variable, value)
    return expr


def _text(uid: str, title: str, text: str, variable: dict[str, Any], panels: Sequence[Panel]) -> str:
    board = {
        "uid": uid,
        "title": title,
        "description": text,
        "tags": ["loopdesk"],
        "timezone": "browser",
        "schemaVersion": 41,
        "editable": False,  # it is made from code; make a copy to change it
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_datasource(), variable]},
        "panels": [_panel(number, panel, at) for number, (panel, at) in enumerate(_placed(panels), 1)],
    }
    return json.dumps(board, indent=1, ensure_ascii=False) + "\n"


def _datasource() -> dict[str, Any]:
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "refresh": 1}


def _chosen(name: str, label: str, query: str) -> dict[str, Any]:
    """Return a variable whose values come from Prometheus; at first all are chosen."""
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"query": query, "refId": name},
        "refresh": 2,  # when the time range changes, so that the values of that time can be chosen
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def _placed(panels: Sequence[Panel]) -> list[tuple[Panel, dict[str, int]]]:
    """Lay panels from left to right, row below row."""
    placed, x, y = [], 0, 0
    for panel in panels:
        if x + panel.width > COLUMNS:
            x, y = 0, y + HEIGHT
        placed.append((panel, {"x": x, "y": y, "w": panel.width, "h": HEIGHT}))
        x += panel.width
    return placed


def _panel(number: int, panel: Panel, at: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.text,
        "gridPos": at,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [{"refId": "A", "datasource": SOURCE, "expr": panel.expr, "legendFormat": panel.legend}],
    }
