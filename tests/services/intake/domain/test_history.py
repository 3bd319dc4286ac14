"""One row of another system's record → the fact intake says, or the reason why not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from libs.events.catalogue.intake import CaseRegistered, FactRecorded
from libs.events.log.envelope import encode_data
from libs.events.log.schema import check
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.samples import samples
from libs.events.testing.spec import knowing
from libs.events.words.free import Spoken
from libs.events.words.refusal import Refused
from services.intake.domain.customer import customer_ref
from services.intake.domain.history import Recorded, Rejected, imported_case_id, is_same, judge, rows_of
from services.intake.domain.importable import IMPORTABLE

AT = datetime(2026, 1, 1, tzinfo=UTC)
SHELF = knowing(STANDARD)
ROW = {
    "system": "snow",
    "case": "INC1",
    "sequence": 3,
    "type": "case.resolved",
    "time": "2016-05-01T10:00:00+02:00",
    "data": {"agent": "a1"},
}
REGISTERED = ROW | {
    "type": "case.registered",
    "data": {
        "channel": "email",
        "customer_ref": "Li.Na@Example.com",
        "process_id": STANDARD.process_id,
        "process_version": 1,
        "fields": {"impact": "batch", "serial": "SN-991"},
    },
}


def judged(row):
    return judge(json.dumps(row).encode(), SHELF, at=AT, actor="importer", pepper="p")


def told(cls_sample):
    return ROW | {"type": cls_sample.kind.name, "data": json.loads(encode_data(cls_sample.data))}


def test_a_fact_of_another_owner_is_handed_on_as_it_was_told():
    verdict = judged(ROW)
    fact = verdict.fact
    told = {"outcome": "resolved", "agent": "a1", "team": "", "reason": "", "repeats": ""}
    assert fact.data == FactRecorded(system="snow", fact="case.resolved", data=told)
    assert (fact.key, fact.sequence, fact.origin, fact.actor) == (imported_case_id("snow", "INC1"), 3, "import", "importer")
    assert fact.time == datetime(2016, 5, 1, 8, tzinfo=UTC) and fact.time.tzinfo is UTC
    assert verdict.private == ()


CANARY = "Ottilie, +49 30 5550199"


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("case.reopened", {"reason": CANARY}),
        ("case.graded", {"grade": "urgent", "reason": CANARY}),
        ("case.assigned", {"team": "t", "reason": CANARY}),
        ("case.escalated", {"kind": "functional", "to_role": "r", "reason": CANARY}),
        ("node.returned", {"node": "n2", "to_node": "n1", "reason": CANARY}),
        ("node.completed", {"node": "n1", "outputs": ["register", f"note={CANARY}", CANARY]}),
        ("case.cancelled", {"reason": CANARY}),
    ],
)
def test_what_people_wrote_elsewhere_goes_to_the_vault_and_not_into_the_event(type, data):
    verdict = judged(ROW | {"type": type, "data": data})
    check(verdict.fact)
    assert "Ottilie" not in encode_data(verdict.fact.data).decode()
    (row,) = verdict.private
    assert (row.table, row.key[0], row.values) == ("words", verdict.fact.key, (CANARY,))
    assert row.key[1] in encode_data(verdict.fact.data).decode()
    assert judged(ROW | {"type": type, "data": data}) == verdict


@pytest.mark.parametrize("fact", [one for one in samples() if one.kind.name in IMPORTABLE], ids=lambda one: one.kind.name)
def test_every_importable_fact_is_recorded_and_its_owner_can_read_it(fact):
    verdict = judged(told(fact))
    assert isinstance(verdict, Recorded), verdict
    check(verdict.fact)
    if isinstance(verdict.fact.data, FactRecorded):
        said = Spoken(verdict.fact.key, "p").event(fact.data)
        assert msgspec.convert(verdict.fact.data.data, fact.kind.cls) == said
    else:
        assert verdict.fact.kind is fact.kind


def test_a_registration_says_only_what_may_be_said_and_keeps_the_rest():
    verdict = judged(REGISTERED)
    assert verdict.fact.data == CaseRegistered(
        channel="email",
        customer_ref=customer_ref("li.na@example.com", pepper="p", of=REGISTERED["system"]),
        process_id=STANDARD.process_id,
        process_version=1,
        fields={"impact": "batch"},
        external_ref="INC1",
        system="snow",
    )
    (row,) = verdict.private
    assert (row.table, row.key, row.values[2]) == ("vault", (verdict.fact.key,), msgspec.Raw(b'{"serial":"SN-991"}'))


@pytest.mark.parametrize(
    ("why", "one", "other", "same"),
    [
        ("two systems", {"system": "a"}, {"system": "b"}, False),
        ("one system, twice", {"system": "a"}, {"system": "a"}, True),
        ("one uses the other's ids", {"system": "a"}, {"system": "b", "shared_with": "a"}, True),
        ("both use a third's", {"system": "a", "shared_with": "crm"}, {"system": "b", "shared_with": "crm"}, True),
        ("a system and our own customers", {"system": "a"}, {"system": "b", "shared_with": "intake"}, False),
        ("two spellings of one name", {"system": "a"}, {"system": "b", "shared_with": "A"}, True),
        ("two spellings of ours", {"system": "a", "shared_with": "Intake"}, {"system": "b", "shared_with": "intake"}, True),
    ],
)
def test_ids_of_different_systems_never_meet_unless_it_is_said(why, one, other, same):
    found = {judged(REGISTERED | {"case": "c"} | whose).fact.data.customer_ref for whose in (one, other)}
    assert (len(found) == 1) is same


def test_an_import_meets_our_own_customers_only_if_it_says_so():
    shared = judged(REGISTERED | {"shared_with": "intake"}).fact.data.customer_ref
    assert shared == customer_ref("li.na@example.com", pepper="p")


def test_nobody_is_one_nobody_in_every_system():
    data = REGISTERED["data"] | {"customer_ref": "anonymous"}
    assert judged(REGISTERED | {"data": data}).fact.data.customer_ref == "anonymous"


def test_a_registration_without_private_words_leaves_the_vault_alone():
    data = REGISTERED["data"] | {"fields": {"impact": "batch"}}
    assert judged(REGISTERED | {"data": data}).private == ()


LIVE = customer_ref("Li.Na@Example.com", pepper="p")
RETURNED = ROW | {"type": "node.returned", "data": {"node": "n2", "to_node": "n1", "reason": CANARY}}


def earlier(row, **changes):
    """Return a fact as an earlier release wrote it into the log."""
    fact = judged(row).fact
    return msgspec.structs.replace(fact, data=replace(fact.data, **changes))


@pytest.mark.parametrize(
    ("why", "before", "row", "same"),
    [
        ("told again", judged(REGISTERED).fact, REGISTERED, True),
        ("when all customers were together", earlier(REGISTERED, customer_ref=LIVE, system=""), REGISTERED, True),
        ("then, and shared with live cases now", earlier(REGISTERED, customer_ref=LIVE, system=""),
            REGISTERED | {"shared_with": "intake"}, True),
        ("another customer", earlier(REGISTERED, customer_ref=customer_ref("bo", pepper="p"), system=""), REGISTERED, False),
        ("another channel", earlier(REGISTERED, channel="web"), REGISTERED, False),
        ("an event that has gained fields since", earlier(ROW, data={"agent": "a1"}), ROW, True),
        ("that had other words before", earlier(ROW, data={"agent": "a2"}), ROW, False),
        ("when words were said in clear", earlier(RETURNED, data=RETURNED["data"]), RETURNED, True),
        ("other words in clear", earlier(RETURNED, data=RETURNED["data"] | {"reason": "x"}), RETURNED, False),
        ("another time", judged(ROW | {"time": "2016-05-01T11:00:00+02:00"}).fact, ROW, False),
    ],
)  # fmt: skip
def test_a_fact_told_again_is_the_same_also_when_an_earlier_release_wrote_it(why, before, row, same):
    assert is_same(judged(row), before) is same, why


@pytest.mark.parametrize(
    ("why", "change", "same"),
    [
        ("told again", {}, True),
        ("with other content: the first stands", {"data": {"agent": "a2"}}, True),
        ("another place in the sequence", {"sequence": 4}, False),
        ("another fact", {"type": "case.closed", "data": {}}, False),
        ("another case", {"case": "INC2"}, False),
        ("another system", {"system": "zendesk"}, False),
    ],
)  # fmt: skip
def test_a_fact_is_known_by_system_case_sequence_and_type(why, change, same):
    assert (judged(ROW | change).fact.id == judged(ROW).fact.id) is same, why


@pytest.mark.parametrize(
    ("why", "change", "code", "says"),
    [
        ("a type that is not there", {"type": "case.resolvd"}, "unknown-type", "Did you mean case.resolved"),
        ("a clock", {"type": "clock.met"}, "computed-not-imported", "computed"),
        ("tomorrow", {"time": "2026-01-02T00:00:00Z"}, "future-time", "future"),
        ("the end of all calendars", {"time": "9999-12-31T23:59:59-05:00"}, "future-time", "future"),
        ("no time at all", {"time": "0001-01-01T00:00:00+05:00"}, "placeholder-time", "missing value"),
        ("a time without a zone", {"time": "2016-05-01T10:00:00"}, "malformed", "`time` must be an instant with its offset"),
        ("counted from zero", {"sequence": 0}, "malformed", "sequence"),
        ("a sequence beyond CloudEvents", {"sequence": 2**31}, "malformed", "sequence"),
        ("a fraction of a place", {"sequence": 1.5}, "malformed", "sequence"),
        ("a system that could forge ids", {"system": "a|b"}, "malformed", "must be the name of a system: 1 to 80 letters"),
        ("a name and a line end", {"system": "desk\n"}, "reserved-system", "line end behind it"),
        ("a system with our live cases' customers", {"system": "intake"}, "reserved-system", "write the name of the system"),
        ("so spelt", {"system": "Intake"}, "reserved-system", "is a service of Loopdesk"),
        ("another service", {"system": "analytics"}, "reserved-system", "is a service of Loopdesk"),
        ("a system that is nobody", {"system": "Anonymous"}, "reserved-system", "write anonymous as customer_ref"),
        ("customers of a service", {"shared_with": "survey"}, "reserved-system", "write intake for those of live cases"),
        ("customers of nobody", {"shared_with": "anonymous"}, "reserved-system", "`shared_with`: 'anonymous' is no system"),
        ("no system", {"system": ""}, "malformed", "`system` must be the name of a system"),
        ("a word too many", {"note": "x"}, "malformed", "There is no field `note`. Known here: case, data, "),
        ("a misspelt word", {"sequense": 3}, "malformed", "There is no field `sequense`. Did you mean sequence?"),
        ("no data but a list", {"data": [1]}, "malformed", "object"),
        ("a misspelt field", {"data": {"agnet": "a"}}, "unknown-field", "it has: agent"),
        ("a number for a word", {"data": {"agent": 7}}, "malformed", "agent"),
        ("a NUL", {"data": {"agent": "a\0"}}, "malformed", "NUL"),
        ("a list for the row's data", {"data": []}, "malformed", "`data` must be a JSON object"),
        ("a word for a score", {"type": "survey.answered", "data": {"survey_id": "s", "overall": "x"}}, "malformed",
            "`data.overall` must be a whole number from 1 to 5."),
        ("a word for a version", {"type": "case.registered", "data": REGISTERED["data"] | {"process_version": "x"}}, "malformed",
            "`data.process_version` must be a whole number from 1."),
        ("no case", {"case": ""}, "malformed", "`case` must be a text of 1 to 200 characters."),
        ("a number for a list", {"type": "node.completed", "data": {"node": "n1", "outputs": 7}}, "malformed",
            "`data.outputs` must be a list, and each entry a text of 1 to 200 characters."),
        ("a number for figures", {"type": "import.figures_stated", "data": {"figures": 7}}, "malformed",
            "`data.figures` must be a JSON object, and each value a whole number or true or false or a text."),
        ("a word that is not listed", {"type": "case.escalated", "data": {"kind": "x", "to_role": "r", "reason": "s"}},
            "malformed", "`data.kind` must be one of functional, hierarchical."),
        ("too much", {"data": {"agent": "x" * 9000}}, "too-large", "8192"),
        ("a word the owner would not take", {"data": {"outcome": ""}}, "malformed", "outcome"),
        ("a score out of range", {"type": "survey.answered", "data": {"survey_id": "s", "overall": 6}}, "malformed", "overall"),
        (
            "an end without a zone",
            {"type": "survey.sent", "data": {"survey_id": "s", "channel": "e", "expires_at": "2016-01-01T00:00:00"}},
            "malformed",
            "`data.expires_at` must be an instant with its offset",
        ),
        (
            "a process nobody published",
            {"type": "case.registered", "data": REGISTERED["data"] | {"process_version": 9}},
            "unknown-process",
            "complaint-quality",
        ),
        (
            "an attribute as long as a text",
            {"type": "case.registered", "data": REGISTERED["data"] | {"fields": {"impact": "x" * 501}}},
            "field-too-long",
            "impact",
        ),
    ],
)  # fmt: skip
def test_rejected(why, change, code, says):
    verdict = judged(ROW | change)
    assert isinstance(verdict, Rejected), why
    assert verdict.code == code
    assert says in verdict.detail


@pytest.mark.parametrize(
    ("why", "row", "says"),
    [
        ("not UTF-8", json.dumps(ROW).replace("a1", "é").encode("latin1"),
            "`data.agent` must be JSON in UTF-8, without half of a surrogate pair."),
        ("half a surrogate pair", json.dumps(ROW).replace("a1", "\\ud800").encode(), "The row must be a JSON object in UTF-8."),
        ("nested too deeply", json.dumps(ROW).replace('"a1"', "[" * 4000 + "]" * 4000).encode(), "The row is nested too deeply."),
        ("cut off", json.dumps(ROW).encode()[:-4], "The row must be a JSON object in UTF-8."),
        ("not even JSON", b"hello", "The row must be a JSON object in UTF-8."),
        ("a list", b"[]", "The row must be a JSON object in UTF-8."),
    ],
)  # fmt: skip
def test_broken_bytes_cost_only_their_own_row(why, row, says):
    assert judge(row, SHELF, at=AT) == Rejected("malformed", says), why


LIBRARY = (
    "Expected",
    "Input",
    "should",
    "Object ",
    "regex",
    "JSON is malformed",
    "`$",
    "nvalid ",
    "timezone",
    "Field ",
    "msgspec",
)
"""What the words of msgspec and pydantic have in common."""

HOSTILE = [
    None,
    True,
    7,
    -1,
    2**70,
    1.5,
    "",
    " ",
    "x" * 600,
    "no-such-word",
    "2016-05-01T10:00Z",
    [],
    [None],
    {},
    {"a": 1},
    {"a": None},
    "\0",
]
IN_A_ROW = [(place, ROW | {place: value}) for place in [*ROW, "shared_with"] for value in HOSTILE]
IN_ITS_DATA = [
    (f"{one.kind.name} {place}", told(one) | {"data": told(one)["data"] | {place: value}})
    for one in samples()
    if one.kind.name in IMPORTABLE
    for place in told(one)["data"]
    for value in HOSTILE
]
SHORT = [(f"no {place}", {name: value for name, value in ROW.items() if name != place}) for place in ROW if place != "data"]


def must_be_plain(detail):
    assert detail[0] in "`'" or detail[0].isupper() or detail.startswith(("data has", "case.", "import.")), detail
    assert detail.endswith((".", "?")) and not any(words in detail for words in LIBRARY), detail


@pytest.mark.slow
def test_whatever_is_wrong_with_a_row_is_told_in_words_of_ours():
    rejected = 0
    for where, row in [*IN_A_ROW, *IN_ITS_DATA, *SHORT]:
        verdict = judged(row)
        if isinstance(verdict, Rejected):
            rejected += 1
            must_be_plain(verdict.detail)
            names = where.split()[-1]
            assert verdict.code != "malformed" or names in verdict.detail or "NUL" in verdict.detail, (where, verdict)
    assert rejected > 500


@pytest.mark.parametrize("kind", IMPORTABLE.values(), ids=lambda kind: kind.name)
def test_a_row_without_data_says_what_is_missing(kind):
    verdict = judged(ROW | {"type": kind.name, "data": {}})
    assert isinstance(verdict, Recorded) or (verdict.detail.startswith("`data.") and "is missing; add it." in verdict.detail)


def test_a_body_is_rows_each_still_unread():
    assert rows_of(b'{"facts": [{"a": 1}, 2, "x"]}') == [msgspec.Raw(b'{"a": 1}'), msgspec.Raw(b"2"), msgspec.Raw(b'"x"')]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "the body is empty"),
        (b'{"facts": [1, 2', "the body ends too early"),
        (b'{"facts": [1 2]}', "the body is not JSON at byte 13"),
        (b"[]", "the body must be a JSON object"),
        (b"{}", "`facts` is missing"),
        (b'{"facts": 7}', "`facts` must be a list"),
        (b'{"fact": []}', "write `facts`, not `fact`"),
        (b'{"facts": [], "dry_run": true}', "there is no field `dry_run` beside `facts`"),
        (b'{"facts": ' + b"[" * 100_000, "the body is nested too deeply"),
        (b'{"fac\xe9": []}', "the body is not UTF-8"),
    ],
)  # fmt: skip
def test_a_broken_body_is_refused_whole_and_its_fault_is_named(body, says):
    with pytest.raises(Refused) as no:
        rows_of(body)
    assert no.value.detail == f'Send {{"facts": [...]}}: {says}. Nothing was imported.'


def test_times_are_kept_in_utc_whatever_zone_they_were_told_in():
    zone = timezone(timedelta(hours=-7))
    at = datetime(2016, 5, 1, 10, 0, 0, 123456, tzinfo=zone)
    assert judged(ROW | {"time": at.isoformat()}).fact.time == at
