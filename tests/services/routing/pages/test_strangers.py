"""Whatever strangers write, however long and from whichever side it reads, routing's pages keep their structure."""

from dataclasses import replace

import pytest

from libs.events.catalogue.standard import Label
from tests.services.routing.samples import COMPLAINT
from tests.strangers import CALM, TEXTS, structure

PATHS = ("/processes/{}", "/cases/{}", "/work?process={}")


def standard(process_id, text):
    """Return a standard that says the text wherever its author may write, in each label and as an output's name."""
    label = Label(en=text[:100], zh=text[:100])
    return replace(
        COMPLAINT,
        process_id=process_id,
        name=label,
        change=text[:500],
        nodes=tuple(replace(one, name=label, outputs=(text[:100],)) for one in COMPLAINT.nodes),
        exceptions=tuple(replace(one, name=label, action=text[:500]) for one in COMPLAINT.exceptions),
    )


async def tell(desk, name, text):
    """Publish the standard and let a case of it be assigned, escalated and begun."""
    await desk.publish(standard(name, text))
    await desk.case(name, name, topic=text[:500])
    for verb, body in (
        ("assign", {"team": text[:200], "agent": text[:200], "reason": text[:500]}),
        ("escalate", {"to_role": "cs_supervisor", "reason": text[:500]}),
        ("nodes/n1/start", {"agent": text[:200]}),
    ):
        async with desk.client(Accept="application/json", **{"Idempotency-Key": f"{name}-{verb}"}) as client:
            done = await client.post(f"/cases/{name}/{verb}", json=body)
        assert done.status_code == 200, done.text


@pytest.fixture(scope="module")
async def told(desk):
    """Tell all of it first, because a page names every process there is."""
    for name, text in {"calm": CALM, **TEXTS}.items():
        await tell(desk, f"told {name}".replace(" ", "-"), text)


async def structures(desk, name):
    pages = {path: await desk.page(path.format(f"told {name}".replace(" ", "-"))) for path in PATHS}
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    # Which of the processes is chosen has another place in the list of them.
    return {path: sorted(structure(page.text)) for path, page in pages.items()}


@pytest.mark.parametrize("name", TEXTS)
async def test_text_changes_no_structure(desk, told, name):
    assert await structures(desk, name) == await structures(desk, "calm")
