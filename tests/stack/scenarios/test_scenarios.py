"""Every scenario, over HTTP and on five real processes: what is said is answered so, and analytics counts what was said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.home import SHIPPED
from deploy.publishing import publish
from libs.events.catalogue.phases import OUTCOMES
from tests.stack.running import Running, started
from tests.stack.scenarios import complaints, endings, others
from tests.stack.scenarios.lines import answers, begins, completes
from tests.stack.scenarios.scenario import Play, Scenario, figures, visited

SCENARIOS = (*complaints.SCENARIOS, *others.SCENARIOS, *endings.SCENARIOS)


@pytest.fixture(scope="module")
def desk(server_folder: Path) -> Iterator[Running]:
    """A stack with the people of the shipped rosters."""
    with started(Running(server_folder / "scenarios")) as running:
        rosters = sorted((SHIPPED / "rosters").glob("*.yaml"))
        publish(rosters, sla=running.stack.url("sla"), routing=running.stack.url("routing"), api_key=running.key)
        running.eventually_known(*{one.process for one in SCENARIOS})
        yield running


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_a_case_goes_as_it_is_told(desk: Running, scenario: Scenario) -> None:
    desk.come_to_rest()
    before = figures(desk, scenario.process)
    play = Play(desk, scenario)
    play.to_its_end()
    play.is_counted(before)


def test_a_transcript_tells_the_visits() -> None:
    refused = begins("gang", "n1", status=403)
    told = [refused, begins("mei", "n1"), completes("mei", "n1", told=("x",)), answers("scope", "rejected"), begins("mei", "n1")]
    assert visited([*told, completes("mei", "n1")]) == [("n1", "returned"), ("n1", "done")]


def test_every_outcome_is_played() -> None:
    assert {one.outcome for one in SCENARIOS} == {*OUTCOMES}


def test_everybody_of_the_rosters_has_work() -> None:
    spoke = {line.who for one in SCENARIOS for line in one.lines}
    assert {"mei", "bo", "lin", "wei", "tao", "nan", "gang", "kai", "rui", "qing", "yan"} <= spoke
