"""A tag is a version, a version is a tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.words.refusal import Refused
from libs.web.conditional import etag, is_known, version_of
from tests.libs.web.tiny import KEY, calling, usual_app


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
        ("weak, and no tag all the same", 'W/"seven"'),
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


@pytest.mark.parametrize("tag", ['W/"7"', 'W/"0"', ' W/"7" '])
def test_a_weak_tag_is_no_proof_for_a_write(tag: str) -> None:
    with pytest.raises(Refused) as no:
        version_of(tag)
    assert (no.value.status, no.value.code) == (412, "if-match-weak") and tag.strip()[2:] in no.value.detail


@pytest.mark.parametrize(
    ("why", "asked", "tag", "known"),
    [
        ("the same", '"7"', '"7"', True),
        ("made weak by a proxy that compresses", 'W/"7"', '"7"', True),
        ("one of several", '"6", W/"7"', '"7"', True),
        ("whatever there is", "*", '"7"', True),
        ("another version", '"6"', '"7"', False),
        ("a part of it", '"17"', '"7"', False),
        ("without quotes", "7", '"7"', False),
        ("nothing was asked", None, '"7"', False),
        ("nothing to compare with", "*", None, False),
    ],
)
def test_a_question_compares_weakly(why: str, asked: str | None, tag: str | None, known: bool) -> None:
    assert is_known(asked, tag) is known


async def test_what_is_known_is_not_sent_again() -> None:
    async with calling(usual_app()) as client:
        first = await client.get("/things/a")
        for tag, status in ((first.headers["etag"], 304), ('W/"7"', 304), ('"8"', 200)):
            again = await client.get("/things/a", headers={"If-None-Match": tag})
            assert (again.status_code, again.headers["etag"]) == (status, '"7"')
            assert again.content == (b"" if status == 304 else first.content)
            assert ("content-type" in again.headers) is (status == 200)
        assert (await client.head("/things/a", headers={"If-None-Match": '"7"'})).status_code == 304
        # A fault in the request is told even if the version is known.
        assert (await client.get("/things/a?at=x", headers={"If-None-Match": "*"})).status_code == 422


async def test_a_route_gets_the_version_and_gives_the_next() -> None:
    async with calling(usual_app()) as client:
        seen = (await client.get("/things/a")).headers["etag"]
        assert (await client.patch("/things/a", headers={**KEY, "If-Match": seen})).json()["expected"] == 7
        assert (await client.patch("/things/a", headers=KEY)).json()["expected"] is None
        assert (await client.patch("/things/a", headers={**KEY, "If-Match": "7"})).status_code == 400
