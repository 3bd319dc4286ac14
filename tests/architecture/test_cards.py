"""The card at the head of each service tells the truth about what it says."""

import re
from pathlib import Path

import pytest

from deploy.docs.cards import SERVICES, card, events_in
from libs.events.words.event import TYPES

ROOT = Path(__file__).parents[2]


def written(service):
    found = card(service)
    assert found is not None
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_it_says_exactly_what_the_catalogue_gives_it(service):
    named = [kind.wire for kind in events_in(written(service).says)]
    assert sorted(named) == sorted(kind.wire for kind in TYPES.values() if kind.owner == service)


@pytest.mark.parametrize("service", SERVICES)
def test_it_hears_only_what_somebody_says(service):
    heard = written(service).hears
    assert events_in(heard) or heard.startswith("nothing")


@pytest.mark.parametrize("service", SERVICES)
def test_it_does_not_hear_itself(service):
    # "every event" names none of its own either: analytics says nothing.
    assert [kind.wire for kind in events_in(written(service).hears) if kind.owner == service] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_modules_it_names_exist(service):
    found = written(service)
    home = ROOT / "services" / service
    named = re.findall(r"[\w/]+\.py", f"{found.owns} {found.hears} {found.says}")
    assert [name for name in named if not ((home / name).exists() or (home / "domain" / name).exists())] == []


@pytest.mark.parametrize("service", SERVICES)
def test_it_answers_over_http(service):
    assert re.search(r"\b(GET|POST|PUT|DELETE) /", written(service).answers)
