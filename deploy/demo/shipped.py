"""The shipped process standards in both versions, and whether the shipped calendars can date their promises."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from deploy.home import SHIPPED
from libs.events.catalogue.promise import limit_of
from libs.events.catalogue.standard import Standard
from libs.web.written import read_yaml
from services.routing.domain.standards.standard import sound
from services.sla.domain.calendars import calendar_of
from services.sla.domain.limits import due
from services.sla.domain.working_time import OutsideCalendar, WorkingTime, working_time

NODES_WITHIN = timedelta(days=7)
"""A case may still come to a node with a long limit so long after its registration."""


FIRST, NEWEST = 1, 2
"""Under the first version a word is enough to complete a node, so history can be told by it: an import holds no records."""


@cache
def standards(version: int = NEWEST) -> Mapping[str, Standard]:
    """Return one version of the shipped process standards by id."""
    files = sorted((SHIPPED / "standards").glob("*.yaml"))
    written = (sound(read_yaml(file.read_text("utf-8"))).standard for file in files)
    return {standard.process_id: standard for standard in written if standard.version == version}


def can_promise(standard: Standard, at: datetime) -> bool:
    """Test whether every promise to a case registered at `at` falls due within the standard's calendar."""
    working = _calendars()[standard.calendar.id] if standard.calendar else None
    try:
        for target in standard.targets:
            due(at if target.start == "registered" else at + NODES_WITHIN, limit_of(target.limit), working)
    except OutsideCalendar:
        return False
    return True


@cache
def _calendars() -> Mapping[str, WorkingTime]:
    files = (SHIPPED / "calendars").glob("*.yaml")
    calendars = (calendar_of(read_yaml(file.read_text("utf-8"))) for file in files)
    return {calendar.id: working_time(calendar) for calendar in calendars}
