"""The dates by which a case is due, over HTTP and PostgreSQL: taken at its registration, changed later, read back."""

from datetime import UTC, datetime
from typing import Any

from libs.events.log.envelope import fact_of
from tests.services.intake.test_unique import BODY, desks

__all__ = ["desks"]
PAST, FRIDAY, MONDAY, YEAR = (datetime(*date, tzinfo=UTC) for date in ((2025, 1, 1), (2099, 5, 1), (2099, 5, 4), (2100, 5, 1)))


def stamp(at: Any) -> str:
    return at.isoformat().replace("+00:00", "Z")


def dates(told: dict[str, Any]) -> tuple[Any, Any]:
    return told["agreed_due_at"], told["legal_due_at"]


async def test_dates_are_taken_changed_and_read_back(desks: Any) -> None:
    (client, other), pool = desks

    async def post(path: str, key: str, **body: Any) -> Any:
        return await other.post(path, json=body, headers={"Idempotency-Key": key})

    came = await client.post(
        "/cases",
        json=BODY | {"agreed_due_at": "2099-05-01T08:00:00+08:00", "legal_due_at": stamp(YEAR)},
        headers={"Idempotency-Key": "one"},
    )
    assert came.status_code == 201, came.text
    assert dates(came.json()) == (stamp(FRIDAY), stamp(YEAR)), "an instant is told in UTC"
    due = f"/cases/{came.json()['case_id']}/due"
    changed = await post(due, "two", agreed_due_at=stamp(MONDAY), reason="Li is ill")
    assert (changed.status_code, dates(changed.json())) == (200, (stamp(MONDAY), stamp(YEAR))), changed.text
    again = await post(due, "three", agreed_due_at=stamp(MONDAY), reason="Li is ill")
    assert (again.status_code, dates(again.json())) == (200, (stamp(MONDAY), stamp(YEAR)))
    (listed,) = (await client.get("/cases")).json()["items"]
    assert dates(listed) == dates(changed.json()), "nothing more was said"
    said = [fact_of(row["body"]) for row in await pool.fetch("select body from intake_core.outbox")]
    (one,) = [one.data for one in said if one.kind.name == "case.due_changed"]
    assert (one.agreed_due_at, one.legal_due_at, one.reason.partition(":")[0]) == (MONDAY, None, "words")
    words = await pool.fetch("select words from intake_core.words")
    assert [row["words"] for row in words] == ["Li is ill"]


async def test_what_is_no_date_to_come_is_refused(desks: Any) -> None:
    (client, _), _ = desks
    case = (await client.post("/cases", json=BODY, headers={"Idempotency-Key": "one"})).json()["case_id"]
    for number, (path, body, code) in enumerate(
        [
            ("/cases", BODY | {"unique": False, "agreed_due_at": stamp(PAST)}, "due-in-the-past"),
            (f"/cases/{case}/due", {"legal_due_at": stamp(PAST), "reason": "x"}, "due-in-the-past"),
            (f"/cases/{case}/due", {"reason": "x"}, "due-missing"),
            (f"/cases/{case}/due", {"agreed_due_at": "2099-05-01T08:00:00", "reason": "x"}, "invalid-request"),
            (f"/cases/{case}/due", {"agreed_due_at": stamp(FRIDAY)}, "invalid-request"),
        ]
    ):
        answer = await client.post(path, json=body, headers={"Idempotency-Key": f"k{number}"})
        assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{code}"), answer.text
