"""A calendar's version is published once: the same again says nothing, other content needs another number."""

from dataclasses import replace

from libs.events.catalogue.sla import CalendarPublished
from libs.events.testing.spec import given
from services.sla.books import CALENDARS
from services.sla.domain.publishing import publish
from tests.services.sla.samples import OFFICE, START


def test_a_version_is_published_once_and_never_changes() -> None:
    new = given(CALENDARS, key=OFFICE.id)
    new.when(publish, OFFICE, at=START).then(CalendarPublished(calendar=OFFICE))
    published = new.after(publish, OFFICE, at=START)
    published.when(publish, OFFICE, at=START).nothing()
    assert published.when(publish, replace(OFFICE, timezone="UTC"), at=START).refused("version-published").status == 409
    published.when(publish, replace(OFFICE, version=2), at=START).then(CalendarPublished(calendar=replace(OFFICE, version=2)))
