"""The rules fire at their borders, watch figures that exist, and each alert leads to what to do; so do the dashboards."""

import json
import re
from functools import cache

import pytest

from deploy.docs import dashboards
from deploy.prometheus import MONITORING
from tests.deploy.containers import ROOT
from tests.deploy.rules import CASES, judged, promtool, shipped
from tests.docs.test_operating import figure_rows

pytestmark = pytest.mark.slow

MANUAL = (ROOT / "docs/operating.md").read_text("utf-8")
SEVERITIES = {"page", "warn", "desk"}
ALERTS, RECORDS = shipped("alert"), shipped("record")
BOARDS = {name: json.loads((MONITORING / "grafana" / name).read_text("utf-8")) for name in dashboards.documents()}
PANELS = [(board, panel) for board, content in BOARDS.items() for panel in content["panels"]]
OF_PROMETHEUS = {"up", "ALERTS", "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"}


def test_the_shipped_configuration_and_rules_are_sound():
    run = promtool("check", "config", "--lint=all", "--lint-fatal", str(MONITORING / "prometheus.yml"))
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_tried_on_both_sides_of_its_border(name):
    assert {case.of is not None for case in CASES if case.alert == name} == {True, False}


def test_every_alert_fires_when_it_should_and_not_before(tmp_path):
    assert judged(tmp_path, CASES) == ""


def test_the_judge_sees_the_opposite_of_each(tmp_path):
    opposites = [case._replace(of=None if case.of else {"service": "sla"}) for case in CASES]
    assert len(re.findall("alertname: ", judged(tmp_path, opposites))) == len(CASES)


@pytest.mark.parametrize(("name", "rule"), ALERTS.items(), ids=list(ALERTS))
def test_an_alert_leads_to_what_to_do(name, rule):
    told = rule["annotations"]
    assert told.keys() == {"summary", "description", "runbook_url"}
    assert told["runbook_url"] == f"{{{{ $externalLabels.manual }}}}#{name.lower()}"
    assert told["description"].endswith((".", "?")) and "{{" not in told["description"]
    assert rule["labels"].keys() == {"severity"} and rule["labels"]["severity"] in SEVERITIES
    [section] = re.findall(rf"^### {name}\n(.*?)(?=^##)", MANUAL, re.MULTILINE | re.DOTALL)
    for question in ("**Means.**", "**Look.**", "**Do.**", "**Over.**"):
        assert question in section, question


def test_the_manual_has_no_alert_that_there_is_not():
    section = MANUAL.split("\n## When an alert fires\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^### (\w+)$", section, re.MULTILINE)) == set(ALERTS)


@cache
def known():
    """Return every name an expression may use: metrics of the services, recorded ones, and those of Prometheus itself."""
    names = set(OF_PROMETHEUS) | set(RECORDS)
    for name, kind, _ in figure_rows():
        plain = name.strip("`")
        names |= {f"{plain}_bucket", f"{plain}_count", f"{plain}_sum"} if kind == "histogram" else {plain}
    return names


def used(expression):
    """Return the metric names in an expression: words before a selector, a range, an operator or an end, no functions."""
    bare = re.sub(r'"[^"]*"|\b(?:by|without|on|ignoring)\s*\([^)]*\)|\boffset \w+|\{[^}]*\}|\[[^\]]*\]', " ", expression)
    return set(re.findall(r"[A-Za-z_:][\w:]*(?!\s*\()\b", bare)) - {"or", "and", "unless", "e9"}


EXPRESSIONS = {
    **{f"alert {name}": rule["expr"] for name, rule in ALERTS.items()},
    **{f"record {name}": rule["expr"] for name, rule in RECORDS.items()},
    **{f"{board} {panel['title']}": panel["targets"][0]["expr"] for board, panel in PANELS},
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_uses_only_figures_that_exist(name):
    assert used(EXPRESSIONS[name])
    assert used(EXPRESSIONS[name]) - known() == set()


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('sum by (service) (rate(a_total{x="b"}[5m])) > 0.1', {"a_total"}),
        ("level:a:max * 0 or b", {"level:a:max", "b"}),
        ("count(ALERTS) or vector(0)", {"ALERTS"}),
    ],
)
def test_names_are_found(expression, names):
    assert used(expression) == names


def test_every_recorded_figure_is_named_by_its_level_and_used():
    everything = " ".join(EXPRESSIONS.values())
    assert [name for name in RECORDS if not re.fullmatch(r"[a-z_]+:[a-z0-9_]+:[a-z0-9_]+", name)] == []
    assert [name for name in RECORDS if everything.count(name) == 0] == []


def test_dashboards_are_told_apart_and_so_are_their_panels():
    assert len({board["uid"] for board in BOARDS.values()}) == len(BOARDS)
    for board in BOARDS.values():
        ids = [panel["id"] for panel in board["panels"]]
        assert len(set(ids)) == len(ids)
        places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
        assert len(set(places)) == len(places)
        assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= dashboards.COLUMNS for panel in board["panels"])
