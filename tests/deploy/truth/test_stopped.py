"""As of ten past days, a real log's promises stand as at an installation that stopped on that day.

The days are those on which each eleventh part of the cases had come, so that much is open on all of them. All cases of helpdesk
are looked at, and every twelfth of uci498, because all of them would take a quarter of an hour.
"""

from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest

from libs.events.catalogue.intake import CaseRegistered
from services.sla.domain.past import Recorded
from services.sla.reckonings import work
from tests.deploy.truth.cases import Life, cases_of, known_of
from tests.deploy.truth.installation import apart, found, installed, shown_alone, stands

pytestmark = [pytest.mark.truth, pytest.mark.parametrize(("name", "every"), [("helpdesk", 1), ("uci498", 12)])]
DAYS = 10
LATE = timedelta(hours=30)


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(work, "REST", 0.0)


async def test_what_was_imported_answers_as_an_installation_that_imported_what_there_was_by_then(database_url, name, every):
    known, told, random = known_of(name), cases_of(name, every=every), Random(name)
    now = over(at_once(told))

    def imported(key, facts, at):
        return Life(key, known).hear(*random.sample(facts, len(facts))).until(at)

    lives = {key: imported(key, facts, now) for key, facts in told.items()}
    recorded = {key: [Recorded(one, now) for one in facts] for key, facts in told.items()}
    async with installed(database_url, known, lives, recorded, now) as desk:
        for day in ten_days(told):
            stopped = {}
            for key, facts in told.items():
                stopped |= stands(imported(key, [one for one in facts if one.time <= day], day))
            await stands_as(desk, stopped, as_of=day)


async def test_what_was_worked_on_answers_as_an_installation_that_knew_what_was_written_by_then(database_url, name, every):
    known, told = known_of(name), cases_of(name, every=every, origin="live")
    days, recorded = ten_days(told), written_down(told)
    now, lives, stopped = over(recorded), {}, {day: {} for day in days}
    for key, ones in recorded.items():
        life = lives[key] = Life(key, known)
        steps = [*((one.recorded_at, one.fact) for one in ones), *((day, None) for day in days)]
        for at, fact in sorted(steps, key=_facts_first):
            life.until(at)
            if fact is None:
                stopped[at] |= stands(life)
            else:
                life.hear(fact)
        life.until(now)
    assert any(said.withdrawn for life in lives.values() for said in life.state.said.values()), "late facts unmake what was said"
    async with installed(database_url, known, lives, recorded, now) as desk:
        for day in days:
            await stands_as(desk, stopped[day], as_of=day, known_at=day)


async def stands_as(desk, stopped, **instants):
    """Check that a reckoning as of these instants, and the answers about ten single cases, are what stood at the stopped one."""
    assert {"running", "met", "breached", "ended_late"} <= {status for status, _, _ in stopped.values()}
    done = await desk.reckon(**{name: at.isoformat() for name, at in instants.items()})
    assert (done["state"], apart(await found(desk, done["reckoning_id"]), stopped)) == ("done", {}), instants
    keys = sorted({key for key, _, _ in stopped})
    for key in keys[:: len(keys) // 10]:
        expected = sorted((clock, status, due_at) for (case, clock, _), (status, due_at, _) in stopped.items() if case == key)
        assert await shown_alone(desk, key, instants) == expected, (key, instants)


def ten_days(told):
    """Return the midnights after the days on which each eleventh part of the cases had come."""
    came = sorted(one.time for facts in told.values() for one in facts if type(one.data) is CaseRegistered)
    days = {came[len(came) * n // (DAYS + 1)].date() + timedelta(days=1) for n in range(1, DAYS + 1)}
    assert len(days) == DAYS
    return [datetime.combine(day, time(), UTC) for day in sorted(days)]


def at_once(told):
    """Return what is written down as it happens."""
    return {key: [Recorded(one, one.time) for one in facts] for key, facts in told.items()}


def written_down(told):
    """Return what is written down when: in each third case every second fact thirty hours after it happened, else at once."""
    return {
        key: [Recorded(one, one.time + LATE * (n % 3 == 0 and place % 2)) for place, one in enumerate(facts)]
        for n, (key, facts) in enumerate(told.items())
    }


def over(recorded):
    """Return a whole minute by which all promises of a log are over."""
    last = max(one.recorded_at for ones in recorded.values() for one in ones)
    return last.replace(second=0, microsecond=0) + timedelta(days=60)


def _facts_first(step):
    at, fact = step
    return at, fact is None
