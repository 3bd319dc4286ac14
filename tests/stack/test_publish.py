"""A client that passes on the Position of a publication is understood at once by every service."""

from datetime import date

import pytest
import yaml

from deploy.home import SHIPPED
from deploy.publishing import publish as published
from libs.web.position import parsed

TICKET = yaml.safe_load((SHIPPED / "imports" / "standards" / "it-ticket.yaml").read_text("utf-8"))
MONDAYS = {"timezone": "Europe/Rome", "years": [2026, 2026], "windows": {"mon": ["09:00-17:00"]}}
FAST = {"id": "fast", "then": {"clock": "resolution", "limit": "3wd"}}


def publish(running, id, **other):
    """Publish a standard under a name of its own and return the answer's Position."""
    standard = TICKET | {"id": id} | other
    drafted = running.post("routing", "/processes", {"standard": standard})
    published = running.post("routing", f"/processes/{id}/versions/{standard['version']}/publish")
    assert (drafted.status_code, published.status_code) == (201, 200), published.text
    assert parsed(drafted.headers["Position"]) < parsed(published.headers["Position"])
    return published.headers["Position"]


@pytest.mark.parametrize("log", ["calm", "on_kafka"])
def test_a_case_of_a_standard_that_was_just_published_is_accepted(request, log):
    running = request.getfixturevalue(log)
    for n in range(3):
        id = f"new-{n}"
        position = publish(running, id)
        accepted = running.post("intake", "/cases", {"channel": "web", "process_id": id}, {"Position": position})
        assert accepted.status_code == 201, accepted.text


@pytest.mark.parametrize("log", ["calm", "on_kafka"])
def test_a_version_that_was_just_retired_takes_no_case_and_the_one_before_does(request, log):
    running = request.getfixturevalue(log)
    publish(running, "rolled-back")
    case = {"channel": "web", "process_id": "rolled-back"}
    key = {"Position": publish(running, "rolled-back", version=2), "Idempotency-Key": "before-the-roll-back"}
    second = running.post("intake", "/cases", case, key).json()
    retired = running.post("routing", "/processes/rolled-back/versions/2/retire", {"reason": "its limits are too short"})
    assert (retired.status_code, retired.json()["state"]) == (200, "retired")
    position = {"Position": retired.headers["Position"]}
    first = running.post("intake", "/cases", case, position).json()
    refused = running.post("intake", "/cases", case | {"process_version": 2}, position)
    again = running.post("intake", "/cases", case, key | position)
    assert (second["process_version"], first["process_version"]) == (2, 1)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/version-retired")
    published = running.post("routing", "/processes/rolled-back/versions/2/publish")
    assert (published.status_code, published.json()["state"]) == (200, "retired"), "publishing it again does not bring it back"
    assert again.json() == second, "what was accepted before is answered as it was then"
    assert running.post("routing", f"/cases/{second['case_id']}/classify", {"category": "network"}).status_code == 200


def test_a_version_takes_cases_from_its_instant_on(calm):
    position = {"Position": publish(calm, "for-later", effective_from="2999-01-01T00:00:00+08:00")}
    refused = calm.post("intake", "/cases", {"channel": "web", "process_id": "for-later"}, position)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/version-not-yet")
    assert "2998-12-31T16:00:00+00:00" in refused.json()["detail"]
    broken = calm.post("routing", "/processes", {"standard": TICKET | {"id": "no-zone", "effective_from": "2999-01-01T00:00:00"}})
    assert broken.status_code == 422 and "effective_from" in broken.text


@pytest.mark.parametrize("log", ["calm", "on_kafka"])
def test_imported_cases_of_a_standard_that_was_just_published_are_recorded(request, log):
    running = request.getfixturevalue(log)
    fact = {"system": "publish", "sequence": 1, "type": "case.registered", "time": "2020-01-01T00:00:00Z"}
    for n in range(3):
        id = f"imported-{n}"
        position = publish(running, id)
        data = {"channel": "web", "customer_ref": "c", "kind": "request", "process_id": id, "process_version": 1}
        answer = running.post("intake", "/import", {"facts": [fact | {"case": id, "data": data}]}, {"Position": position})
        assert answer.json() == {"verdicts": [{"status": "recorded"}]}


def test_a_calendar_is_published_at_a_place_on_the_log(calm):
    answer = calm.post("sla", "/calendars", {"calendar": MONDAYS | {"id": "mondays", "version": 1}})
    assert answer.status_code == 201, answer.text
    assert calm.get("sla", "/clocks/none", headers={"Position": answer.headers["Position"]}).status_code == 404


def test_what_was_never_said_is_waited_for_and_then_told(calm):
    ahead = {"Idempotency-Key": "ahead", "Position": "routing:standards-0:1:999999"}
    case = {"channel": "web", "process_id": "inbound-call"}
    answer = calm.http.post(f"{calm.stack.url('intake')}/cases", json=case, headers=ahead)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/position-not-reached")
    assert "routing:standards-0:1:999999" in answer.json()["detail"]


def test_files_that_name_one_another_are_published_at_once_in_whatever_order_they_are_given(calm, tmp_path):
    shop = {"id": "shop", "version": 1}
    written = {
        "policy": {"process": "sent", "version": 1, "rules": [FAST | {"then": {**FAST["then"], "calendar": shop}}]},
        "standard": TICKET | {"id": "sent", "calendar": shop},
        "calendar": MONDAYS | shop | {"holidays": [{"id": "company", "version": 1}]},
        "holidays": {"id": "company", "version": 1, "days": {date(2026, 12, 28): "Inventory"}},
    }
    files = [tmp_path / f"{name}.yaml" for name in written]
    for file, one in zip(files, written.values(), strict=True):
        file.write_text(yaml.safe_dump(one), "utf-8")
    urls = {service: calm.stack.url(service) for service in ("sla", "routing")}
    done = published(files, **urls, api_key=calm.key)
    assert published(reversed(files), **urls, api_key=calm.key) == done, "again, they get the same answers"
    in_force = calm.get("sla", "/policies/sent", headers={"Position": done[-1].position}).json()
    assert (in_force["use"]["in_force"], in_force["policy"]["rules"][0]["then"]["calendar"]) == (1, shop)
    assert calm.get("sla", "/calendars/shop/versions/1").json()["holidays"] == ["2026-12-28"]
