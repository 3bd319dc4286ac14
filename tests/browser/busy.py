"""A desk on a busy day for the README's pictures: some cases are late, some at risk, and one has seen everything."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import msgspec
from rich.console import Console

from deploy.demo.month import SYSTEM, Month, facts_of
from deploy.demo.plan import Plan
from deploy.demo.play import play
from deploy.demo.shipped import FIRST, can_promise, standards
from deploy.demo.walk import walked
from deploy.importer.facts import SourceFact
from libs.events.catalogue import intake, routing, survey
from libs.events.words.event import TYPES
from libs.events.words.now import real_now
from tests.browser.desk import Desk
from tests.stack.running import Running

CASES, TODAY, APART = 400, 36, timedelta(minutes=40)
"""The cases of the month, those of the last day, and the time between two of these."""

LEFT_ALONE = (timedelta(days=9),) * 4 + (timedelta(hours=3), timedelta(minutes=40))
"""After so long nobody works on a case; most are worked on to the end."""

TOLD, TOLD_HOURS_AGO = "C-1042", 50
"""The case whose life is shown."""

STORY: list[tuple[float, Any]] = [
    (0, intake.CaseRegistered(channel="phone", customer_ref="K-42", process_id="inbound-call", process_version=1)),
    (0, routing.CaseClassified(service_class="complex", severity="minor")),
    (0, routing.CaseAssigned(team="customer_service", agent="mei", role="cs_agent")),
    (0, routing.NodeEntered(node="n1")),
    (0.1, routing.NodeStarted(node="n1", agent="mei")),
    (0.2, intake.ContactLogged(direction="outbound", purpose="response", channel="phone", agent="mei")),
    (0.2, routing.NodeCompleted(node="n1", agent="mei", outputs=("contact",))),
    (0.2, routing.NodeEntered(node="n2")),
    (0.3, routing.NodeStarted(node="n2", agent="mei")),
    (1.5, routing.NodeCompleted(node="n2", agent="mei", outputs=("case_record",))),
    (1.5, routing.NodeEntered(node="n3")),
    (1.6, routing.NodeStarted(node="n3", agent="mei")),
    (1.7, routing.NodeCompleted(node="n3", agent="mei", outputs=("assignment",))),
    (1.7, routing.NodeEntered(node="n4")),
    (2, routing.NodeStarted(node="n4", agent="mei")),
    (3, routing.CaseAssigned(team="tech_support", agent="jonas", role="tech_support", reason="needs a technician")),
    (5, routing.ExceptionRaised(code="awaiting_customer")),
    (13, routing.ExceptionCleared(code="awaiting_customer")),
    (15, intake.ContactLogged(direction="inbound", purpose="progress", channel="phone")),
    (36, routing.NodeCompleted(node="n4", agent="jonas", outputs=("handling_result",))),
    (36, routing.NodeEntered(node="n5")),
    (36.2, routing.NodeStarted(node="n5", agent="mei")),
    (36.6, routing.NodeCompleted(node="n5", agent="mei", outputs=("result_notice",))),
    (36.6, routing.CaseResolved(agent="jonas", team="tech_support")),
    (36.7, survey.SurveySent(
        survey_id="S-1042", channel="phone", agent="jonas", team="tech_support", expires_at=real_now() + timedelta(days=7)
    )),
    (42, survey.SurveyAnswered(survey_id="S-1042", overall=4)),
]  # fmt: skip
"""Hours after it came → what happened."""


class BusyDesk(Desk):
    """A desk with a month behind it and a busy day."""

    def start(self) -> None:
        Running.start(self)
        now = real_now()
        month = facts_of(Month(seed=7, cases=CASES, until=now), standards(FIRST), can_promise)
        came = now - timedelta(hours=TOLD_HOURS_AGO)
        told = _sent(TOLD, [(came + timedelta(hours=hours), event) for hours, event in STORY])
        facts = [told, *today(now), *month]
        account = asyncio.run(play(self.stack, SYSTEM, facts, Console(quiet=True), self.key))
        assert account.verdicts["recorded"] == account.facts_made, account.reasons
        self.come_to_rest()

    def told(self) -> str:
        """Return the id of the case whose life is shown."""
        [row] = self.query("select case_id from analytics.cases where external_ref = $1", TOLD)
        return str(row["case_id"])


def today(now: datetime) -> Iterator[list[SourceFact]]:
    """Yield the facts of cases that came one after the other until now; many are still open."""
    chance = Random("today")
    for number in range(TODAY):
        process = chance.choice(("inbound-call", "inbound-call", "complaint-quality"))
        kind = chance.choice(("routine", "routine", "urgent", "complex")) if process == "inbound-call" else ""
        came, case = now - APART * (TODAY - number), f"C-{2001 + number}"
        plan = Plan(case=case, process_id=process, at=came, customer=f"K-{number}", service_class=kind, satisfied=True)
        until = min(now, came + chance.choice(LEFT_ALONE))
        yield _sent(case, [one for one in walked(plan, standards(FIRST)[process], chance) if one[0] < until])


def _sent(case: str, said: Iterable[tuple[datetime, Any]]) -> list[SourceFact]:
    ordered = sorted(said, key=lambda one: one[0])
    return [
        SourceFact(SYSTEM, case, sequence, TYPES[type(event)].name, at, msgspec.to_builtins(event))
        for sequence, (at, event) in enumerate(ordered, 1)
    ]
