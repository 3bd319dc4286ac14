"""The versions of a roster follow one another; what is published never changes, and nothing is said twice."""

from dataclasses import replace

import pytest

from libs.events.catalogue.routing import RosterPublished
from libs.events.testing.sample_standard import ROSTER
from libs.events.testing.spec import given
from services.routing.books import ROSTERS
from services.routing.domain.people.roster import publish
from tests.services.routing.samples import LATER, NINE

NEXT = replace(ROSTER, version=2, people=ROSTER.people[1:])
NEW = given(ROSTERS, key="quality")
FIRST = NEW.after(publish, ROSTER, at=NINE, actor="lead")
SECOND = FIRST.after(publish, NEXT, at=LATER)


@pytest.mark.parametrize(("before", "roster"), [(NEW, ROSTER), (FIRST, NEXT)])
def test_the_next_version_is_published(before, roster):
    before.when(publish, roster, at=NINE).then(RosterPublished(roster=roster))


def test_who_published_it_is_told():
    (fact,) = FIRST.facts
    assert (fact.key, fact.actor) == ("quality", "lead")


@pytest.mark.parametrize(("before", "roster"), [(FIRST, ROSTER), (SECOND, NEXT), (SECOND, ROSTER)])
def test_the_same_again_says_nothing(before, roster):
    before.when(publish, roster, at=LATER).nothing()


@pytest.mark.parametrize(
    ("why", "before", "roster", "code", "says"),
    [
        ("other content", FIRST, replace(NEXT, version=1), "version-published", "Write this one as version 2"),
        ("an older one with other content", SECOND, replace(NEXT, version=1), "version-published", "version 3"),
        ("a gap", FIRST, replace(ROSTER, version=3), "version-not-next", "version 1 is the newest. Write this one as version 2"),
        ("not the first", NEW, NEXT, "version-not-next", "there is none yet. Write this one as version 1"),
    ],
)
def test_another_version_is_refused(why, before, roster, code, says):
    assert says in before.when(publish, roster, at=LATER).refused(code).detail, why


def test_the_newest_holds_and_the_others_stay():
    assert SECOND.state.newest == 2
    assert {number: one.roster for number, one in SECOND.state.versions.items()} == {1: ROSTER, 2: NEXT}
    lines = [row.values for row in ROSTERS.rows("quality", SECOND.state)]
    assert lines == [("Quality", "质量部", 2, 5, NINE), ("Quality", "质量部", 1, 0, LATER)]
