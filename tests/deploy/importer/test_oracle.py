"""The real logs: the facts made of them imply the truth figures, in total and case by case."""

import csv
import gzip
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from deploy.importer.account import Account
from deploy.importer.mapping import read_mapping
from deploy.importer.rules import FACTS
from deploy.importer.run import make_facts
from deploy.importer.source import measure
from libs.events.log.schema import adapter
from tests.deploy.importer.oracle import NOTHING, fold, hours, quantile
from tests.real_logs import DATA

GRADES = {"1 - Critical": "p1", "2 - High": "p2", "3 - Moderate": "p3", "4 - Low": "p4"}
TARGETS = {"p1": 4, "p2": 24, "p3": 72, "p4": 120}

pytestmark = pytest.mark.truth


class Log:
    """One real log: its facts, the account, the truth, and the figures that follow from the facts."""

    def __init__(self, name: str, file: str) -> None:
        mapping, path = read_mapping(name), DATA / file
        extent = measure(path, mapping)
        self.account = Account(name, cases=len(extent.rows_of))
        self.facts = [fact for facts in make_facts(path, mapping, extent, self.account) for fact in facts]
        random.Random(4711).shuffle(self.facts)
        self.cases = fold(self.facts)
        self.truth = json.loads((DATA / "truth" / f"{name}.json").read_text(encoding="utf-8"))["figures"]
        with gzip.open(DATA / "truth" / "cases" / f"{name}.csv.gz", "rt", encoding="utf-8") as text:
            self.truth_cases = {row["request"]: row for row in csv.DictReader(text)}
        for row in self.truth_cases.values():
            # A float's minus zero is no other figure.
            row["net_h"] = row["net_h"].replace("-0.000000", "0.000000")


@pytest.fixture(scope="module")
def uci498() -> Log:
    return Log("uci498", "uci498_incident_event_log.csv.gz")


@pytest.fixture(scope="module")
def helpdesk() -> Log:
    return Log("helpdesk", "helpdesk_italy.csv.gz")


@pytest.fixture(params=["uci498", "helpdesk"])
def log(request) -> Log:
    return request.getfixturevalue(request.param)


def written(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else ""


def written_hours(length: timedelta | None) -> str:
    return "" if length is None else f"{hours(length):.6f}"


def spread(values) -> dict[str, float]:
    found = sorted(values)
    return {
        "n": len(found),
        "mean": round(sum(found) / len(found), 6),
        "median": round(quantile(found, 0.5), 6),
        "p90": round(quantile(found, 0.9), 6),
    }


def share(num: int, den: int) -> dict[str, float]:
    return {"num": num, "den": den, "rate": round(num / den, 6)}


def picked(truth: dict[str, float]) -> dict[str, float]:
    return {name: truth[name] for name in ("n", "mean", "median", "p90")}


def test_every_row_is_accounted_for(log):
    account = log.account
    assert (account.cases, account.rows_read) == (log.truth["requests"], log.truth["events"])
    assert account.rows_read == account.rows_with_facts + account.rows_without.total()
    assert (account.facts_unsaid, account.rows_malformed) == ({}, 0)
    assert account.facts_made == len(log.facts) == account.facts_by_type.total()


def test_what_is_odd_in_the_logs_is_said(uci498, helpdesk):
    """uci498: five cases were changed before they were opened; one pair of rows goes back, and so does the row behind it."""
    assert uci498.account.odd == {
        "case.graded happened before its case was registered": 5,
        "case.classified happened before its case was registered": 5,
        "case.assigned happened before its case was registered": 5,
        "sys_updated_at goes back in time within its case": 2,
    }
    assert helpdesk.account.odd == {}


def test_no_row_is_without_a_fact_but_for_the_stated_reason(uci498, helpdesk):
    assert uci498.account.rows_without == {}
    assert helpdesk.account.rows_without == {"a Wait directly after a Wait, already said": 113}


def test_every_fact_fits_its_event_and_has_its_own_identity(log):
    assert len({(one.case, one.sequence, one.type) for one in log.facts}) == len(log.facts)
    # One of a kind is enough: what differs between two facts of the same words is nothing the catalogue checks.
    distinct = {(one.type, msgspec.json.encode(one.data)) for one in log.facts}
    for kind, data in distinct:
        adapter(FACTS[kind].cls).validate_json(data, strict=True)


def test_the_counts_of_facts(uci498, helpdesk):
    assert uci498.account.facts_by_type == {
        "case.registered": 24_918,
        "case.classified": 26_193,
        "case.graded": 25_354,
        "case.assigned": 57_086,
        "contact.logged": 16_397,
        "node.completed": 29_506,
        "case.exception_raised": 6_398,
        "case.exception_cleared": 6_398,
        "case.resolved": 24_190,
        "case.reopened": 331,
        "case.closed": 24_985,
        "import.figures_stated": 24_918,
    }
    assert helpdesk.account.facts_by_type == {
        "case.registered": 4_580,
        "case.classified": 4_938,
        "case.assigned": 4_606,
        "contact.logged": 4_285,
        "node.started": 62,
        "node.completed": 212,
        "case.exception_raised": 1_350,
        "case.exception_cleared": 1_342,
        "case.resolved": 4_983,
        "case.reopened": 161,
        "case.closed": 4_574,
    }


def test_nothing_is_known_before_it_became_true(uci498):
    registered = [one.data for one in uci498.facts if one.type == "case.registered"]
    assert not any("closed_code" in data["fields"] or "resolved_by" in data["fields"] for data in registered)
    stated = {one.case: one for one in uci498.facts if one.type == "import.figures_stated"}
    assert all(stated[name].time == case.closed for name, case in uci498.cases.items())


def uci_row(case) -> dict[str, str]:
    stated, resolved = case.stated, case.resolved is not None
    fcr_a = resolved and stated["reassignments"] == 0 and stated["reopens"] == 0
    return {
        "received": written(case.received),
        "resolved": written(case.resolved),
        "closed": written(case.closed),
        "priority": case.grade,
        "reassignments": str(stated["reassignments"]),
        "reopens": str(case.reopens),
        "FCR_A": str(fcr_a) if resolved else "",
        "FCR_B": str(fcr_a and not case.waited_ever) if resolved else "",
        "resolution_h": written_hours(case.resolution if resolved else None),
        "paused_user_info_h": written_hours(case.customer_wait if resolved else NOTHING),
        "net_h": written_hours(case.net if resolved else None),
        "made_sla": str(stated["made_sla"]).lower(),
        "target_on_time": str(hours(case.resolution) <= TARGETS[case.grade]) if resolved else "",
    }


def test_uci498_case_by_case(uci498):
    assert uci498.cases.keys() == uci498.truth_cases.keys()
    for name, truth in uci498.truth_cases.items():
        expected = truth | {"priority": GRADES[truth["priority"]]}
        expected.pop("request"), expected.pop("events")
        assert uci_row(uci498.cases[name]) == expected, name


def test_uci498_in_total(uci498):
    cases, truth = list(uci498.cases.values()), uci498.truth
    resolved = [case for case in cases if case.resolved]
    fcr_a = [case for case in resolved if not case.stated["reassignments"] and not case.stated["reopens"]]
    fcr_b = [case for case in fcr_a if not case.waited_ever]
    day = timedelta(hours=24)
    assert sum(case.stated["reassignments"] for case in cases) == truth["reassignments_counter"]
    assert share(sum(case.stated["reassignments"] > 0 for case in cases), len(cases)) == truth["cases_reassigned"]
    assert sum(case.team_changes for case in cases) == truth["group_changes_observed"]
    assert sum(case.agent_changes for case in cases) == truth["assignee_changes_observed"]
    assert sum(case.reopens for case in cases) == sum(case.stated["reopens"] for case in cases) == truth["reopens"]
    assert share(sum(case.reopens > 0 for case in cases), len(cases)) == truth["cases_reopened"]
    assert share(len(fcr_a), len(resolved)) == truth["FCR_A"]
    assert share(len(fcr_b), len(resolved)) == truth["FCR_B"]
    assert share(sum(case.resolution <= day for case in fcr_b), len(resolved)) == truth["FCR_C"]
    assert spread(hours(case.resolution) for case in resolved) == picked(truth["resolution_h"])
    assert spread(hours(case.closed - case.received) for case in cases) == picked(truth["close_h"])
    assert spread(hours(case.net) for case in resolved) == picked(truth["net_h"])
    assert round(sum(hours(case.customer_wait) for case in resolved), 3) == truth["paused_user_info_h_total"]
    assert share(sum(case.stated["made_sla"] for case in cases), len(cases)) == truth["sla_flag"]
    waiting = sum(any(code == "awaiting_customer" for code, _ in case.raised) for case in cases)
    assert waiting == truth["cases_with_awaiting_user_info"]


def test_uci498_by_priority_and_on_time(uci498):
    cases = [case for case in uci498.cases.values() if case.resolved]
    kept = [case for case in cases if hours(case.resolution) <= TARGETS[case.grade]]
    assert share(len(kept), len(cases)) == uci498.truth["target_policy_on_time"]
    for priority, grade in GRADES.items():
        of_grade = [case for case in cases if case.grade == grade]
        assert (
            share(sum(case.grade == grade for case in kept), len(of_grade)) == uci498.truth["target_policy_by_priority"][priority]
        )
        assert spread(hours(case.resolution) for case in of_grade) == picked(uci498.truth["resolution_h_by_priority"][priority])
    by_final = Counter(case.grade for case in uci498.cases.values())
    assert by_final == {GRADES[priority]: count for priority, count in uci498.truth["priority_final"].items()}


def test_uci498_backlog_and_workload(uci498):
    cases = uci498.cases.values()
    for day, count in uci498.truth["backlog"].items():
        at = datetime.fromisoformat(day).replace(tzinfo=UTC)
        assert sum(case.received <= at < case.closed for case in cases) == count, day
    # The truth counts resolved cases only; 1,483 cases that were never resolved name a resolver too.
    workload = Counter(case.stated["resolved_by"] for case in cases if case.resolved and "resolved_by" in case.stated)
    assert len(workload) == uci498.truth["resolvers_distinct"]
    assert dict(workload.most_common(20)) == uci498.truth["workload_resolved_by_top20"]


def helpdesk_row(case) -> dict[str, str]:
    resolved = case.resolved is not None
    fcr = resolved and not case.reopens and not case.waited_ever and len(set(case.agents)) <= 1
    return {
        "received": written(case.received),
        "first_response": written(case.first_response),
        "resolved_last": written(case.resolved),
        "closed": written(case.closed),
        "reassignments": str(case.agent_changes),
        "reopens": str(case.reopens),
        "FCR": str(fcr) if resolved else "",
        "resolution_h": written_hours(case.resolution if resolved else None),
        "wait_h": written_hours(case.customer_wait if resolved else NOTHING),
        "net_h": written_hours(case.net if resolved else None),
    }


def test_helpdesk_case_by_case(helpdesk):
    assert helpdesk.cases.keys() == helpdesk.truth_cases.keys()
    for name, truth in helpdesk.truth_cases.items():
        expected = {key: value for key, value in truth.items() if key not in ("request", "events")}
        assert helpdesk_row(helpdesk.cases[name]) == expected, name


def test_helpdesk_in_total(helpdesk):
    cases, truth = list(helpdesk.cases.values()), helpdesk.truth
    resolved = [case for case in cases if case.resolved]
    first_time = [c for c in resolved if not c.reopens and not c.waited_ever and len(set(c.agents)) <= 1]
    answered = [case for case in cases if case.first_response]
    assert sum(case.agent_changes for case in cases) == truth["reassignments"]
    assert sum(case.team_changes for case in cases) == 0
    assert share(sum(case.agent_changes > 0 for case in cases), len(cases)) == truth["cases_reassigned"]
    assert sum(case.reopens for case in cases) == truth["reopens"]
    assert share(sum(case.reopens > 0 for case in cases), len(cases)) == truth["cases_reopened"]
    assert share(len(first_time), len(resolved)) == truth["FCR"]
    assert spread(hours(case.first_response - case.received) for case in answered) == picked(truth["first_response_h"])
    assert spread(hours(case.resolution) for case in resolved) == picked(truth["resolution_h"])
    assert spread(hours(case.net) for case in resolved) == picked(truth["net_resolution_h"])
    assert share(sum(hours(case.resolution) <= 168 for case in resolved), len(resolved)) == truth["target_168h_elapsed"]
    assert share(sum(hours(case.net) <= 168 for case in resolved), len(resolved)) == truth["target_168h_net"]
    assert round(sum(hours(case.customer_wait) for case in resolved), 2) == truth["wait_h_total"]
    assert share(sum(case.waited_ever for case in cases), len(cases)) == truth["cases_with_wait"]
    solvers = Counter(one.data["agent"] for one in helpdesk.facts if one.type == "case.resolved")
    assert solvers == truth["workload_resolve_by_resource"]
