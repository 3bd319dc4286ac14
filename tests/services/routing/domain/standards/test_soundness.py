"""Each way in which a standard may be broken, where it is found and what the author is told."""

from collections.abc import Callable
from typing import Any

import pytest

from libs.events.catalogue.standard import SurveyPolicy
from services.routing.domain.standards.standard import BrokenStandard, sound
from tests.services.routing.samples import SHIPPED, page

pytestmark = pytest.mark.slow

Spoil = Callable[[dict[str, Any]], Any]


def node(place: int, **entries: Any) -> Spoil:
    def spoil(document: dict[str, Any]) -> None:
        document["nodes"][place] |= entries

    return spoil


def top(**entries: Any) -> Spoil:
    return lambda document: document.update(entries)


def without(place: int, key: str) -> Spoil:
    return lambda document: document["nodes"][place].pop(key)


def rule(kind: str, **entries: Any) -> Spoil:
    return lambda document: document[kind].insert(0, {"id": "x", "then": {"team": "t", "role": "cs_agent"}} | entries)


def unassigned(**entries: Any) -> Spoil:
    """Let a node's role be the assigned one, and change the only rule that assigns."""

    def spoil(document: dict[str, Any]) -> None:
        document["nodes"][2]["role"] = "$assigned"
        document["assign"][0] |= entries

    return spoil


def nodes(number: int) -> Spoil:
    """Add nodes until there are so many."""

    def spoil(document: dict[str, Any]) -> None:
        last = document["nodes"][-1]
        document["nodes"] += [last | {"id": f"x{n}", "outputs": []} for n in range(number - len(document["nodes"]))]

    return spoil


def exception(**entries: Any) -> Spoil:
    return lambda document: document["exceptions"][0].update(entries)


def elapsed(entry: Any) -> None:
    """Let every limit in working time be an elapsed one."""
    for key, value in list(entry.items() if isinstance(entry, dict) else enumerate(entry)):
        if isinstance(value, dict | list):
            elapsed(value)
        elif isinstance(value, str) and value.endswith(("wd", "wh")):
            entry[key] = "24h"


def form(id: str = "solution_report", **entries: Any) -> Spoil:
    """Let an output of a node be a form; the others that a node leaves behind stay words."""

    def spoil(document: dict[str, Any]) -> None:
        schema = {"type": "object", "properties": {"cause": {"type": "string"}}}
        document["forms"] = {id: {"en": "Report", "zh": "报告", "schema": schema} | entries}

    return spoil


def promise(**entries: Any) -> Spoil:
    return top(promises={"extra": {"limit": "1h", "until": "closed"} | entries})


FAULTS = [
    ("a node without a role", without(0, "role"), "nodes.n1.role", "nobody does the work"),
    ("a node without an approver", without(3, "approver"), "nodes.n4.approver", "nobody approves"),
    ("a vague role", node(5, role="relevant_department"), "nodes.n6.role", "vague"),
    ("a vague role, declared", top(roles={"x": {"en": "Relevant department", "zh": "甲"}}), "roles.x", "vague"),
    ("a vague role in Chinese", top(roles={"x": {"en": "X", "zh": "相关部门"}}), "roles.x", "vague"),
    ("an unknown role", node(0, role="wizard"), "nodes.n1.role",
        "`wizard` is not declared; declare it under `roles`, or name one of cs_agent, "),
    ("no roles at all", top(roles={}), "escalate_to", "`cs_supervisor` is not declared; declare it under `roles`, where none is"),
    ("a vague supervisor", top(escalate_to="relevant department"), "escalate_to", "`relevant department` is vague"),
    ("an unknown approver", node(0, approver="wizard"), "nodes.n1.approver", "`wizard` is not declared"),
    ("an unknown supervisor", top(escalate_to="wizard"), "escalate_to", "`wizard` is not declared"),
    ("a rule's unknown role", rule("assign", then={"role": "wizard"}), "assign.x.then", "`wizard` is not declared"),
    ("a role that nobody decides", node(2, role="$responsible_department"), "nodes.n3.role", "no earlier node decides"),
    ("a role that may stay empty", lambda d: (d["assign"].clear(), node(2, role="$assigned")(d)), "nodes.n3.role", "stay empty"),
    ("a role that no rule gives in the end", unassigned(when={"channel": "x"}), "nodes.n3.role", "stay empty"),
    ("a role that a rule leaves open", unassigned(then={"team": "t"}), "nodes.n3.role", "stay empty"),
    ("a rule that hides the later ones", rule("assign"), "assign.x.when", "no later rule is ever asked"),
    ("a node without a limit", without(1, "limit"), "nodes[1].limit", "is missing"),
    ("an impossible limit", node(1, limit="3x"), "nodes[1].limit", "`3x` is no limit"),
    ("a limit of nothing", node(1, limit="0h"), "nodes[1].limit", "`0h` is no limit"),
    ("a limit with a leading zero", node(1, limit="01h"), "nodes[1].limit", "`01h` is no limit"),
    ("a limit beyond counting", node(1, limit="100000s"), "nodes[1].limit", "`100000s` is no limit"),
    ("a limit without unit", node(1, limit=24), "nodes[1].limit", "is a number"),
    ("a limit for one grade only", node(1, limit={"grade": {"urgent": "1h"}}), "nodes[1].limit.otherwise", "is missing"),
    ("a limit for an unknown scale", node(1, limit={"otherwise": "1h", "size": {}}), "nodes[1].limit.size", "not a known"),
    ("an impossible grace", node(0, grace="soon"), "nodes[0].grace", "`soon` is no limit"),
    ("a grace of nothing", node(0, grace="0m"), "nodes[0].grace", "`0m` is no limit"),
    ("an immediate grace", node(0, grace="immediate"), "nodes[0].grace", "`immediate` is no limit"),
    ("a grace beside another limit", node(1, grace="15m"), "nodes[1].grace", "changes nothing"),
    ("a grace of a promise that is not immediate",
        lambda d: d["grades"]["urgent"]["promises"]["response"].update(grace="5m"),
        "grades.urgent.promises.response.grace", "changes nothing"),
    ("a grace beside limits by word", node(1, limit={"otherwise": "1h", "grace": "5m", "grade": {"urgent": "1h"}}),
        "nodes[1].limit.grace", "changes nothing"),
    ("working time without a calendar", lambda d: d.pop("calendar"), "calendar", "no calendar is named"),
    ("a cap in it without a calendar",
        lambda d: (elapsed(d), d.pop("calendar"), exception(pauses_at_most="5wd", pauses=["cycle"])(d)),
        "calendar", "`5wd` needs working time"),
    ("a reminder in it without one",
        lambda d: (elapsed(d), d.pop("calendar"), exception(remind_every="2wd", reminders_at_most=1, pauses=["cycle"])(d)),
        "calendar", "`2wd` needs working time"),
    ("a node that nobody reaches", node(6, after="n9"), "nodes[6].after", "`n7` is never reached; let it follow a node that is"),
    ("a fork", node(6, after="n2"), "nodes[6].after", "`n7` is never reached; another node follows `n2` already"),
    ("a circle", node(0, after="n7"), "nodes[0].after", "`n1` is never reached; let one node, the first, stand on top"),
    ("a node that reads as a visit of another", node(6, id="n1/2"), "nodes.n1/2", "reads as number 2 of `n1`"),
    ("a promise that reads as another's second",
        lambda d: d["grades"]["urgent"]["promises"].update({"24/7": {"limit": "2h", "until": "closed"}}),
        "promises.urgent.24/7", "reads as number 7 of `24`"),
    ("a node twice", node(1, id="n1"), "nodes.n1", "is there 2 times"),
    ("the id of what is no process", top(id="risk"), "id", "`risk` stands for what is promised about each risk"),
    ("and the other one", top(id="correction"), "id", "`correction` stands for what is promised about each correction"),
    ("no nodes", top(nodes=[]), "nodes", "there are 0 nodes"),
    ("too many nodes", nodes(101), "nodes", "there are 101 nodes; write 1 to 100"),
    ("an exception where no node is", top(nodes=[]), "exceptions.info_incomplete.at", "`n1`; describe it under `nodes`"),
    ("an input that comes later", node(1, inputs=["handling_result"]), "nodes.n2.inputs", "nothing before supplies"),
    ("an input that nobody supplies", top(sources=[]), "nodes.n1.inputs", "`customer_feedback`"),
    ("a moment of an unknown node", promise(until="completed:n9"), "promises.extra.until", "no node for the moment"),
    ("a moment of a misspelt node", promise(until="completed:n11"), "promises.extra.until", "did you mean `n1`?"),
    ("an unknown moment", promise(**{"from": "sunrise"}), "promises.extra.from", "no moment `sunrise`; write one of registered"),
    ("a misspelt moment", promise(until="resolvd"), "promises.extra.until", "did you mean `resolved`? write one of registered"),
    ("a moment of a misspelt kind", promise(until="complete:n2"), "promises.extra.until", "did you mean `completed:n2`?"),
    ("no end",                       promise(until=None), "promises.extra.until", "is missing"),
    ("again and again, for what",    promise(each="mesage"), "promises.extra.each", "did you mean `message`? write one of"),
    ("again and again, until when",  promise(each="update"), "promises.extra.until", "runs until somebody speaks"),
    ("for each message, from when",  promise(**{"each": "message", "until": None, "from": "registered"}),
        "promises.extra.from", "begins"),
    ("an update from an unknown node", promise(**{"each": "update", "until": None, "from": "entered:n9"}),
        "promises.extra.from", "no node for the moment"),
    ("again and again, and reopened", promise(each="message", until=None, reopened="new"),
        "promises.extra.reopened", "begins again"),
    ("reopened, and what then",      promise(reopened="afresh"), "promises.extra.reopened", "write one of ignore, new, continue"),
    ("a promise with a node's name", top(promises={"node:n1": {"limit": "1h", "until": "closed"}}), "promises.node:n1", "own"),
    ("a rule twice", rule("classify", id="whole-batch", then={"grade": "urgent"}), "rules.whole-batch", "2 times"),
    ("a rule on an unknown attribute", rule("assign", when={"mood": "bad"}), "assign.x.when",
        "severity, grade, or declare it under `attributes`"),
    ("a class rule on the grade", rule("classify", when={"grade": "normal"}), "classify.x.when", "knows no `grade`"),
    ("a rule that sets what it may not", rule("classify", then={"team": "t"}), "classify.x.then", "knows no `team`"),
    ("a rule that sets nothing", rule("classify", then={}), "classify.x.then", "sets nothing"),
    ("a form that no node leaves behind", form("report"), "forms.report", "is left behind by no node; let one node have it"),
    ("a form that two nodes leave behind",
        lambda d: (node(4, outputs=["solution_report", "customer_confirmation"])(d), form()(d)),
        "forms.solution_report", "is left behind 2 times, by n4 and n5"),
    ("a form that a node leaves behind twice", lambda d: (d["nodes"][3]["outputs"].append("solution_report"), form()(d)),
        "forms.solution_report", "is left behind 2 times, by n4 and n4"),
    ("a form with the name of a scale", form("grade"), "forms.grade", "has the name of a gate, of a scale or of what names"),
    ("a form that would name a role", form("responsible_department"), "forms.responsible_department", "of what names a role"),
    ("a form with the name of a gate", lambda d: (
        node(3, gates=[{"id": "solution_report", "en": "G", "zh": "G", "approver": "cs_supervisor"}])(d), form()(d)),
        "forms.solution_report", "has the name of a gate"),
    ("a form for a grade that is none", form(brief=["huge"]), "forms.solution_report.brief",
        "there is no grade `huge`; name one of normal, urgent"),
    ("a form without a schema", form(schema=None), "forms.solution_report.schema", "is missing"),
    ("a form of anything", form(schema={"type": "string"}), "forms.solution_report.schema", "is no schema of an object; write"),
    ("a form that refers to somewhere", form(schema={"type": "object", "properties": {"a": {"$ref": "http://x"}}}),
        "forms.solution_report.schema.properties.a", "has no type"),
    ("a form in one language", form(zh=None), "forms.solution_report.zh", "is missing"),
    ("a misspelt entry of a form", form(brif=[]), "forms.solution_report.brif", "did you mean `brief`?"),
    ("too many forms", lambda d: d.update(forms={f"f{n}": {"en": "F", "zh": "F", "schema": {
        "type": "object", "properties": {"a": {"type": "string"}}}} for n in range(31)}), "forms", "there are 31 forms"),
    ("a confirmation of nothing", node(4, confirmation={"subject": "moon"}), "nodes.n5.confirmation.subject",
        "nobody confirms `moon`; write one of scope, solution, result"),
    ("a confirmation that leads on", node(4, confirmation={"subject": "result", "returns_to": "n6"}),
        "nodes.n5.confirmation.returns_to", "`n6` does not come before n5; name one of n1, n2, n3, n4"),
    ("a confirmation that leads back from the first node", node(0, confirmation={"subject": "result", "returns_to": "n1"}),
        "nodes.n1.confirmation.returns_to", "`n1` does not come before n1; leave it out"),
    ("a decision that sends back from the first node", node(0, gates=[
        {"id": "go", "en": "Go", "zh": "放行", "approver": "quality_manager", "returns_to": "n2"}]),
        "gates.go.returns_to", "`n2` does not come before n1; leave it out"),
    ("a confirmation behind the end", node(6, confirmation={"subject": "result"}), "nodes.n7.confirmation",
        "comes after the case is resolved"),
    ("a misspelt entry of a confirmation", node(4, confirmation={"subject": "result", "return_to": "n4"}),
        "nodes[4].confirmation.return_to", "did you mean `returns_to`?"),
    ("a no that nobody could say", exception(raised_by="rejected"), "exceptions.info_incomplete.raised_by",
        "nobody is asked there who could say no"),
    ("a question about no notice", node(4, asks_expectation=True), "nodes.n5.asks_expectation", "write its `notice`, too"),
    ("a notice without a script", node(4, notice="s"), "nodes.n5.notice", "there is no script `s`; name one of none yet"),
    ("a script that nobody tells", top(scripts={"s": {"en": "A", "zh": "A"}}), "scripts.s", "is told by no node"),
    ("a script with other places in Chinese",
        lambda d: (node(4, notice="s")(d), top(scripts={"s": {"en": "{a}", "zh": "{b}"}})(d)),
        "scripts.s.zh", "has other places than the English text; use a"),
    ("a script with a brace", lambda d: (node(4, notice="s")(d), top(scripts={"s": {"en": "{A b}", "zh": "x"}})(d)),
        "scripts.s.en", "has a brace that is no place"),
    ("a script that is too long", lambda d: (node(4, notice="s")(d), top(scripts={"s": {"en": "x" * 2_001, "zh": "x"}})(d)),
        "scripts.s.en", "has 2001 characters; write 1 to 2000"),
    ("a grade that is not declared", rule("classify", then={"grade": "huge"}), "grade.huge", "use one of normal, urgent"),
    ("a class where none is declared", rule("classify", then={"service_class": "huge"}), "service_class.huge", "of none yet"),
    ("a class that nobody uses", top(classes={"rare": {"en": "R", "zh": "少"}}), "service_class.rare", "no rule or limit"),
    ("nothing resolves", node(5, resolves=False), "nodes.resolves", "0 nodes resolve"),
    ("two nodes resolve", node(4, resolves=True), "nodes.resolves", "2 nodes resolve"),
    ("an exception at an unknown node", exception(at=["n9"]), "exceptions.info_incomplete.at", "`n9`; name one of n1, n2"),
    ("an exception twice", lambda d: d["exceptions"].append(d["exceptions"][0]), "exceptions.info_incomplete", "2 times"),
    ("an exception pauses no clock", exception(pauses=["moon"]), "exceptions[0].pauses", "no clock `moon`; name one of cycle"),
    ("an exception pauses no clock, and there is none", lambda d: (d.update(nodes=[], grades={}), exception(pauses=["moon"])(d)),
        "exceptions[0].pauses", "no clock `moon`; give the standard a promise"),
    ("a misspelt entry", node(0, approvr="x"), "nodes[0].approvr", "did you mean `approver`"),
    ("an unknown entry", top(colour="red"), "colour", "not a known entry; use one of assign, "),
    ("a yes that YAML read as true", rule("classify", when={"affected": True}), "classify[0].when.affected", "quotes"),
    ("a label in one language", top(name={"en": "Only"}), "name.zh", "is missing"),
    ("a version with a point", top(version=1.1), "version", "whole number"),
    ("a version that is none", top(version=True), "version", "whole number"),
    ("a version below 1", top(version=0), "version", "is 0"),
    ("a version beyond counting", top(version=1_000_001), "version", "write 1 to 1000000"),
    ("an empty word", rule("classify", then={"grade": ""}), "classify[0].then.grade", "has 0 characters"),
    ("a word too long for an event", node(0, id="n" * 101), "nodes[0].id", "has 101 characters"),
    ("a name too long for an event", rule("classify", when={"a" * 101: "b"}), "classify[0].when", "as names"),
    ("an empty listed word", node(0, outputs=[""]), "nodes[0].outputs", "something else than words"),
    ("a listed word too long", node(0, outputs=["o" * 101]), "nodes[0].outputs", "at most 100"),
    ("a NUL in a word", top(id="a\0"), "id", "NUL"),
    ("a NUL in a limit that has a grace", node(0, limit="1\0h", grace="5m"), "nodes[0].limit", "NUL"),
    ("half a surrogate pair", top(change="\ud800"), "change", "surrogate"),
    ("a name nobody can hold", rule("classify", when={"a\0": "b"}), "classify[0].when", "as names"),
    ("a listed word nobody can hold", node(0, outputs=["\ud800"]), "nodes[0].outputs", "something else than words"),
    ("a note of nothing", top(change=" "), "change", "has 0 characters; write 1 to 500"),
    ("a note that is a number", top(change=7), "change", "is a number; write a text"),
    ("a page that is a list", top(name=[1]), "name", "is a list; write entries, `name: value`"),
    ("a list that is a page", top(nodes={}), "nodes", "is a group of entries; write a list"),
    ("an invitation of no days", top(survey_days=0), "survey_days", "is 0; write 1 to"),
    ("a delay below nothing", top(survey={"delay_seconds": -1}), "survey.delay_seconds", "is -1; write 0 to"),
    ("a cool-down below nothing", top(survey={"cool_down_hours": -1}), "survey.cool_down_hours", "is -1; write 0 to"),
    ("an ending that no case has", top(survey={"outcomes": ["fine"]}), "survey.outcomes", "no case ends as `fine`; use some"),
    ("a note too long", top(change="c" * 501), "change", "write 1 to 500"),
    ("a list that is none", node(0, outputs="form"), "nodes[0].outputs", "write a list"),
    ("a list that is a number", node(0, outputs=7), "nodes[0].outputs", "is a number; write a list"),
    ("days that are a word", top(survey_days="soon"), "survey_days", "is a text; write a whole number"),
    ("a flag that is a number", node(1, key=0), "nodes[1].key", "true or false"),
    ("a flag that is none", node(1, key="yes"), "nodes[1].key", "true or false"),
    ("another schema", top(schema="process-definition/v1"), "schema", "process-standard/v1"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "spoil", "path", "says"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_broken_standard_is_refused_with_the_place_and_the_cure(why: str, spoil: Spoil, path: str, says: str) -> None:
    document = page("complaint-quality")
    spoil(document)
    with pytest.raises(BrokenStandard) as broken:
        sound(document)
    found = {fault.path: str(fault) for fault in broken.value.faults}
    assert path in found, found
    assert says in found[path]
    assert broken.value.status == 422


@pytest.mark.parametrize(
    "spoil",
    [
        nodes(100),
        node(0, outputs=["complaint_register", "o" * 100]),
        rule("classify", when={"channel": "c" * 100}, then={"grade": "urgent"}),
        top(change="c" * 500),
        top(version=1_000_000),
        top(survey_days=1, survey={"delay_seconds": 0, "cool_down_hours": 0}),
    ],
)
def test_what_touches_a_border_is_taken(spoil: Spoil) -> None:
    document = page("complaint-quality")
    spoil(document)
    assert sound(document)


def test_all_faults_are_listed_at_once() -> None:
    document = page("complaint-quality")
    for spoil in (node(0, limit="3x"), without(3, "approver"), top(colour="red")):
        spoil(document)
    with pytest.raises(BrokenStandard) as broken:
        sound(document)
    assert [fault.path for fault in broken.value.faults] == ["nodes[0].limit", "colour", "nodes.n4.approver"]
    assert len(broken.value.detail.splitlines()) == 3


def test_a_name_that_reads_as_an_occurrence_is_told_once() -> None:
    document = page("complaint-quality")
    node(6, id="n1/2", limit="2h")(document)
    with pytest.raises(BrokenStandard) as broken:
        sound(document)
    assert str(broken.value).count("reads as number") == 1


def test_a_survey_asks_after_the_usual_outcomes_unless_the_author_names_some() -> None:
    document = page("complaint-quality")
    top(survey={"delay_seconds": 60})(document)
    assert sound(document).standard.survey.outcomes == SurveyPolicy().outcomes


@pytest.mark.parametrize("document", [None, [], "text", 3, {1: 2}])
def test_what_is_no_standard_at_all_is_refused_too(document: object) -> None:
    with pytest.raises(BrokenStandard):
        sound(document)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_standards_are_sound_and_fit_their_promises(name: str) -> None:
    assert sound(page(name)).warnings == ()
