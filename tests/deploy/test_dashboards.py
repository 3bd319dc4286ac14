"""Both dashboards keep the rules that Grafana's own linter publishes; each rule sees a dashboard that breaks it."""

import copy
import json
import re

import pytest

from deploy.docs import dashboards

BOARDS = {name: json.loads(text) for name, text in dashboards.documents().items()}
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
UNITS = {"short", "percentunit", "s", "bytes", "ops", "reqps"}
WITHOUT_A_PROCESS = ("loopdesk_surveys",)
"""Figures that are counted over all processes."""
OF_EVERYBODY = ("ALERTS",)


def variables(board):
    return {one["name"]: one for one in board["templating"]["list"]}


def targets(board):
    return [(panel, target) for panel in board["panels"] for target in panel["targets"]]


def source_is_chosen(board):
    one = variables(board).get("datasource", {})
    return [] if (one.get("type"), one.get("query"), one.get("label")) == ("datasource", "prometheus", "Data source") else [one]


def variables_are_asked(board):
    asked = [one for one in variables(board).values() if one["type"] == "query"]
    fit = [one for one in asked if one["label"] and one["datasource"] == SOURCE and one["refresh"] == 2 and one["allValue"]]
    return [one["name"] for one in asked if one not in fit] if asked else ["none"]


def panels_have(*keys):
    return lambda board: [panel["title"] for panel in board["panels"] if not all(panel.get(key) for key in keys)]


def units_are_known(board):
    return [panel["title"] for panel in board["panels"] if panel["fieldConfig"]["defaults"].get("unit") not in UNITS]


def sources_are_the_chosen_one(board):
    return [panel["title"] for panel, target in targets(board) if not panel["datasource"] == target["datasource"] == SOURCE]


def counters_are_rates(board):
    counters = r"(?<![\w:])\w+_total\b"
    rates = r"\b(?:rate|increase)\(" + counters
    return [panel["title"] for panel, one in targets(board)
            if len(re.findall(counters, one["expr"])) != len(re.findall(rates, one["expr"]))]  # fmt: skip


def rates_follow_the_zoom(board):
    found = [
        (panel, span) for panel, one in targets(board) for span in re.findall(r"(?:rate|increase)\([^\[]*\[([^\]]*)", one["expr"])
    ]
    return [panel["title"] for panel, span in found if span not in ("$__rate_interval", "$__range")]


def choices_count(board):
    """Every panel follows the choices at the top, unless its figure does not have them."""
    [name] = variables(board).keys() - {"datasource"}
    unknown = OF_EVERYBODY + (WITHOUT_A_PROCESS if name == "process" else ())
    return [panel["title"] for panel, one in targets(board)
            if f'{name}=~"${name}"' not in one["expr"] and not any(figure in one["expr"] for figure in unknown)]  # fmt: skip


def kinds_of_promises_stand_apart(board):
    """A mean over several kinds of promises says nothing of any."""
    of_promises = [(panel, one) for panel, one in targets(board) if "promises_30d" in one["expr"]]
    return [panel["title"] for panel, one in of_promises if "{{kind}}" not in one["legendFormat"]]


def nothing_else_is_chosen(board):
    used = {word for _, one in targets(board) for word in re.findall(r"\$(\w+)", one["expr"] + one["legendFormat"])}
    return sorted(used - variables(board).keys() - {"__rate_interval", "__range"})


def it_is_kept_as_it_is(board):
    return [] if board["editable"] is False and board["uid"] and board["description"] else [board["title"]]


RULES = {
    "its source can be chosen": source_is_chosen,
    "its other variables are asked of Prometheus, again when the time range changes": variables_are_asked,
    "every panel says what it is and what to read from it": panels_have("title", "description"),
    "every panel asks something": panels_have("targets"),
    "every panel has a unit": units_are_known,
    "everything is asked of the chosen source": sources_are_the_chosen_one,
    "a counter is shown as a rate": counters_are_rates,
    "a rate is taken over what one point stands for": rates_follow_the_zoom,
    "what is chosen counts": choices_count,
    "no figure is of several kinds of promises": kinds_of_promises_stand_apart,
    "nothing is used that cannot be chosen": nothing_else_is_chosen,
    "it is what the code says": it_is_kept_as_it_is,
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("board", BOARDS)
def test_a_dashboard_keeps(board, rule):
    assert RULES[rule](BOARDS[board]) == []


def panel(**changed):
    return lambda board: board["panels"][6].update(changed)


def target(**changed):
    return lambda board: board["panels"][6]["targets"][0].update(changed)


@pytest.mark.parametrize(
    ("rule", "break_it"),
    [
        ("its source can be chosen", lambda board: board["templating"]["list"].pop(0)),
        ("its other variables are asked of Prometheus, again when the time range changes",
         lambda board: board["templating"]["list"][1].update(refresh=1)),
        ("every panel says what it is and what to read from it", panel(description="")),
        ("every panel asks something", panel(targets=[])),
        ("every panel has a unit", panel(fieldConfig={"defaults": {}})),
        ("everything is asked of the chosen source", target(datasource={"type": "prometheus", "uid": "mine"})),
        ("a counter is shown as a rate", target(expr="sum(loopdesk_events_read_total)")),
        ("a rate is taken over what one point stands for", target(expr="rate(loopdesk_events_read_total[5m])")),
        ("what is chosen counts", target(expr="sum(loopdesk_cases_open)")),
        ("no figure is of several kinds of promises", target(expr="sum(loopdesk_promises_30d)")),
        ("nothing is used that cannot be chosen", target(legendFormat="$instance")),
        ("it is what the code says", lambda board: board.update(editable=True)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("board", BOARDS)
def test_a_rule_sees(board, rule, break_it):
    broken = copy.deepcopy(BOARDS[board])
    break_it(broken)
    assert RULES[rule](broken) != []


def test_what_the_business_reads_is_in_both_languages():
    said = [panel[key] for panel in BOARDS["business.json"]["panels"] for key in ("title", "description")]
    assert [one for one in said if not re.search(r".+ / .*[\u4e00-\u9fff]", one)] == []
