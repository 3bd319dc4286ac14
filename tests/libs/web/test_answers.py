"""A command's answer is kept and given again byte for byte."""

from datetime import UTC, datetime
from uuid import UUID

from libs.events.log.port import Partition
from libs.events.store.values import Answer, Position
from libs.web.answers import answer, respond, shown

ID = UUID(int=7)


def test_an_answer_carries_version_position_and_place() -> None:
    position = Position("intake", Partition("cases", 7), 1, 4711)
    kept = answer({"id": ID}, status=201, version=3, position=position, location="/cases/ä\r\nX: y")
    assert kept == Answer(
        201,
        b'{"id":"00000000-0000-0000-0000-000000000007"}',
        (
            ("Content-Type", "application/json"),
            ("ETag", '"3"'),
            ("Position", "intake:cases-7:1:4711"),
            ("Location", "/cases/%C3%A4%0D%0AX:%20y"),
        ),
    )


def test_a_kept_answer_is_given_unchanged() -> None:
    response = respond(Answer(202, b"{ }", (("Content-Type", "application/json"), ("ETag", '"1"'))))
    assert (response.status_code, response.body) == (202, b"{ }")
    assert response.headers["content-type"] == "application/json" and response.headers["etag"] == '"1"'
    assert response.headers["content-length"] == "3"


def test_instants_are_shown_in_utc() -> None:
    response = shown({"at": datetime(2026, 3, 2, 12, tzinfo=UTC)}, version=1, headers={"Link": "<x>"})
    assert response.body == b'{"at":"2026-03-02T12:00:00Z"}'
    assert (response.headers["etag"], response.headers["link"]) == ('"1"', "<x>")
