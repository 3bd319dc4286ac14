"""If public holidays were no working days: a reckoning over all requests of Boston finds what a script of its own finds."""

import pytest

from services.intake.domain.history import imported_case_id
from services.sla.domain.past import Recorded
from services.sla.reckonings import work
from tests.deploy.truth.cases import Life, cases_of
from tests.deploy.truth.city import NOW, PROMISED, calendar, city
from tests.deploy.truth.city_holidays import flips, requests
from tests.deploy.truth.installation import installed
from tests.real_logs import DATA

pytestmark = pytest.mark.truth
ROWS = """
select case_id, clock, flips, contracted_verdict, asked_verdict, contracted_due_at, asked_due_at from sla.reckoned
where reckoning_id = $1
"""


async def test_the_requests_that_flip_are_those_of_the_script_and_so_is_every_due_instant(database_url, monkeypatch):
    monkeypatch.setattr(work, "REST", 0.0)
    known, told = city(), cases_of("boston311")
    lives = {key: Life(key, known).hear(*facts).until(NOW) for key, facts in told.items()}
    recorded = {key: [Recorded(one, NOW) for one in facts] for key, facts in told.items()}
    script = {imported_case_id("boston311", request): judged for request, judged in requests(DATA).items()}
    async with installed(database_url, known, lives, recorded, NOW) as desk:
        done = await desk.reckon(calendars=[calendar(country="US", subdivision="MA")])
        rows = {row["case_id"]: row for row in await desk.pool.fetch(ROWS, done["reckoning_id"])}
    assert (done["state"], done["cases"], done["promises"]) == ("done", 31_828, len(rows))
    assert {row["clock"] for row in rows.values()} == {PROMISED.name} and rows.keys() == script.keys()
    flipped = {case for case, row in rows.items() if row["flips"]}
    assert flipped == flips(script) and len(flipped) == done["summary"]["cases_that_flip"] == 61
    assert {(rows[case]["contracted_verdict"], rows[case]["asked_verdict"]) for case in flipped} == {("broken", "kept")}
    due = {case: (row["contracted_due_at"], row["asked_due_at"]) for case, row in rows.items()}
    assert {case for case, (*judged, _) in script.items() if due[case] != tuple(judged)} == set()
    assert sum(before != after for before, after in due.values()) > 1_000
