"""Two Grafana dashboards, from tables of panels: the services' health, and the business (titles in English and Chinese)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

SOURCE = {"type": "prometheus", "uid": "loopdesk-prometheus"}
COLUMNS, HEIGHT = 24, 7
THIRD, SIXTH = 8, 4


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture: what it shows, in which unit, how wide; `legend` names the lines."""

    title: str
    expr: str
    unit: str = "short"
    legend: str = "{{service}}"
    kind: str = "timeseries"
    width: int = THIRD


HEALTH = (
    Panel("Services up", 'sum(up{job="loopdesk"})', kind="stat", width=SIXTH),
    Panel("Partitions stopped", "sum(loopdesk_partitions_stopped)", kind="stat", width=SIXTH),
    Panel("Keys parked", "sum(service:loopdesk_keys_parked:max)", kind="stat", width=SIXTH),
    Panel("Events missing", "sum(loopdesk_event_gaps_total)", kind="stat", width=SIXTH),
    Panel("Alerts firing", 'count(ALERTS{alertstate="firing"}) or vector(0)', kind="stat", width=SIXTH),
    Panel("Waiting for the log", "sum(service:loopdesk_outbox_unsent_events:sum)", kind="stat", width=SIXTH),
    Panel("Requests", "service:loopdesk_http_requests:rate5m", "reqps"),
    Panel("Server errors", "service:loopdesk_http_errors:ratio5m", "percentunit"),
    Panel("Requests being answered", "sum by (service) (loopdesk_http_requests_in_flight)"),
    Panel("Time to answer, median", "service:loopdesk_http_request_duration_seconds:p50_5m", "s"),
    Panel("Time to answer, 99 of 100", "service:loopdesk_http_request_duration_seconds:p99_5m", "s"),
    Panel(
        "Busiest routes",
        "topk(8, sum by (service, method, route) (rate(loopdesk_http_requests_total[5m])))",
        "reqps",
        "{{service}} {{method}} {{route}}",
    ),
    Panel("Reader lag", "service:loopdesk_reader_lag_events:sum"),
    Panel("Oldest event not on the log", "service:loopdesk_outbox_oldest_unsent_seconds:max", "s"),
    Panel("Timers overdue", "service:loopdesk_timers_overdue_seconds:max", "s"),
    Panel("Events read", "service:loopdesk_events_read:rate5m", "ops"),
    Panel("Events said", "service:loopdesk_events_said:rate5m", "ops"),
    Panel("Timers fired", "sum by (service) (rate(loopdesk_timers_fired_total[5m]))", "ops"),
    Panel("Partitions owned", "service_topic:loopdesk_partitions_owned:sum", legend="{{service}} {{topic}}"),
    Panel("Batches done again", "sum by (service) (increase(loopdesk_batch_retries_total[5m]))"),
    Panel("Duplicates dropped", "sum by (service) (increase(loopdesk_events_duplicate_total[5m]))"),
    Panel("Memory", 'max by (service) (process_resident_memory_bytes{job="loopdesk"})', "bytes"),
    Panel("Processor", 'sum by (service) (rate(process_cpu_seconds_total{job="loopdesk"}[5m]))', "percentunit"),
    Panel("Open files", 'max by (service) (process_open_fds{job="loopdesk"})'),
)

BUSINESS = (
    Panel("Open cases / 未结个案", "sum(process:loopdesk_cases_open:max)", kind="stat", width=SIXTH),
    Panel(
        "Broken promises open / 已超时",
        'sum(status:loopdesk_clocks_open:max{status="breached"}) or vector(0)',
        kind="stat",
        width=SIXTH,
    ),
    Panel("At risk / 即将超时", 'sum(status:loopdesk_clocks_open:max{status="at_risk"}) or vector(0)', kind="stat", width=SIXTH),
    Panel(
        "On time, 30 days / 及时率（30天）",
        'sum(max by (process, kind) (loopdesk_promises_30d{what="kept"})) '
        "/ sum(max by (process, kind, what) (loopdesk_promises_30d))",
        "percentunit",
        kind="stat",
        width=SIXTH,
    ),
    Panel(
        "First contact resolution, 30 days / 一次解决率（30天）",
        'sum(max by (process) (loopdesk_first_contacts_30d{what="first"})) '
        '/ sum(max by (process) (loopdesk_first_contacts_30d{what="resolved"}))',
        "percentunit",
        kind="stat",
        width=SIXTH,
    ),
    Panel(
        "Satisfaction, 30 days / 满意度（30天）",
        'sum(max by (process) (loopdesk_survey_answers_30d{what="satisfied"})) '
        '/ sum(max by (process) (loopdesk_survey_answers_30d{what="given"}))',
        "percentunit",
        kind="stat",
        width=SIXTH,
    ),
    Panel("Open cases by process / 各流程未结个案", "process:loopdesk_cases_open:max", legend="{{process}}"),
    Panel(
        "Where cases stand / 个案所处环节",
        "sum by (phase, node) (max by (process, phase, node) (loopdesk_cases_open))",
        legend="{{phase}} {{node}}",
    ),
    Panel(
        "Cases registered per hour / 每小时登记",
        "sum by (process) (max by (process, channel) (delta(loopdesk_cases[1h])))",
        legend="{{process}}",
    ),
    Panel("Promises running / 进行中的时限", "status:loopdesk_clocks_open:max", legend="{{status}}"),
    Panel(
        "On time by process, 30 days / 各流程及时率（30天）",
        "process_kind:loopdesk_promises_30d:on_time_ratio",
        "percentunit",
        "{{process}} {{kind}}",
    ),
    Panel(
        "Promises broken, 30 days / 超时数（30天）",
        'max by (process, kind) (loopdesk_promises_30d{what="broken"})',
        legend="{{process}} {{kind}}",
    ),
    Panel(
        "First contact resolution by process / 各流程一次解决率",
        "process:loopdesk_first_contacts_30d:ratio",
        "percentunit",
        "{{process}}",
    ),
    Panel(
        "Satisfaction by process / 各流程满意度",
        "process:loopdesk_survey_answers_30d:satisfied_ratio",
        "percentunit",
        "{{process}}",
    ),
    Panel("Surveys / 满意度调查", "max by (status) (loopdesk_surveys)", legend="{{status}}"),
)


def documents() -> dict[str, str]:
    """Return file name → text of each dashboard."""
    return {
        "health.json": _text("loopdesk-health", "Loopdesk: health of the services", HEALTH),
        "business.json": _text("loopdesk-business", "Loopdesk: the business / 业务", BUSINESS),
    }


def _text(uid: str, title: str, panels: Sequence[Panel]) -> str:
    board = {
        "uid": uid,
        "title": title,
        "tags": ["loopdesk"],
        "timezone": "browser",
        "schemaVersion": 41,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "panels": [_panel(number, panel, at) for number, (panel, at) in enumerate(_placed(panels), 1)],
    }
    return json.dumps(board, indent=1, ensure_ascii=False) + "\n"


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
        "gridPos": at,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [{"refId": "A", "datasource": SOURCE, "expr": panel.expr, "legendFormat": panel.legend}],
    }
