"""Each file goes to the service that takes its kind, what others name first; a refusal is quoted."""

import json
from datetime import UTC, datetime
from itertools import permutations

import httpx
import pytest

from deploy.home import SHIPPED
from deploy.publishing import NotPublished, publish, with_calendar
from libs.events.catalogue.references import HOLIDAYS
from libs.events.testing.spec import knowing
from libs.events.words.now import EPOCH
from services.routing.domain.people.reading import roster_of
from services.routing.domain.standards.standard import sound
from services.sla.domain.calendars import calendar_of
from services.sla.domain.holiday_sets import holiday_set_of
from services.sla.domain.policies import policy_of

STANDARDS = SHIPPED / "imports" / "standards"
CITY = STANDARDS / "city-request.yaml"
URLS = {"sla": "http://sla", "routing": "http://routing"}
WRITTEN = {
    "a-policy": """
        {process: it-ticket, version: 2, valid_from: 2027-01-01T00:00:00+08:00,
         rules: [{id: fast, then: {clock: resolution, limit: 3wd, calendar: {id: shop, version: 1}}}]}""",
    "b-roster": (SHIPPED / "rosters" / "quality.yaml").read_text("utf-8"),
    "c-standard": (STANDARDS / "it-ticket.yaml").read_text("utf-8"),
    "d-calendar": """
        {id: shop, version: 1, timezone: Asia/Shanghai, years: [2027, 2027], windows: {mon: ["09:00-18:00"]},
         holidays: [{id: company, version: 1}], extra_days: {2027-01-05: mon}}""",
    "e-holidays": "{id: company, version: 1, days: {2027-01-04: Inventory, 2027-12-27: Winter}}",
}
FIRST_WHAT_OTHERS_NAME = (
    ("holiday set company version 1", "http://sla/holidays"),
    ("calendar shop version 1", "http://sla/calendars"),
    ("process standard it-ticket version 1", "http://routing/processes"),
    ("policy of it-ticket version 2", "http://sla/policies"),
    ("roster of quality version 1", "http://routing/rosters"),
)


class Services:
    """Two services that note every request and accept all of them, or none."""

    def __init__(self, status: int = 201) -> None:
        self.status, self.heard = status, []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append((str(request.url), json.loads(request.content), request.headers))
        headers = {"Position": f"a:standards-0:1:{len(self.heard)}"}
        return httpx.Response(self.status, json={"detail": "the calendar lacks windows"}, headers=headers)

    def publish(self, *files):
        return publish(files, **URLS, transport=httpx.MockTransport(self))


@pytest.fixture
def files(tmp_path):
    """A file of each kind, named in an order that would not work."""
    return [written(tmp_path, f"{name}.yaml", text) for name, text in WRITTEN.items()]


def written(folder, name, text):
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def test_a_calendar_and_then_the_standard_that_names_it():
    services = Services()
    done = publish(with_calendar(CITY), **URLS, api_key="k", transport=httpx.MockTransport(services))
    assert done == [
        ("calendar city-weekdays version 1", "a:standards-0:1:1"),
        ("process standard city-request version 1", "a:standards-0:1:3"),
    ]
    assert [url for url, _, _ in services.heard] == [
        "http://sla/calendars",
        "http://routing/processes",
        "http://routing/processes/city-request/versions/1/publish",
    ]
    assert calendar_of(services.heard[0][1]["calendar"]).cutoff is not None
    assert sound(services.heard[1][1]["standard"]).standard.calendar.id == "city-weekdays"
    assert {headers["Authorization"] for _, _, headers in services.heard} == {"Bearer k"}
    positions = [headers.get("Position", "") for _, _, headers in services.heard]
    assert positions == ["", "a:standards-0:1:1", "a:standards-0:1:1"], "routing is told which calendar it must have read"


def test_what_others_name_is_sent_first_in_whatever_order_the_files_are_given(files):
    for given in permutations(files):
        services = Services()
        done = services.publish(*given)
        urls = [url for url, _, _ in services.heard if not url.endswith("/publish")]
        assert list(zip([one.name for one in done], urls, strict=True)) == [*FIRST_WHAT_OTHERS_NAME]
        sent_behind = [headers.get("Position", "") for url, _, headers in services.heard if not url.endswith("/publish")]
        assert sent_behind == ["", *(one.position for one in done[:-1])], "each is judged by what was published before it"


def test_each_kind_is_sent_as_its_service_reads_it(files):
    services = Services()
    services.publish(*files)
    bodies = {name: value for _, body, _ in services.heard for name, value in body.items()}
    known = knowing(sound(bodies["standard"]).standard)
    known.put(HOLIDAYS, holiday_set_of(bodies["holidays"]))
    calendar = calendar_of(bodies["calendar"], known)
    assert [str(day) for day in calendar.holidays] == ["2027-01-04", "2027-12-27"]
    assert [str(day) for day in calendar.extra_days] == ["2027-01-05"]
    told = policy_of(bodies["policy"], knowing(sound(bodies["standard"]).standard, calendar), EPOCH)
    assert (told.policy.valid_from, told.is_dated) == (datetime(2026, 12, 31, 16, tzinfo=UTC), True)
    assert roster_of(bodies["roster"]).team == "quality"


@pytest.mark.parametrize(
    ("why", "text", "path"),
    [
        ("days alone", "{id: a, version: 1, days: {2027-01-04: Inventory}}", "holidays"),
        ("an iCalendar file", "{id: a, version: 1, icalendar: 'BEGIN', years: [2027, 2027]}", "holidays"),
        ("neither, whatever it lacks", "{id: a, version: 1}", "calendars"),
        ("rules of a process", "{process: p, version: 1, rules: []}", "policies"),
        ("a policy without its rules", "{process: p, version: 1}", "policies"),
        ("a standard that says so", "{schema: process-standard/v2, id: a, version: 1}", "processes"),
        ("a standard that leaves it out", "{id: a, version: 1, nodes: []}", "processes"),
        ("a roster always says so", "{schema: roster/v1, team: t, version: 1}", "rosters"),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_entries(why, text, path, tmp_path):
    services = Services()
    services.publish(written(tmp_path, "any.yaml", text))
    assert services.heard[0][0].rpartition("/")[2] == path, why


def test_the_same_again_is_the_same_request_and_another_is_not(tmp_path):
    services = Services()
    other = written(tmp_path, "other.yaml", "{id: other, version: 1, added: [2026-12-24]}")
    for file in (CITY, CITY, other):
        services.publish(file)
    keys = [headers["Idempotency-Key"] for _, _, headers in services.heard]
    assert keys[:2] == keys[2:4] and len(set(keys)) == 3
    assert services.heard[4][1]["calendar"]["added"] == ["2026-12-24"]


def test_a_standard_without_a_calendar_goes_alone():
    ticket = STANDARDS / "it-ticket.yaml"
    assert with_calendar(ticket) == [ticket]


def test_a_refusal_is_quoted_and_ends_it(files):
    services = Services(422)
    with pytest.raises(NotPublished, match=r"http://sla/holidays answered 422.*lacks windows"):
        services.publish(*files)
    assert len(services.heard) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{id: c, version: 1, windows: {mon: ['09:00-12:00'], mon: ['13:00-18:00']}}", "the entry 'mon' is written twice"),
        ("{id: c, version: 1, version: 2}", "the entry 'version' is written twice"),
        ("{id: c, version: 1", "cannot be read"),
        ("[1]", "write its id, its version"),
        ("", "write its id, its version"),
        ("{id: c}", "write its id, its version"),
        ("{schema: roster/v1, team: t}", "write its id, its version"),
        ("{schema: roster/v1, id: t, version: 1}", "a roster its team"),
        ("{id: p, version: 1, rules: []}", "A policy has its process"),
        ("{policy: {process: p, version: 1, rules: []}}", "A policy has its process"),
    ],
)
def test_what_cannot_be_read_for_certain_is_sent_to_nobody_and_nor_is_anything_beside_it(text, says, tmp_path, files):
    services, file = Services(), written(tmp_path, "z.yaml", text)
    with pytest.raises(NotPublished) as refused:
        services.publish(*files, file)
    assert says in str(refused.value) and "z.yaml" in str(refused.value) and not services.heard
