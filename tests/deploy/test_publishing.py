"""Calendars go to sla, process standards to routing, in the order given; a refusal is quoted."""

import json

import httpx
import pytest

from deploy.home import SHIPPED
from deploy.publishing import NotPublished, publish, with_calendar
from services.routing.domain.people.reading import roster_of
from services.routing.domain.standards.standard import sound
from services.sla.domain.calendars import calendar_of

CITY = SHIPPED / "imports" / "standards" / "city-request.yaml"
URLS = {"sla": "http://sla", "routing": "http://routing"}


class Services:
    """Two services that note every request and accept all of them, or none."""

    def __init__(self, status: int = 201) -> None:
        self.status, self.heard = status, []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.heard.append((str(request.url), json.loads(request.content), request.headers))
        headers = {"Position": f"a:standards-0:1:{len(self.heard)}"}
        return httpx.Response(self.status, json={"detail": "the calendar lacks windows"}, headers=headers)


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


def test_the_same_again_is_the_same_request_and_another_is_not(tmp_path):
    services = Services()
    other = tmp_path / "other.yaml"
    other.write_text("{id: other, version: 1, added: [2026-12-24]}")
    for files in ([CITY], [CITY], [other]):
        publish(files, **URLS, transport=httpx.MockTransport(services))
    keys = [headers["Idempotency-Key"] for _, _, headers in services.heard]
    assert keys[:2] == keys[2:4] and len(set(keys)) == 3
    assert services.heard[4][1]["calendar"]["added"] == ["2026-12-24"]


def test_a_standard_without_a_calendar_goes_alone():
    ticket = SHIPPED / "imports" / "standards" / "it-ticket.yaml"
    assert with_calendar(ticket) == [ticket]


def test_a_roster_goes_to_routing():
    services = Services()
    done = publish([SHIPPED / "rosters" / "quality.yaml"], **URLS, transport=httpx.MockTransport(services))
    assert done == [("roster of quality version 1", "a:standards-0:1:1")]
    ((url, body, _),) = services.heard
    assert url == "http://routing/rosters" and roster_of(body["roster"]).team == "quality"


def test_a_refusal_is_quoted_and_ends_it():
    services = Services(422)
    with pytest.raises(NotPublished, match=r"422.*lacks windows"):
        publish(with_calendar(CITY), **URLS, transport=httpx.MockTransport(services))
    assert len(services.heard) == 1


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{id: c, version: 1, windows: {mon: ['09:00-12:00'], mon: ['13:00-18:00']}}", "the entry 'mon' is written twice"),
        ("{id: c, version: 1, version: 2}", "the entry 'version' is written twice"),
        ("{id: c, version: 1", "cannot be read"),
        ("[1]", "write its id, its version"),
        ("", "write its id, its version"),
        ("{id: c}", "write its id, its version"),
        ("{schema: roster/v1, team: t}", "write its id, its version"),
    ],
)
def test_what_cannot_be_read_for_certain_is_sent_to_nobody(written, says, tmp_path):
    services, file = Services(), tmp_path / "desk.yaml"
    file.write_text(written, "utf-8")
    with pytest.raises(NotPublished) as refused:
        publish([file], **URLS, transport=httpx.MockTransport(services))
    assert says in str(refused.value) and "desk.yaml" in str(refused.value) and not services.heard
