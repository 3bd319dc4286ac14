"""Whatever strangers write, however long and from whichever side it reads, intake's pages keep their structure."""

from dataclasses import replace
from functools import partial

import pytest

from libs.events.catalogue.routing import ExceptionRaised, NodeEntered
from libs.events.catalogue.standard import Label
from libs.events.testing.sample_standard import STANDARD
from services.intake.domain.customer import Customer
from services.intake.domain.link import token
from tests.services.intake.pages.desk import SECRET, case, desk
from tests.strangers import TEXTS, must_change_no_structure, structure

PROCESS = STANDARD.process_id
PATHS = (
    "/cases", "/cases/c0", "/cases/c1", "/cases/new", f"/cases/new?process={PROCESS}",
    f"/track/{token('c0', secret=SECRET)}", f"/track/{token('c1', secret=SECRET)}",
)  # fmt: skip


def standard(text):
    """Return a standard that says the text in its labels and asks for a field of this name."""
    label = Label(en=text[:100], zh=text[:100])
    nodes = tuple(replace(one, name=label) for one in STANDARD.nodes)
    return replace(STANDARD, name=label, nodes=nodes, required=(text[:100],), attributes=(f"x{text[:99]}",))


def cases(text):
    """Return a case at a node of the standard and one at a node of which it does not know."""
    somebody = Customer(name=text[:200], email="a@example.org")
    more = {"external_ref": text[:200], "kind": text[:40], "missing": (text[:100],)}
    for number, node in enumerate((STANDARD.nodes[0].id, text[:100])):
        yield case(number, text, somebody, then=[NodeEntered(node=node), ExceptionRaised(code=text[:100])], **more)


async def structures(folder, url, text):
    async with desk(url, folder, [*cases(text)], standard=standard(text)) as at:
        pages = {path: await at.page(path) for path in PATHS}
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    return {path: structure(page.text) for path, page in pages.items()}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_text_changes_no_structure(postgres, database_url, tmp_path, text):
    await must_change_no_structure(postgres, database_url, text, partial(structures, tmp_path))
