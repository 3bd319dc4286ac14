"""Whatever strangers write, however long and from whichever side it reads, analytics' pages keep their structure."""

from typing import Any
from urllib.parse import quote

import pytest

from libs.events.catalogue import intake, routing, sla, survey
from libs.web.pages.static import FILES
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.story import answer, assigned, at, resolved
from tests.strangers import TEXTS, must_change_no_structure, structure

PATHS = (
    "/", "/cases/c1", "/figures", "/figures/channel_mix?by=team", "/figures/timeliness?by=agent", "/timeliness",
    "/timeliness?process={}", "/processes/{}", "/cases?process={}", "/counted?figure=timeliness",
    "/counted?figure=first_answer&process={}", "/rules/first_contact_resolution",
)  # fmt: skip


def process_of(text: str) -> str:
    """Return the id of a process that says the text, without what parts an address."""
    return text[:100].replace("/", "")


def story(text: str) -> list[tuple[float, Any]]:
    """Return a case that says the text wherever somebody may write; names are as long as the services take them."""
    name = text[:100]
    came = intake.CaseRegistered(
        channel=name, customer_ref="c", process_id=process_of(text), process_version=1, external_ref=text
    )
    clock = f"node:{name}"
    return [
        (0, came),
        (1, assigned(name, name)),
        (2, answer()),
        (3, routing.NodeEntered(node=name)),
        (3, sla.ClockStarted(clock=clock, kind="node", limit="1h", due_at=at(63), process_version=1, node=name)),
        (4, routing.NodeStarted(node=name, agent=name)),
        (5, sla.ClockMet(clock=clock, due_at=at(63), used_us=9, paused_us=0)),
        (5, routing.NodeReturned(node=name, to_node=name, reason=text[:500])),
        (6, resolved()),
        (7, survey.SurveySent(survey_id="s1", channel="email", agent=name, team=name, expires_at=at(9000))),
        (8, survey.SurveyAnswered(survey_id="s1", overall=5)),
    ]


async def structures(url: str, text: str) -> dict[str, list[str]]:
    found = {}
    async with desk(url, {"c1": story(text)}, at(100)) as client:
        for path in PATHS:
            got = await client.get(path.replace("{}", quote(process_of(text), safe="")))
            assert got.status_code == 200, (path, got.text)
            found[path] = structure(got.text)
    return found


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_text_changes_no_structure(postgres: Any, database_url: str, text: str) -> None:
    await must_change_no_structure(postgres, database_url, text, structures)


def test_a_text_that_turns_its_direction_turns_no_other() -> None:
    style = FILES["shell.css"].read_text("utf-8")
    assert "a, b, span, strong, code, time { unicode-bidi: isolate; }" in style
