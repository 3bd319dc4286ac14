"""Holiday sets over HTTP: published once, read back with every day, and taken into calendars that name them."""

import httpx
import pytest

from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.sla.service import app
from tests.services.sla.domain.test_holiday_sets import LISTED, NEW_YEAR, OFFICE, file

DAYS = {"2027-01-04": "盘点", "2027-12-24": "Christmas Eve"}
WRITTEN = {**LISTED, "days": DAYS}
READ = {"id": "feasts", "version": 1, "icalendar": file(NEW_YEAR), "years": [2027, 2028]}


@pytest.fixture(scope="module")
async def http(postgres):
    made = app(StoreSettings(database_url=postgres.create_database("holidays")), WebSettings())
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url="http://127.0.0.1")
    async with made.router.lifespan_context(made), client:
        yield client


async def post(http, path, body, key, **headers):
    return await http.post(path, json=body, headers={"Idempotency-Key": key, **headers})


async def test_a_set_is_published_once_and_every_day_of_it_is_told(http):
    first = await post(http, "/holidays", {"holidays": WRITTEN}, "first")
    again = await post(http, "/holidays", {"holidays": WRITTEN}, "again")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() == {"id": "company", "version": 1, "days": DAYS}
    assert ["position" in one.headers for one in (first, again)] == [True, False]
    other = await post(http, "/holidays", {"holidays": WRITTEN | {"days": {"2027-01-04": "x"}}}, "other")
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (409, "version-published")


async def test_a_file_is_read_and_can_be_looked_at(http):
    answer = await post(http, "/holidays", {"holidays": READ}, "file")
    told = {"id": "feasts", "version": 1, "days": {"2027-01-01": "New Year", "2028-01-01": "New Year"}}
    assert answer.json() == told
    position = {"Position": answer.headers["position"]}
    assert (await http.get("/holidays/feasts/versions/1", headers=position)).json() == told
    (line,) = [one for one in (await http.get("/holidays")).json()["items"] if one["id"] == "feasts"]
    assert line == {"id": "feasts", "version": 1, "versions": [1], "days": 2, "first_day": "2027-01-01", "last_day": "2028-01-01"}


async def test_a_calendar_takes_the_days_of_a_set_in_as_soon_as_it_is_published(http):
    body = {"holidays": WRITTEN | {"id": "shared"}}
    position = (await post(http, "/holidays", body, "shared")).headers["position"]
    calendar = {"calendar": OFFICE | {"holidays": [{"id": "shared", "version": 1}]}}
    answer = await post(http, "/calendars", calendar, "calendar", Position=position)
    assert (answer.status_code, answer.json()["holidays"]) == (201, [*DAYS])


async def test_a_set_and_a_calendar_may_have_the_same_id(http):
    position = (await post(http, "/holidays", {"holidays": WRITTEN | {"id": "desk"}}, "same")).headers["position"]
    calendar = {"calendar": OFFICE | {"version": 7, "holidays": [{"id": "desk", "version": 1}]}}
    answer = await post(http, "/calendars", calendar, "same calendar", Position=position)
    seen = {"Position": answer.headers["position"]}
    assert 7 in (await http.get("/calendars/desk", headers=seen)).json()["use"]["versions"]
    assert (await http.get("/holidays/desk/versions/1", headers=seen)).json()["days"] == DAYS


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/holidays", {"holidays": {"id": "c", "version": 1, "icalendar": "no", "years": [2027, 2027]}}, 422, "bad-holidays"),
        ("/holidays", {"holidays": {"id": "c", "version": 1}}, 422, "bad-holidays"),
        ("/calendars", {"calendar": OFFICE | {"holidays": [{"id": "nobody", "version": 1}]}}, 422, "bad-calendar"),
    ],
)
async def test_what_is_refused(http, path, body, status, code):
    answer = await post(http, path, body, f"refused {code} {len(str(body))}")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, code)


@pytest.mark.parametrize("path", ["/holidays/nobody/versions/1", "/holidays/company/versions/9"])
async def test_a_set_that_is_not_there(http, path):
    answer = await http.get(path)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "unknown-holidays")
