"""What is shipped is published in the order of its versions, and never over what an installation has written itself."""

from types import SimpleNamespace

import pytest

from libs.events.words.refusal import Refused
from libs.web.health import Note
from libs.web.written import read_yaml
from services.routing.domain.standards.standard import sound
from services.routing.service import READY_AFTER_TRIES, Left
from tests.services.routing.samples import FOLDER, NINE, page

ONE, TWO = (sound(page("inbound-call") | {"version": version}) for version in (1, 2))
ANOTHER = sound(page("problem-handling"))


FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_standard_is_sound_and_its_limits_fit(file):
    written = sound(read_yaml(file.read_text("utf-8")))
    assert written.warnings == () and written.standard.process_id == file.stem.removesuffix("-1")
    assert written.standard.version == (1 if file.stem.endswith("-1") else 2)


class Desk(SimpleNamespace):
    """A running service that refuses to publish what `no` names, until it is taken away."""

    def __init__(self, **no):
        super().__init__(known=None, said=[], no=no, now=lambda: NINE)

    async def execute(self, command):
        self.said.append(command.subject[1])
        if code := self.no.get(command.subject[1].partition("-")[0]) if len(self.said) % 2 == 0 else "":
            raise Refused(code, code)


async def published(desk, *standards):
    left = Left(list(standards))
    await left.publish(desk)
    return left


async def test_all_is_published_at_once_where_nothing_is_missing():
    left = await published(Desk(), ONE, TWO, ANOTHER)
    assert (left.standards, left.others, await left.told()) == ([], [], None)


async def test_a_version_waits_behind_the_one_before_it():
    desk = Desk(inbound="calendar-not-published")
    left = await published(desk, ONE, TWO, ANOTHER)
    assert left.standards == [ONE, TWO] and desk.said.count("inbound-call") == 2, "the second one was not tried"
    assert "inbound-call version 1, inbound-call version 2" in (await left.told())
    left.tries = READY_AFTER_TRIES
    assert isinstance(await left.told(), Note)
    desk.no = {}
    await left.publish(desk)
    assert left.standards == []


@pytest.mark.parametrize("code", ["version-published", "version-passed"])
async def test_what_the_installation_wrote_itself_stands(code):
    left = await published(Desk(inbound=code), ONE, ANOTHER)
    told = await left.told()
    assert left.standards == [] and isinstance(told, Note) and "its own: inbound-call version 1" in told


async def test_any_other_refusal_stops_the_start():
    with pytest.raises(Refused):
        await published(Desk(inbound="broken"), ONE)
