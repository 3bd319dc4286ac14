"""A position survives the way through a client."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.log.port import Partition
from libs.events.store.values import Position
from libs.events.words.refusal import Refused
from libs.web.position import parsed, written
from tests.libs.web.tiny import KEY, calling, usual_app

positions = st.builds(
    Position,
    st.from_regex(r"[a-z]{1,32}", fullmatch=True),
    st.builds(Partition, st.from_regex(r"[a-z]{1,32}", fullmatch=True), st.integers(0, 9_999)),
    st.integers(0, 999_999),
    st.integers(0, 10**16 - 1),
)


@pytest.mark.slow
@given(positions)
def test_what_is_written_is_parsed(position: Position) -> None:
    assert parsed(written(position)) == position


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("empty", ""),
        ("too short", "intake:cases-1:2"),
        ("too long", "intake:cases-1:2:3:4"),
        ("no topic", "intake:1:2:3"),
        ("a topic without a number", "intake:cases:2:3"),
        ("negative", "intake:cases-1:2:-3"),
        ("a number too many", "intake:cases-1:2:10000000000000000"),
        ("no service", "Intake:cases-1:2:3"),
        ("digits that are not ASCII", "intake:cases-1:2:٣"),
        ("two of them", "intake:cases-1:2:3, intake:cases-2:2:3"),
    ],
)
def test_what_nobody_gave_out_is_refused(why: str, text: str) -> None:
    with pytest.raises(Refused) as no:
        parsed(text)
    assert (no.value.status, no.value.code) == (400, "position-invalid")


async def test_a_route_gets_the_position() -> None:
    async with calling(usual_app()) as client:
        response = await client.patch("/things/a", headers={**KEY, "Position": "intake:cases-7:1:4711"})
        assert response.json()["wait"] == ["intake", ["cases", 7], 1, 4711]
        assert (await client.patch("/things/a", headers={**KEY, "Position": "x"})).status_code == 400
