"""Pages show every row once; a cursor is ours or refused."""

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.words.refusal import Refused
from libs.web.paging import opened, sealed
from tests.libs.web.tiny import THINGS, calling, usual_app

KEY = tuple[datetime, int, str, UUID, date, bool]
keys = st.tuples(
    st.datetimes(timezones=st.just(UTC)),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
    st.uuids(),
    st.dates(),
    st.booleans(),
)


@pytest.mark.slow
@given(keys)
def test_a_sealed_key_opens_unchanged(key: tuple[Any, ...]) -> None:
    assert opened(sealed(key), KEY) == key


@pytest.mark.slow
@given(st.text(max_size=30) | st.binary(max_size=30).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_other_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Refused) as no:
        opened(cursor, KEY)
    assert (no.value.status, no.value.code) == (400, "cursor-invalid")


@pytest.mark.parametrize(
    ("why", "key", "kind"),
    [
        ("another list's", ("a",), tuple[int]),
        ("too few parts", (1,), tuple[int, int]),
        ("too many parts", (1, 2), tuple[int]),
        ("a number PostgreSQL cannot hold", (1 << 63,), tuple[int]),
        ("a NUL", ("a\x00",), tuple[str]),
        ("an instant without offset", (datetime(2026, 1, 1),), tuple[datetime]),  # noqa: DTZ001
        ("an instant outside the calendar", (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),), tuple[datetime]),
        ("too long", ("a" * 2000,), tuple[str]),
    ],
)
def test_a_key_that_does_not_fit_is_refused(why: str, key: tuple[Any, ...], kind: type[tuple[Any, ...]]) -> None:
    with pytest.raises(Refused):
        opened(sealed(key), kind)


@pytest.mark.parametrize(
    ("why", "limit", "sizes"),
    [
        ("one by one", 1, [1] * 7),
        ("the last one short", 3, [3, 3, 1]),
        ("exactly one page: no empty one after it", 7, [7]),
        ("more than there is", 50, [7]),
    ],
)
async def test_following_the_links_shows_every_row_once(why: str, limit: int, sizes: list[int]) -> None:
    seen: list[list[str]] = []
    address: str | None = f"/things?limit={limit}"
    async with calling(usual_app()) as client:
        while address:
            response = await client.get(address)
            seen.append(response.json()["items"])
            address = response.links.get("next", {}).get("url")
            assert (response.json()["next"] is None) == (address is None)
    assert [len(page) for page in seen] == sizes
    assert [thing for page in seen for thing in page] == [str(id) for _, id in THINGS]


@pytest.mark.parametrize(("limit", "status"), [("1", 200), ("200", 200), ("0", 422), ("201", 422), ("x", 422), ("-1", 422)])
async def test_a_page_has_a_limit(limit: str, status: int) -> None:
    async with calling(usual_app()) as client:
        assert (await client.get(f"/things?limit={limit}")).status_code == status


async def test_the_link_keeps_the_other_parameters() -> None:
    async with calling(usual_app()) as client:
        link = (await client.get("/things?limit=2&q=a%26b")).headers["link"]
    assert link.startswith("</things?limit=2&q=a%26b&cursor=") and link.endswith('>; rel="next"')
