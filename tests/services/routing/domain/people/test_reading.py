"""A written roster becomes a published one, or a list of everything that is wrong with it."""

from datetime import date, time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue.promise import Window
from libs.events.catalogue.standard import Absence, Assignment, Label, Person, Roster
from services.routing.domain.people.faults import unknown_roles
from services.routing.domain.people.reading import PEOPLE_MAX, WORDS_MAX, BrokenRoster, as_written, roster_of
from tests.services.routing.domain.people.samples import WRITTEN, with_person

SHIPPED = sorted((Path(__file__).parents[5] / "deploy" / "rosters").glob("*.yaml"))
MONDAY, NIGHT = Window(weekday=0, opens=time(9), closes=time(12)), Window(weekday=1, opens=time(18), closes=time(0))


def test_everything_that_is_written_is_read():
    usual = (MONDAY, Window(weekday=0, opens=time(13), closes=time(18)), NIGHT)
    assert roster_of(WRITTEN) == Roster(
        team="quality",
        version=1,
        name=Label(en="Quality", zh="质量部"),
        timezone="Asia/Shanghai",
        people=(
            Person(id="wei", roles=("quality_engineer",), capacity=4, skills=("KX-200",), hours=usual),
            Person(
                id="tao",
                roles=("quality_manager",),
                capacity=0,
                hours=(Window(weekday=2, opens=time(0), closes=time(0)),),
                absences=(
                    Absence(first_day=date(2025, 4, 2), last_day=date(2025, 4, 3)),
                    Absence(first_day=date(2025, 5, 1), last_day=date(2025, 5, 1)),
                ),
                deputy="wei",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("written", "way"),
    [
        ({"strategy": "weighted"}, Assignment(strategy="weighted")),
        ({"strategy": "round_robin", "relax_after": "30m", "hand_on": True},
         Assignment(strategy="round_robin", relax_after="30m", hand_on=True)),
    ],
)  # fmt: skip
def test_how_work_is_handed_out_is_read_and_written_again(written, way):
    roster = roster_of(WRITTEN | {"assignment": written})
    assert (roster.assignment, as_written(roster)["assignment"]) == (way, written)
    assert "assignment" not in as_written(roster_of(WRITTEN))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_we_ship_is_sound(path):
    assert roster_of(yaml.safe_load(path.read_text("utf-8"))).version == 1


def absent(*days):
    return [{"from": first, "until": last} for first, last in days]


@pytest.mark.parametrize(
    ("why", "document", "says"),
    [
        ("no roster at all", ["x"], ["roster: is a list", "team: is missing"]),
        ("another document", WRITTEN | {"schema": "process-standard/v1"}, ["schema: is process-standard/v1; write roster/v1"]),
        ("an unknown entry", WRITTEN | {"peple": []}, ["peple: is not a known entry; did you mean `people`?"]),
        ("nobody", WRITTEN | {"people": []}, ["people: there are 0"]),
        ("too many", WRITTEN | {"people": [{"id": str(n), "roles": ["a"], "capacity": 1} for n in range(PEOPLE_MAX + 1)]},
            [f"people: there are {PEOPLE_MAX + 1}; write 1 to {PEOPLE_MAX}"]),
        ("no such zone", WRITTEN | {"timezone": "Asia/Peking"}, ["timezone: `Asia/Peking` is no IANA time zone"]),
        ("a zone that only this machine has", WRITTEN | {"timezone": "localtime"}, ["timezone: `localtime` is no IANA"]),
        ("an unknown deputy", with_person(deputy="wey"), ["people[1].deputy: `wey` is not on the roster; did you mean `wei`?"]),
        ("their own deputy", with_person(deputy="tao"), ["people[1].deputy: `tao` is their own deputy"]),
        ("somebody twice", with_person(id="wei", deputy=None), ["people[1].id: `wei` stands on the roster as `wei` already"]),
        ("in another spelling", with_person(id="Ｗei", deputy=None),
            ["people[1].id: `Ｗei` stands on the roster as `wei` already"]),
        ("an e-mail address", with_person(id="tao@desk.example"), ["people[1].id: is an e-mail address"]),
        ("a name", with_person(name="Tao Li"), ["people[1].name: is not a known entry"]),
        ("the reason of an absence", with_person(absences=[absent(("2025-04-02", "2025-04-03"))[0] | {"reason": "ill"}]),
            ["people[1].absences[0].reason: is not a known entry"]),
        ("no role", with_person(roles=[]), ["people[1].roles: has 0 words; write 1 to 50"]),
        ("no capacity", with_person(capacity=None), ["people[1].capacity: is missing"]),
        ("less than nothing", with_person(capacity=-1), ["people[1].capacity: is -1; write 0 to"]),
        ("hours that end before they begin", with_person(hours={"mon": ["18:00-09:00"]}),
            ["people[1].hours.mon: `18:00-09:00` ends before it begins; write a night as two stretches"]),
        ("hours that end as they begin", with_person(hours={"mon": ["09:00-09:00"]}), ["ends before it begins"]),
        ("hours that overlap", with_person(hours={"mon": ["13:00-18:00", "09:00-13:01"]}),
            ["mon: its stretches overlap at 13:00"]),
        ("hours that overlap at midnight", with_person(hours={"mon": ["09:00-24:00", "23:00-23:30"]}), ["overlap at 23:00"]),
        ("hours of no day", with_person(hours={"monday": ["09:00-12:00"]}), ["people[1].hours.monday: is no weekday"]),
        ("hours that nobody can read", WRITTEN | {"hours": {"mon": ["9-12"]}}, ["hours.mon: `9-12` is no stretch of time"]),
        ("an empty day", with_person(hours={"mon": []}), ["people[1].hours.mon: has 0 stretches"]),
        ("absences that overlap", with_person(absences=absent(("2025-04-05", "2025-04-09"), ("2025-04-01", "2025-04-05"))),
            ["people[1].absences: those from 2025-04-01 and 2025-04-05 overlap"]),
        ("an absence that ends before it begins", with_person(absences=absent(("2025-04-05", "2025-04-04"))),
            ["people[1].absences: the one from 2025-04-05 ends before it begins, on 2025-04-04"]),
        ("no date", with_person(absences=absent(("2025-02-30", "2025-04-04"))),
            ["people[1].absences[0].from: is a text and no date"]),
        ("an unknown strategy", WRITTEN | {"assignment": {"strategy": "least_load"}},
            ["assignment.strategy: there is no strategy `least_load`; did you mean `least_loaded`?"]),
        ("a strategy like none", WRITTEN | {"assignment": {"strategy": "z"}}, ["write one of round_robin, least_loaded,"]),
        ("no strategy", WRITTEN | {"assignment": {"hand_on": True}}, ["assignment.strategy: is missing"]),
        ("skills for working time", WRITTEN | {"assignment": {"strategy": "weighted", "relax_after": "4wh"}},
            ["assignment.relax_after: `4wh` is no time by the clock; write for example 30m"]),
        ("skills for no time", WRITTEN | {"assignment": {"strategy": "weighted", "relax_after": "soon"}},
            ["assignment.relax_after: `soon` is no time"]),
        ("no yes or no", WRITTEN | {"assignment": {"strategy": "weighted", "hand_on": "x"}}, ["assignment.hand_on: is a text"]),
        ("more about handing out", WRITTEN | {"assignment": {"strategy": "weighted", "by": "x"}},
            ["assignment.by: is not a known entry"]),
        ("everything at once",
            with_person(deputy="x", absences=absent(("2025-04-05", "2025-04-04")), hours={"mon": ["18:00-09:00"]}),
            ["people[1].deputy", "people[1].hours.mon", "people[1].absences"]),
    ],
)  # fmt: skip
def test_every_fault_is_told_with_its_place_and_its_cure(why, document, says):
    with pytest.raises(BrokenRoster) as refused:
        roster_of(document)
    assert (refused.value.code, refused.value.status) == ("broken-roster", 422)
    assert [one for one in says if one not in refused.value.detail] == [], (why, refused.value.detail)
    if not isinstance(document, list):
        assert len(refused.value.faults) == len(says), (why, refused.value.detail)


@pytest.mark.parametrize(
    ("why", "document"),
    [
        ("absences on days in a row", with_person(absences=absent(("2025-04-01", "2025-04-04"), ("2025-04-05", "2025-04-05")))),
        ("hours without a pause between", with_person(hours={"mon": ["09:00-12:00", "12:00-24:00"]})),
        ("a date as YAML has it", with_person(absences=[{"from": date(2025, 4, 1), "until": date(2025, 4, 2)}])),
        (
            "a deputy who has a deputy",
            with_person() | {"people": [{**WRITTEN["people"][0], "deputy": "tao"}, WRITTEN["people"][1]]},
        ),
        ("nobody's hours", {name: value for name, value in WRITTEN.items() if name != "hours"}),
    ],
)
def test_what_lies_at_the_border_is_sound(why, document):
    assert roster_of(document), why


ids = st.sampled_from(["ann", "bo", "cy", "Di"])
stretches = st.lists(st.integers(0, 24 * 60 - 1), unique=True, max_size=8).map(
    lambda found: [*zip(sorted(found)[::2], sorted(found)[1::2], strict=False)]
)


def window(day, opens, closes):
    return Window(weekday=day, opens=time(*divmod(opens, 60)), closes=time(*divmod(closes, 60)))


weeks = st.dictionaries(st.integers(0, 6), stretches).map(
    lambda week: tuple(window(day, *one) for day in sorted(week) for one in week[day])
)
people = st.builds(
    Person,
    id=ids,
    roles=st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3).map(tuple),
    capacity=st.integers(0, 9),
    skills=st.lists(st.sampled_from(["x", "y"]), max_size=WORDS_MAX).map(tuple),
    hours=weeks,
    absences=st.dates().map(lambda day: (Absence(first_day=day, last_day=day),) if day > date.min else ()),
)


@given(st.lists(people, min_size=1, unique_by=lambda one: one.id).map(tuple))
def test_what_is_shown_can_be_written_again(some):
    roster = Roster(team="t", version=3, name=Label(en="T", zh="组"), timezone="UTC", people=some)
    assert roster_of(as_written(roster)) == roster


MANY = WRITTEN | {"people": [{"id": id, "roles": ["smith"], "capacity": 1} for id in ("wei", "tao", "bo")]}


@pytest.mark.parametrize(
    ("why", "written", "known", "told"),
    [
        ("all are known", WRITTEN, ["quality_engineer", "quality_manager"], []),
        ("one is mistyped", WRITTEN, ["quality_engineers", "quality_manager"],
            ["`quality_engineer` of `wei`; did you mean `quality_engineers`?"]),
        ("nothing is like it", MANY, ["clerk"], ["`smith` of `wei` and 2 more; it counts as soon as one does"]),
        ("there are no standards", MANY, [], ["`smith` of `wei` and 2 more; it counts as soon as one does"]),
    ],
)  # fmt: skip
def test_of_a_role_that_no_standard_names_one_is_warned(why, written, known, told):
    assert unknown_roles(roster_of(written), known) == [f"No published standard names the role {one}" for one in told], why
