"""A tag is a version, a version is a tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.refusal import Refused
from libs.web.conditional import etag, version_of
from tests.libs.web.tiny import calling, tiny_app


@given(st.integers(0, 10**18 - 1))
def test_a_tag_says_its_version(version: int) -> None:
    assert version_of(etag(version)) == version


def test_any_version_will_do() -> None:
    assert version_of("*") is None


@pytest.mark.parametrize(
    ("why", "tag"),
    [
        ("empty", ""),
        ("without quotes", "7"),
        ("weak: it promises too little", 'W/"7"'),
        ("several", '"7", "8"'),
        ("no number", '"seven"'),
        ("negative", '"-1"'),
        ("too large for a version", '"1000000000000000000"'),
        ("digits that are not ASCII", '"٧"'),
    ],
)
def test_what_is_no_tag_of_ours_is_refused(why: str, tag: str) -> None:
    with pytest.raises(Refused) as no:
        version_of(tag)
    assert (no.value.status, no.value.code) == (400, "if-match-invalid")


async def test_a_route_gets_the_version_and_gives_the_next() -> None:
    async with calling(tiny_app()) as client:
        seen = (await client.get("/things/a")).headers["etag"]
        assert (await client.patch("/things/a", headers={"If-Match": seen})).json()["expected"] == 7
        assert (await client.patch("/things/a")).json()["expected"] is None
        assert (await client.patch("/things/a", headers={"If-Match": "7"})).status_code == 400
