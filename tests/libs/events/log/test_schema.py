"""What may be published: the bytes every reader will accept, or an error that names type and field."""

from dataclasses import dataclass, replace
from datetime import UTC, time
from timeit import repeat

import jsonschema
import msgspec
import pytest
from msgspec import structs

from libs.events.catalogue import intake, routing, sla, survey
from libs.events.catalogue.promise import Window
from libs.events.log.envelope import draft, encode_data
from libs.events.log.schema import Malformed, check, schema
from libs.events.testing.sample_standard import CALENDAR, STANDARD
from libs.events.testing.samples import CASE, REGISTERED_AT, sample, samples
from libs.events.words.event import TYPES

NAIVE = REGISTERED_AT.replace(tzinfo=None)
ODD_WINDOW = Window(weekday="Mon", opens=time(9), closes=time(12))


def fact_of(data):
    """A fact with a sound envelope and any data."""
    return structs.replace(sample(type(data)), data=data)


def started(**changed):
    return fact_of(replace(sample(sla.ClockStarted).data, **changed))


def registered(**changed):
    return fact_of(replace(sample(intake.CaseRegistered).data, **changed))


def calendar(**changed):
    return fact_of(sla.CalendarPublished(calendar=replace(CALENDAR, **changed)))


def standard(**changed):
    return fact_of(routing.ProcessPublished(standard=replace(STANDARD, **changed)))


def answered(**changed):
    return fact_of(replace(sample(survey.SurveyAnswered).data, **changed))


@pytest.mark.parametrize("fact", samples(), ids=lambda fact: fact.kind.wire)
def test_every_sample_may_be_published(fact):
    check(fact)


@pytest.mark.parametrize("fact", samples(), ids=lambda fact: fact.kind.wire)
def test_every_sample_fits_its_json_schema(fact):
    jsonschema.Draft202012Validator(schema(fact.kind.cls)).validate(msgspec.json.decode(encode_data(fact.data)))


@pytest.mark.parametrize(
    ("why", "fact", "field"),
    [
        ("an empty word", registered(channel=""), "channel"),
        ("a word too long", registered(kind="x" * 201), "kind"),
        ("a number for a text", registered(channel=5), "channel"),
        ("a text for a number", started(process_version="1"), "process_version"),
        ("true for a number", started(process_version=True), "process_version"),
        ("nothing for a text", registered(external_ref=None), "external_ref"),
        ("below the lowest version", registered(process_version=0), "process_version"),
        ("a field's text too long", registered(fields={"note": "x" * 501}), "fields.note"),
        ("above the scale", answered(overall=6), "overall"),
        ("below the scale", answered(overall=0), "overall"),
        ("a part score off the scale", answered(scores={"attitude": 9}), "scores.attitude"),
        ("an unlisted word", fact_of(replace(sample(intake.ContactLogged).data, purpose="chat")), "purpose"),
        ("negative time used", fact_of(replace(sample(sla.ClockMet).data, used_us=-1)), "used_us"),
        ("an instant without a zone", started(due_at=NAIVE), "due_at"),
        ("a date for an instant", started(due_at="tomorrow"), "due_at"),
        ("deep inside", calendar(windows=(ODD_WINDOW,)), "calendar.windows.0.weekday"),
        ("a standard without nodes' names", standard(name="complaint"), "standard.name"),
        ("a NUL, which PostgreSQL cannot keep", registered(external_ref="a\0b"), "data"),
        ("half a surrogate pair, which UTF-8 cannot", registered(external_ref="\ud800"), "data"),
        ("an object that is no JSON", fact_of(intake.FactRecorded(system="s", fact="f", data={"x": object()})), "data"),
        ("no key", structs.replace(started(), key=""), "subject"),
        ("a time without a zone", structs.replace(started(), time=NAIVE), "time"),
    ],
)  # fmt: skip
def test_is_refused_before_it_is_published(why, fact, field):
    with pytest.raises(Malformed) as refused:
        check(fact)
    assert (refused.value.wire, refused.value.field) == (fact.kind.wire, field)
    assert str(refused.value).startswith(f"{fact.kind.wire}: {field}: ")


@pytest.mark.parametrize(
    ("why", "fact"),
    [
        ("a backslash before u0000 is a text like any other", registered(external_ref="\\u0000")),
        ("an optional field left out", registered(external_ref="")),
        ("no fields at all", registered(fields={})),
        ("the longest word", registered(kind="x" * 200)),
        ("Chinese", registered(kind="投诉")),
    ],
)
def test_is_published(why, fact):
    check(fact)


def test_data_of_another_type_is_refused():
    with pytest.raises(Malformed, match="is a CaseGraded"):
        check(structs.replace(sample(routing.CaseClosed), data=routing.CaseGraded(grade="x")))


def test_what_is_no_event_is_refused():
    @dataclass
    class Stranger:
        word: str = ""

    with pytest.raises(Malformed, match="is a Stranger"):
        check(structs.replace(sample(routing.CaseClosed), data=Stranger()))


def test_limits_are_in_the_schema():
    overall = schema(survey.SurveyAnswered)["properties"]["overall"]
    assert (overall["minimum"], overall["maximum"]) == (1, 5)


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.wire)
def test_content_is_open(kind):
    """A reader ignores unknown fields, so that a newer writer may say more."""
    assert schema(kind.cls).get("additionalProperties", True) is True


def test_checking_is_cheap():
    """A ratio, not a time: at most 40 times the writing of the same data (measured: about 5)."""
    fact = draft(sample(intake.CaseRegistered).data, CASE, REGISTERED_AT.astimezone(UTC))
    assert seconds(lambda: check(fact)) < 40 * seconds(lambda: encode_data(fact.data))


def seconds(action):
    """The best of many short rounds, so that a busy machine cannot spoil them all."""
    return min(repeat(action, number=100, repeat=30))
