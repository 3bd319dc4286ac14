"""A limit may be a date of the case: of a promise and of a node, and of nothing else."""

from typing import Any

import pytest

from services.routing.domain.standards.standard import BrokenStandard, sound
from tests.services.routing.samples import page


def with_promise(**written: Any) -> dict[str, Any]:
    return page("complaint-quality") | {"promises": {"extra": {"limit": "agreed_due_at", "until": "closed", **written}}}


def with_limit(limit: Any, **more: Any) -> dict[str, Any]:
    document = page("complaint-quality")
    document["nodes"][0].pop("grace", None)
    document["nodes"][0] |= {"limit": limit, **more}
    return document


def with_exception(**written: Any) -> dict[str, Any]:
    document = with_promise()
    document["exceptions"][0] |= written
    return document


def limits(document: dict[str, Any], clock: str) -> list[str]:
    return [one.limit for one in sound(document).standard.targets if one.clock == clock]


@pytest.mark.parametrize("date", ["agreed_due_at", "legal_due_at"])
def test_a_promise_and_a_node_may_be_due_by_a_date(date: str) -> None:
    assert limits(with_promise(limit=date), "extra") == [date]
    assert limits(with_limit(date), "node:n1") == [date]
    assert limits(with_limit({"grade": {"urgent": date}, "otherwise": "1h"}), "node:n1") == [date, "1h"]


def test_nobody_is_warned_that_nodes_do_not_fit_into_a_date() -> None:
    assert sound(with_promise(**{"from": "registered"})).warnings == ()


@pytest.mark.parametrize(
    ("why", "document", "place", "says"),
    [
        ("no such date",              with_promise(limit="due_at"), "promises.extra.limit", "legal_due_at, or immediate"),
        ("grace of a date",           with_promise(grace="5m"), "promises.extra.grace", "changes nothing"),
        ("time left of a date",       with_promise(reopened="continue"), "promises.extra.reopened", "leaves no time"),
        ("a wait that moves nothing", with_exception(pauses=["extra"]), "pauses", "`extra` is due by a date"),
        ("a cap",                     with_exception(pauses=["cycle"], pauses_at_most="legal_due_at"), "at_most", "no limit"),
        ("a question",                with_exception(limit="agreed_due_at"), "limit", "no limit"),
    ],
)  # fmt: skip
def test_refused(why: str, document: dict[str, Any], place: str, says: str) -> None:
    with pytest.raises(BrokenStandard) as no:
        sound(document)
    assert [str(one) for one in no.value.faults if place in str(one) and says in str(one)], (why, no.value.faults)


def test_a_wait_may_stop_a_promise_that_is_due_by_a_date_for_some_cases_only() -> None:
    document = with_limit({"grade": {"urgent": "agreed_due_at"}, "otherwise": "1h"})
    document["exceptions"][0] |= {"pauses": ["node:n1"]}
    assert sound(document).standard.targets
