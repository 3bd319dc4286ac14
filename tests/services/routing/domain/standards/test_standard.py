"""What the shipped pages come to: targets in their order, pauses, walking order, warnings."""

import pytest

from libs.events.catalogue.promise import Target
from libs.events.catalogue.standard import Confirmation
from services.routing.domain.cases.pinned import words_of
from services.routing.domain.standards.notices import spoken
from services.routing.domain.standards.page import BrokenStandard
from services.routing.domain.standards.standard import sound
from tests.services.routing.samples import COMPLAINT, SHIPPED, STANDARDS, page


def test_a_grade_s_promise_comes_with_its_condition_and_its_pauses() -> None:
    urgent = [target for target in COMPLAINT.targets if target.when == {"grade": "urgent"} and not target.node]
    assert urgent == [
        Target(clock="response", kind="response", limit="2h", start="registered", stop="started:n4", when={"grade": "urgent"}),
        Target(
            clock="cycle",
            kind="cycle",
            limit="3wd",
            start="registered",
            stop="completed:n6",
            when={"grade": "urgent"},
            pauses=("awaiting_customer",),
        ),
    ]


@pytest.mark.parametrize(
    ("why", "node", "limits"),
    [
        ("immediately means the grace", "n1", [({}, "15m")]),
        ("one limit for all", "n2", [({}, "1h")]),
        ("the narrower first: the first that fits holds", "n4", [({"grade": "urgent"}, "12h"), ({}, "24h")]),
        ("working days", "n6", [({"grade": "urgent"}, "1wd"), ({}, "3wd")]),
    ],
)
def test_a_node_s_limit_is_a_target_from_entry_to_completion(why: str, node: str, limits: list[object]) -> None:
    targets = [target for target in COMPLAINT.targets if target.node == node]
    assert [(target.when, target.limit) for target in targets] == limits
    assert {(one.clock, one.kind, one.start, one.stop) for one in targets} == {
        (f"node:{node}", "node", f"entered:{node}", f"completed:{node}")
    }


def test_the_grace_of_limits_by_word_is_that_of_each_word() -> None:
    document = page("complaint-quality")
    document["nodes"][1]["limit"] = {"otherwise": "8h", "grade": {"urgent": "immediate"}, "grace": "30m"}
    node = document["nodes"][1]["id"]
    found = [(target.when, target.limit) for target in sound(document).standard.targets if target.node == node]
    assert found == [({"grade": "urgent"}, "30m"), ({}, "8h")]


@pytest.mark.parametrize("name", SHIPPED)
def test_of_targets_with_one_clock_the_last_holds_for_everybody_or_every_word_has_its_own(name: str) -> None:
    standard = STANDARDS[name]
    for clock in {target.clock for target in standard.targets}:
        conditions = [target.when for target in standard.targets if target.clock == clock]
        assert all(conditions[:-1])
        if conditions[-1]:
            scale = next(iter(conditions[-1]))
            assert {when[scale] for when in conditions} == set(words_of(standard, scale))


def test_nodes_may_be_written_in_any_order() -> None:
    document = page("feedback-handling")
    first, *rest = document["nodes"]
    for above, node in zip([first, *rest], rest, strict=False):
        node["after"] = above["id"]
    document["nodes"] = [first, *reversed(rest)]
    assert [node.id for node in sound(document).standard.nodes] == ["f1", "f2", "f3", "f4", "f5", "f6"]


@pytest.mark.parametrize(
    ("why", "limit", "warned"),
    [
        ("the limit of the urgent grade fits", {"otherwise": "24h", "grade": {"urgent": "12h"}}, []),
        ("24 hours for the urgent grade still fit", {"otherwise": "24h"}, []),
        ("43 hours fit by a quarter of an hour", {"otherwise": "34h", "grade": {"urgent": "42h"}}, []),
        ("to the minute", {"otherwise": "34h", "grade": {"urgent": "2535m"}}, []),
        ("to the second", {"otherwise": "34h", "grade": {"urgent": "99999s"}}, []),
        ("one more does not", {"otherwise": "34h", "grade": {"urgent": "43h"}}, ["cycle (grade urgent)"]),
        ("too long for both", {"otherwise": "48h"}, ["cycle (grade normal)", "cycle (grade urgent)"]),
    ],
)
def test_a_warning_says_when_the_nodes_take_longer_than_the_promise(why: str, limit: object, warned: list[str]) -> None:
    document = page("complaint-quality")
    document["nodes"][3]["limit"] = limit
    warnings = sound(document).warnings
    assert [warning.split(":")[0] for warning in warnings] == warned
    if warned:
        assert "nodes n1 to n6" in warnings[-1] and "3wd" in warnings[-1]


@pytest.mark.parametrize(
    ("until", "covered"),
    [
        ("entered:n1", None),
        ("completed:n1", "n1 to n1"),
        ("entered:n3", "n1 to n2"),
        ("started:n3", "n1 to n2"),
        ("completed:n3", "n1 to n3"),
        ("resolved", "n1 to n6"),
        ("closed", "n1 to n7"),
        ("first_response", None),
    ],
)
def test_a_promise_covers_the_nodes_that_must_be_completed_before_it_is_kept(until: str, covered: str | None) -> None:
    document = page("complaint-quality")
    document["promises"] = {"extra": {"limit": "1s", "until": until}}
    told = [warning for warning in sound(document).warnings if warning.startswith("extra")]
    assert [f"nodes {covered} may take" in warning for warning in told] == ([] if covered is None else [True])


@pytest.mark.parametrize(("schema", "per_visit"), [(None, False), ("process-standard/v1", False), ("process-standard/v2", True)])
def test_by_the_second_form_the_limit_of_a_node_holds_for_each_visit(schema: str | None, per_visit: bool) -> None:
    targets = sound({**page("complaint-quality"), "schema": schema}).standard.targets
    assert {one.per_visit for one in targets if one.node} == {per_visit}
    assert {one.per_visit for one in targets if not one.node} == {False}


@pytest.mark.parametrize(
    ("schema", "clock", "until", "owed"),
    [
        ("process-standard/v1", "response", "first_response", False),
        ("process-standard/v2", "response", "first_response", True),
        ("process-standard/v2", "response", "started:n4", True),
        ("process-standard/v2", "answer", "first_response", True),
        ("process-standard/v2", "followup", "completed:n7", True),
        ("process-standard/v2", "resolution", "resolved", False),
        ("process-standard/v2", "cycle", "completed:n6", False),
    ],
)
def test_by_the_second_form_it_is_owed_that_somebody_speaks_with_the_customer(schema, clock, until, owed) -> None:
    document = page("complaint-quality") | {"schema": schema, "promises": {clock: {"limit": "9h", "until": until}}}
    targets = sound(document).standard.targets
    assert [one.owed for one in targets if one.clock == clock and not one.when] == [owed]
    assert not any(one.owed for one in targets if one.node)


@pytest.mark.parametrize(
    ("written", "start", "stop", "each", "reopened"),
    [
        ({"until": "resolved"}, "registered", "resolved", "", "ignore"),
        ({"until": "resolved", "reopened": "new"}, "registered", "resolved", "", "new"),
        ({"until": "completed:n6", "from": "entered:n4", "reopened": "continue"}, "entered:n4", "completed:n6", "", "continue"),
        ({"each": "message"}, "message", "spoken", "message", "ignore"),
        ({"each": "update"}, "registered", "spoken", "update", "ignore"),
        ({"each": "update", "from": "completed:n4"}, "completed:n4", "spoken", "update", "ignore"),
    ],
)
def test_a_promise_may_be_made_again_and_again(written, start, stop, each, reopened) -> None:
    document = page("complaint-quality", "") | {"promises": {"next_reply": {"limit": "4h", **written}}}
    found = sound(document)
    [target] = [one for one in found.standard.targets if one.clock == "next_reply"]
    assert (target.start, target.stop, target.each, target.reopened, target.owed) == (start, stop, each, reopened, each == "")
    assert not each or not any(warning.startswith("next_reply") for warning in found.warnings), "it covers no nodes"


def test_a_role_may_have_a_team() -> None:
    written = page("complaint-quality")
    written["roles"]["quality_engineer"]["team"] = "quality"
    roles = sound(written).standard.roles
    assert (roles["quality_engineer"].team, roles["cs_agent"].team) == ("quality", "")


def test_attributes_are_declared_with_their_values_or_said_to_be_open() -> None:
    written = {**page("complaint-quality"), "channels": ["phone", "email"]}
    written["attributes"] = {"product_model": "open", "affected": ["one", "batch"], "safety_risk": ["yes", "no"]}
    standard = sound(written).standard
    assert standard.attributes == ("product_model", "affected", "safety_risk")
    assert standard.values == {"affected": ("one", "batch"), "safety_risk": ("yes", "no")}
    assert standard.channels == ("phone", "email") and COMPLAINT.channels == () and COMPLAINT.values == {}


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"attributes": {"product_model": "open", "affected": ["one"], "safety_risk": ["yes"]}},
         "classify.whole-batch.when.affected"),
        ({"attributes": {"product_model": "open", "affected": "opn", "safety_risk": "open"}}, "attributes.affected"),
        ({"channels": ["phone"], "classify": [{"id": "a", "when": {"channel": "fax"}, "then": {"category": "c"}}]},
         "classify.a.when.channel"),
    ],
)  # fmt: skip
def test_a_rule_asks_only_for_words_that_a_case_may_have(changed: dict[str, object], place: str) -> None:
    with pytest.raises(BrokenStandard) as broken:
        sound({**page("complaint-quality"), **changed})
    assert place in [fault.path for fault in broken.value.faults]


def gap(**words: object) -> dict[str, object]:
    """Return the complaint's page with something more written at its first exception."""
    written = page("complaint-quality")
    written["exceptions"][0] |= words
    return written


def test_an_exception_may_be_raised_by_itself_with_a_limit_and_what_follows() -> None:
    standard = sound(gap(raised_by="missing", limit="2h", then="awaiting_customer")).standard
    rule = standard.exceptions[0]
    assert (rule.raised_by, rule.limit, rule.then) == ("missing", "2h", "awaiting_customer")
    (asking,) = (one for one in standard.targets if one.exception)
    assert (asking.clock, asking.kind, asking.limit) == ("exception:info_incomplete", "exception", "2h")


def test_an_exception_may_pause_promises_for_so_long_and_no_longer() -> None:
    rule = sound(gap(pauses=["cycle"], pauses_at_most="5wd")).standard.exceptions[0]
    assert rule.pauses_at_most == "5wd"
    assert all(one.pauses_at_most == "" for one in COMPLAINT.exceptions)


def test_an_exception_that_pauses_may_remind_the_customer_so_many_times() -> None:
    rule = sound(gap(pauses=["cycle"], remind_every="2wd", reminders_at_most=20)).standard.exceptions[0]
    assert (rule.remind_every, rule.reminders_at_most) == ("2wd", 20)
    assert {(one.remind_every, one.reminders_at_most) for one in COMPLAINT.exceptions} == {("", 0)}


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ({"raised_by": "nobody"}, "exceptions.info_incomplete.raised_by"),
        ({"then": "info_incomplete"}, "exceptions.info_incomplete.then"),
        ({"then": "strike"}, "exceptions.info_incomplete.then"),
        ({"limit": "soon"}, "exceptions[0].limit"),
        ({"pauses": ["cycle"], "pauses_at_most": "soon"}, "exceptions[0].pauses_at_most"),
        ({"pauses_at_most": "5wd"}, "exceptions[0].pauses_at_most"),
        ({"remind_every": "2wd", "reminders_at_most": 3}, "exceptions[0].remind_every"),
        ({"pauses": ["cycle"], "remind_every": "soon", "reminders_at_most": 3}, "exceptions[0].remind_every"),
        ({"pauses": ["cycle"], "remind_every": "2wd"}, "exceptions[0].reminders_at_most"),
        ({"pauses": ["cycle"], "remind_every": "2wd", "reminders_at_most": 0}, "exceptions[0].reminders_at_most"),
        ({"pauses": ["cycle"], "remind_every": "2wd", "reminders_at_most": 21}, "exceptions[0].reminders_at_most"),
        ({"pauses": ["cycle"], "reminders_at_most": 3}, "exceptions[0].reminders_at_most"),
    ],
)
def test_an_exception_that_means_nothing_is_refused(words: dict[str, object], place: str) -> None:
    with pytest.raises(BrokenStandard) as broken:
        sound(gap(**words))
    assert place in [fault.path for fault in broken.value.faults]


def test_a_form_is_closed_and_bounded_and_its_page_stays_as_it_was_written() -> None:
    schema = {"type": "object", "required": ["cause"], "properties": {"cause": {"type": "string", "title": "Cause"}}}
    written = page("complaint-quality")
    written["forms"] = {"solution_report": {"en": "Report", "zh": "报告", "schema": schema, "brief": ["urgent"]}}
    found = sound(written)
    assert found.page["forms"]["solution_report"]["schema"] == schema
    form = found.standard.forms["solution_report"]
    assert (form.en, form.zh, form.brief, form.schema["additionalProperties"]) == ("Report", "报告", ("urgent",), False)
    assert form.schema["properties"]["cause"] == {"type": "string", "title": "Cause", "maxLength": 5_000}
    assert COMPLAINT.forms == {}


def test_a_node_may_ask_for_the_customers_yes_and_be_told_by_a_script() -> None:
    written = page("complaint-quality")
    written["nodes"][4] |= {"confirmation": {"subject": "solution", "returns_to": "n4"}, "notice": "s", "asks_expectation": True}
    written["scripts"] = {"s": {"en": "It is {result}.", "zh": "结果：{result}"}}
    next(one for one in written["exceptions"] if one["code"] == "solution_rejected")["raised_by"] = "rejected"
    standard = sound(written).standard
    assert standard.nodes[4].confirmation == Confirmation(subject="solution", returns_to="n4")
    assert (standard.nodes[4].notice, standard.scripts["s"].zh) == ("s", "结果：{result}")
    assert [one.id for one in standard.nodes if one.asks_expectation] == ["n5"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a} and {b}", "1 and {b}"), ("{a}{a}", "11"), ("{c}", "{c}"), ("no place", "no place"), ("{d}", "{a}"),
    ],
)  # fmt: skip
def test_a_script_has_what_is_known_in_its_places(text: str, said: str) -> None:
    assert spoken(text, {"a": "1", "c": "", "d": "{a}"}) == said


READ_ONLY = {
    "purpose": {"en": "Answer in time.", "zh": "及时响应。"},
    "scope": {"en": "All complaints.", "zh": "所有投诉。"},
    "duties": {"cs_agent": {"en": "Receives.", "zh": "受理。"}},
}


def test_a_page_is_kept_as_its_author_wrote_it() -> None:
    written = page("complaint-quality") | READ_ONLY
    written["nodes"][3] |= {
        "rule": {"en": "Ask twice.", "zh": "追问两次。"},
        "steps": [{"en": "Find the cause", "zh": "查明原因"}],
        "support": ["sales_rep"],
        "consulted": ["cs_agent"],
        "informed": ["cs_supervisor"],
    }
    found = sound(written)
    assert found.page == written
    node = found.standard.nodes[3]
    assert (node.support, node.consulted, node.informed) == (("sales_rep",), ("cs_agent",), ("cs_supervisor",))
    assert [one.en for one in node.steps] == ["Find the cause"]


GATE = {"id": "g", "en": "Go", "zh": "放行"}


@pytest.mark.parametrize(
    ("changed", "of_node", "place"),
    [
        ({"purpose": {"en": "only"}}, {}, "purpose.zh"),
        ({"duties": {"wizard": {"en": "x", "zh": "x"}}}, {}, "duties.wizard"),
        ({}, {"support": ["wizard"]}, "nodes.n1.support"),
        ({}, {"informed": ["relevant_department"]}, "nodes.n1.informed"),
        ({}, {"rule": {"en": "x", "zh": "x", "fr": "x"}}, "nodes[0].rule.fr"),
        ({}, {"steps": [{"en": "x"}]}, "nodes[0].steps[0].zh"),
        ({}, {"gates": [{"id": "g", "en": "x", "zh": "x"}]}, "gates.g.approver"),
        ({}, {"gates": [{"id": "g", "en": "x", "zh": "x", "approver": "wizard"}]}, "gates.g.approver"),
        (
            {},
            {"gates": [{"id": "g", "en": "x", "zh": "x", "approver": "cs_supervisor", "returns_to": "n2"}]},
            "gates.g.returns_to",
        ),
        ({}, {"gates": [{"id": "g", "en": "x", "zh": "x", "approver": "cs_supervisor"}] * 2}, "gates.g"),
    ],
)
def test_what_only_people_read_is_looked_at_too(changed: dict[str, object], of_node: dict[str, object], place: str) -> None:
    written = page("complaint-quality") | changed
    written["nodes"][0] |= of_node
    with pytest.raises(BrokenStandard) as broken:
        sound(written)
    assert place in [fault.path for fault in broken.value.faults]


def test_a_gate_supplies_what_later_nodes_need_and_has_a_promise() -> None:
    written = page("complaint-quality")
    written["nodes"][3]["outputs"].remove("plan_approval")
    written["nodes"][3]["gates"] = [
        {"id": "plan_approval", "en": "Plan", "zh": "方案", "approver": "quality_manager", "limit": "4h", "returns_to": "n2"}
    ]
    standard = sound(written).standard
    assert [(one.clock, one.kind, one.limit) for one in standard.targets if one.gate] == [("gate:plan_approval", "gate", "4h")]
    assert standard.nodes[3].gates[0].returns_to == "n2"
