"""Class, grade and owner: by the rules at registration, by hand later, and the owner follows the class."""

from dataclasses import replace
from typing import Any

import pytest

from libs.events.catalogue.routing import CaseAssigned, CaseClassified, CaseGraded
from libs.events.catalogue.standard import Rule
from libs.events.testing.spec import given, knowing
from services.routing.books import CASES
from services.routing.domain.cases.decisions import assign, classify, grade
from services.routing.reactions import receive
from tests.services.routing.samples import CALL, COMPLAINT, LATER, PROBLEM, STANDARDS, new_case, registered


@pytest.mark.parametrize(
    ("why", "fields", "service_class", "severity", "role", "rule"),
    [
        ("nothing known: routine, front line", {}, "routine", "minor", "cs_agent", "front-line"),
        ("urgent goes to the manager", {"urgency": "urgent"}, "urgent", "minor", "cs_manager", "urgent-to-manager"),
        (
            "or to tech support",
            {"urgency": "urgent", "topic": "technical"},
            "urgent",
            "minor",
            "tech_support",
            "urgent-technical",
        ),
        ("complex goes to tech support", {"urgency": "complex"}, "complex", "minor", "tech_support", "complex-to-support"),
        ("major goes to management", {"impact": "major"}, "urgent", "major", "management", "major-to-management"),
        (
            "the first rule decides",
            {"impact": "major", "urgency": "complex"},
            "urgent",
            "major",
            "management",
            "major-to-management",
        ),
    ],
)
def test_a_call_is_classified_and_assigned_by_rules(
    why: str, fields: dict[str, str], service_class: str, severity: str, role: str, rule: str
) -> None:
    case = new_case("inbound-call", **fields).state
    assert (case.service_class, case.severity, case.role, case.assigned_by) == (service_class, severity, role, rule)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({}, "normal"), ({"affected": "batch"}, "urgent"), ({"safety_risk": "yes"}, "urgent"), ({"affected": "one"}, "normal")],
)
def test_a_complaint_is_graded_by_rules(fields: dict[str, str], expected: str) -> None:
    assert new_case(**fields).state.grade == expected


URGENT = {"grade": "urgent", "reason": "a second customer called"}
MAJOR = CaseClassified(severity="major")
TO_BO = CaseAssigned(team="customer_service", agent="bo", role="cs_agent")
MANAGEMENT = CaseAssigned(team="management", role="management", rule="major-to-management")


@pytest.mark.parametrize(
    ("why", "process", "decision", "named", "said"),
    [
        ("a regrade", "complaint-quality", grade, URGENT, [CaseGraded(**URGENT)]),
        ("the same grade", "complaint-quality", grade, {"grade": "normal"}, []),
        ("a class", "inbound-call", classify, {"category": "x"}, [CaseClassified(category="x")]),
        ("nothing new", "inbound-call", classify, {"service_class": "routine"}, []),
        ("nothing at all", "inbound-call", classify, {}, []),
        ("severity moves the owner", "problem-handling", classify, {"severity": "major"}, [MAJOR, MANAGEMENT]),
        ("an agent of the team", "inbound-call", assign, {"agent": "bo"}, [TO_BO]),
        ("another team", "inbound-call", assign, {"team": "x"}, [CaseAssigned(team="x", role="cs_agent")]),
        ("the same team", "inbound-call", assign, {"team": "customer_service"}, []),
    ],
)  # fmt: skip
def test_by_hand(why: str, process: str, decision: Any, named: dict[str, str], said: list[Any]) -> None:
    standard = {"complaint-quality": COMPLAINT, "inbound-call": CALL, "problem-handling": PROBLEM}[process]
    case = new_case(process)
    case.when(decision, standard, **named, at=LATER).then(*said)
    case.after(decision, standard, **named, at=LATER).when(decision, standard, **named, at=LATER).nothing()


def test_an_owner_by_hand_stays_while_no_other_rule_fits() -> None:
    case = new_case("problem-handling").after(assign, PROBLEM, team="night_shift", agent="bo", at=LATER)
    case.when(classify, PROBLEM, category="printing", at=LATER).then(CaseClassified(category="printing"))


def test_rules_see_all_that_was_told_also_when_a_person_classifies() -> None:
    by_topic = Rule(id="urgent-print", when={"service_class": "urgent", "topic": "print"}, then={"team": "printing"})
    standard = replace(CALL, attributes=(*CALL.attributes, "topic"), assign=(by_topic, *CALL.assign))
    heard = registered("inbound-call", topic="print")
    case = given(CASES, heard).after(receive, heard, knowing(standard))
    case.when(classify, standard, service_class="urgent", at=LATER).then(
        CaseClassified(service_class="urgent"), CaseAssigned(team="printing", rule="urgent-print")
    )


@pytest.mark.parametrize(("decision", "named"), [(classify, {"severity": "major"}), (classify, {"service_class": "urgent"})])
def test_whom_a_person_named_stays_whatever_the_rules_say(decision: Any, named: dict[str, str]) -> None:
    case = new_case("inbound-call").after(assign, CALL, team="night_shift", agent="bo", reason="knows her", at=LATER)
    case.when(decision, CALL, **named, at=LATER).then(CaseClassified(**named))


def test_a_new_team_begins_without_the_old_agent() -> None:
    case = new_case("inbound-call").after(assign, CALL, agent="bo", at=LATER).after(assign, CALL, team="x", at=LATER)
    assert (case.state.team, case.state.agent) == ("x", "")


@pytest.mark.parametrize("named", [{"team": "customer_service", "role": "cs_manager"}, {"agent": "bo", "role": "cs_manager"}])
def test_an_agent_stays_while_the_team_stays(named: dict[str, str]) -> None:
    case = new_case("inbound-call").after(assign, CALL, agent="bo", at=LATER).after(assign, CALL, **named, at=LATER)
    assert (case.state.team, case.state.agent, case.state.role) == ("customer_service", "bo", "cs_manager")


@pytest.mark.parametrize(
    ("why", "decision", "named", "code"),
    [
        ("a regrade without a reason", grade, {"grade": "urgent"}, "reason-missing"),
        ("an unknown grade", grade, {"grade": "huge", "reason": "r"}, "unknown-grade"),
        ("no grade", grade, {"grade": ""}, "grade-missing"),
        ("a scale the standard does not have", classify, {"severity": "minor"}, "unknown-severity"),
        ("an owner without a name", assign, {"role": "cs_agent"}, "owner-missing"),
        ("an unknown role", assign, {"agent": "bo", "role": "wizard"}, "unknown-role"),
    ],
)
def test_refused(why: str, decision: Any, named: dict[str, str], code: str) -> None:
    new_case().when(decision, COMPLAINT, **named, at=LATER).refused(code)


def test_who_names_no_grade_is_told_which_there_are() -> None:
    cases = ((new_case(name), standard) for name, standard in STANDARDS.items())
    told = [case.when(grade, standard, grade="", at=LATER).refused("grade-missing").detail for case, standard in cases]
    assert "Name one of urgent, normal." in told
    assert "inbound-call has no grades; leave the case as it is." in told


@pytest.mark.parametrize(
    ("process", "detail"),
    [
        ("inbound-call", "There is no severity huge; use one of major, minor."),
        ("complaint-quality", "There is no severity huge: complaint-quality has no such scale."),
    ],
)
def test_a_word_that_is_not_on_its_scale_is_refused_with_those_that_are(process: str, detail: str) -> None:
    refused = new_case(process).when(classify, STANDARDS[process], severity="huge", at=LATER).refused("unknown-severity")
    assert refused.detail == detail
