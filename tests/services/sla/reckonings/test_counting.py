"""What a reckoning counts without saying it is what tables have once it is said: of any history, however much of it was said."""

from copy import deepcopy
from random import Random

import pytest

from services.sla.alarms import settle
from services.sla.books import CASES
from services.sla.domain.difference import unsaid
from services.sla.domain.lives import lives
from services.sla.domain.past import hearing
from services.sla.domain.terms import terms_of
from services.sla.projections import promises
from services.sla.reckonings.counting import over, standing
from tests.services.sla.reckonings.desk import DAY, NOW, known, lived, stories
from tests.services.sla.samples import OFFICE, at

SHOWN = ("clock", "occurrence", "status", "due_at", "used_us", "kind", "node", "process_version")


def shown(rows):
    return [tuple(getattr(row, name) for name in SHOWN) for row in rows]


def half_said(random, key, told, shelf):
    """Return a case of which some was said and withdrawn, as its facts came in any order, and the last of it was not."""
    told, heard = list(told), []
    random.shuffle(told)
    for one in told:
        heard.append(one)
        if random.random() < 0.5:
            heard += settle(key, CASES.of(key, heard), shelf, at(random.randint(0, NOW)))
    return CASES.of(key, heard)


@pytest.mark.parametrize("calendars", [(OFFICE,), ()])
def test_what_is_counted_is_what_is_told_once_everything_is_said(calendars):
    random, shelf, some = Random("counted"), known(calendars=calendars), 0
    for key, facts in stories(60, seed=7).items():
        case = half_said(random, key, facts, shelf)
        terms = terms_of(case, shelf)
        for now in (at(5 * DAY), at(NOW)):
            said = unsaid(key, case, [*lives(case, terms, now)], terms, now)
            live = [*promises(key, hearing(deepcopy(case), said))]
            assert shown(standing(case, terms, now)) == shown(live)
            some += bool(live and said)
    assert some > 40


@pytest.mark.parametrize("calendars", [(OFFICE,), ()])
def test_promises_that_are_all_over_are_counted_as_they_were_said(calendars):
    random, shelf, ended, open_still = Random("over"), known(calendars=calendars), 0, 0
    for key, facts in stories(120, seed=8).items():
        case = lived(key, facts, shelf, random)
        counted = standing(case, terms_of(case, shelf), at(NOW + 400 * DAY))
        if found := over(case):
            assert shown(found) == shown(counted)
            ended += 1
        elif counted:
            open_still += 1
    assert ended > 10 and open_still > 10
