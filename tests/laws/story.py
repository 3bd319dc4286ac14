"""A random but valid story of some cases: who asked for what at which instant, the same for whatever world it is told in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import yaml

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.standard import SurveyPolicy
from libs.events.engine.known import Known
from libs.events.engine.writer import Command
from libs.events.store.values import Answer, Idempotency
from libs.events.words.event import Topic
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from services.analytics.service import SERVICE as ANALYTICS
from services.intake.domain.case import cancel, log_contact, register
from services.intake.domain.customer import Customer
from services.intake.domain.history import Recorded, judge
from services.intake.domain.need import Need
from services.intake.domain.vault import note_row
from services.intake.service import SERVICE as INTAKE
from services.routing.commands import draft_command, publish_command
from services.routing.domain.cases import decisions
from services.routing.domain.standards.standard import sound
from services.routing.service import SERVICE as ROUTING
from services.sla.api import publish_command as publish_calendar
from services.sla.domain.calendars import calendar_of
from services.sla.service import SERVICE as SLA
from services.survey.domain.survey import answer
from services.survey.service import SERVICE as SURVEY

SERVICES = (INTAKE, ROUTING, SLA, SURVEY, ANALYTICS)
BEGIN = datetime(2025, 6, 30, 1, 0, tzinfo=UTC)
DEPLOY = Path(__file__).parents[2] / "deploy"
VERBS = ("entered", "started", "completed")
WORDS = ("grade", "service_class", "category", "severity")

Make = Callable[[Known], Command]


@dataclass(frozen=True)
class Asked:
    """One thing somebody asked of one service."""

    service: str
    make: Make
    what: str


def answered(outcome):
    return Answer(200, b"")


@cache
def calendar():
    return calendar_of(yaml.safe_load((DEPLOY / "calendars" / "cn-business.yaml").read_text()))


@cache
def shipped(name):
    """Return a shipped standard, whose customers are asked at once, each time, and may change their minds."""
    written = sound(yaml.safe_load((DEPLOY / "standards" / f"{name}.yaml").read_text()))
    eager = SurveyPolicy(outcomes=("resolved", "unreachable", "rejected"), delay_seconds=0, cool_down_hours=0, changes=True)
    return replace(written, standard=replace(written.standard, survey=eager))


def standards(names=("complaint-quality", "inbound-call")):
    """Return what publishes the calendar and these process standards."""
    yield Asked("sla", lambda _: publish_calendar(calendar(), at=BEGIN, actor="shipped"), "calendar")
    for name in names:
        written = shipped(name)
        id, version = written.standard.process_id, written.standard.version
        yield Asked("routing", lambda _, w=written: draft_command(w, at=BEGIN, actor="shipped"), f"draft {name}")
        yield Asked("routing", lambda _, i=id, v=version: publish_command(i, v, at=BEGIN, actor="shipped"), f"publish {name}")


def story(seed, *, cases=4, instants=30):
    """Return instants with what is asked at each; of one case at most one thing at a time."""
    random = Random(f"story {seed}")
    lives = [Case(random, f"{seed}-{n}") for n in range(cases)]
    at = BEGIN
    told = []
    for _ in range(instants):
        at += timedelta(minutes=random.choice((0, 1, 5, 10, 20, 45, 130, 400, 1500)))
        busy = random.sample(lives, random.randint(1, cases))
        told.append((at, [asked for case in busy if (asked := case.next(at))]))
    return told


class Case:
    """One case's walk: mostly forward through its standard, with detours."""

    def __init__(self, random, name):
        self.random, self.id, self.name = random, str(derived_id("story", name)), name
        self.standard = shipped(random.choice(("complaint-quality", "inbound-call"))).standard
        self.place, self.is_started, self.is_registered, self.count = 0, False, False, 0
        self.registered_at = None

    def next(self, at):
        self.count += 1
        if not self.is_registered:
            self.is_registered, self.registered_at = True, at
            return self.registration(at)
        forward = [self.walk] * 14
        detours = [self.contact, self.contact, self.late_contact, self.wait, self.go_on, self.assign, self.grade, self.finish]
        return self.random.choice([*forward, *detours, self.reopen, self.answer, self.answer, self.withdraw])(at)

    def registration(self, at):
        need = Need(
            channel=self.random.choice(("phone", "web", "email")),
            process_id=self.standard.process_id,
            kind="complaint",
            fields={"affected": self.random.choice(("one", "batch"))},
            customer=Customer(id=f"customer {self.name}"),
        )
        return self.of_intake("register", lambda shelf: lambda case: register(case, need, shelf, at=at, actor="story"))

    def contact(self, at, occurred_at=None):
        purpose = self.random.choice(("response", "info", "result"))
        said = ContactLogged(direction="outbound", channel="phone", purpose=purpose, agent="anna")
        id = derived_id("contact", self.id, self.count)
        return self.of_intake(
            f"contact {occurred_at or at}",
            lambda shelf: lambda case: log_contact(case, said, id=id, at=at, actor="story", occurred_at=occurred_at),
            (note_row(self.id, id, "as agreed"),),
        )

    def late_contact(self, at):
        return self.contact(at, self.registered_at + (at - self.registered_at) * self.random.choice((0.01, 0.3, 0.9)))

    def withdraw(self, at):
        if self.random.random() < 0.7:
            return self.walk(at)
        return self.of_intake("cancel", lambda shelf: lambda case: cancel(case, "found it", at=at, actor="story"))

    def of_intake(self, what, decide, private=()):
        once = Idempotency("story", f"{self.id} {self.count}", b"")

        def make(shelf):
            return Command(answered, (Topic.CASES, self.id), decide(shelf), idempotency=once, private=lambda appended: private)

        return Asked("intake", make, what)

    def walk(self, at):
        if self.place >= len(self.standard.nodes):
            return self.answer(at)
        node = self.standard.nodes[self.place]
        if not self.is_started:
            self.is_started = True
            return self.of_routing(decisions.start, at, node=node.id, agent="bo")
        self.place, self.is_started = self.place + 1, False
        outputs = tuple(f"{name}=quality" for name in node.outputs if name not in WORDS)
        return self.of_routing(decisions.complete, at, node=node.id, outputs=outputs, agent="bo")

    def wait(self, at):
        return self.of_routing(decisions.raise_exception, at, code="awaiting_customer")

    def go_on(self, at):
        return self.of_routing(decisions.clear_exception, at, code="awaiting_customer")

    def assign(self, at):
        return self.of_routing(decisions.assign, at, team=self.random.choice(("quality", "second_line")), agent="cy")

    def grade(self, at):
        return self.of_routing(decisions.grade, at, grade=self.random.choice(("normal", "urgent")), reason="looked again")

    def finish(self, at):
        outcome = self.random.choice(("resolved", "unreachable", "rejected"))
        return self.of_routing(decisions.resolve, at, outcome=outcome)

    def reopen(self, at):
        self.place = max(0, self.place - 1)
        return self.of_routing(decisions.reopen, at, reason="fails again")

    def of_routing(self, decision, at, **words):
        def make(shelf):
            def decide(case):
                if not case.process_id:
                    raise Refused("unknown-case", "not here yet", 404)
                standard = shelf.version(PROCESS, case.process_id, case.process_version)
                return decision(case, standard, **words, at=at, actor="story")

            return Command(answered, (Topic.CASES, self.id), decide)

        return Asked("routing", make, f"{decision.__name__} {words}")

    def answer(self, at):
        overall = self.random.randint(1, 5)

        def decide(case):
            if not case.surveys:
                return []
            return answer(case, max(case.surveys), overall, {"attitude": overall}, False, changes=True, at=at)

        return Asked("survey", lambda shelf: Command(answered, (Topic.CASES, self.id), decide), f"answer {overall}")


def rows(seed, *, cases=4, begin=BEGIN):
    """Return rows of an import: another system's record of some cases from registration to the customer's answer."""
    random = Random(f"import {seed}")
    return [row for n in range(cases) for row in _history(random, f"T{seed}-{n}", begin)]


def _history(random, case, begin):
    at, nodes = begin + timedelta(days=random.randint(0, 30)), [node.id for node in shipped("complaint-quality").standard.nodes]
    survey_id = str(derived_id("survey", case))
    told = [
        ("case.registered", {"channel": "phone", "customer_ref": case, "process_id": "complaint-quality", "process_version": 1}),
        ("case.graded", {"grade": random.choice(("normal", "urgent"))}),
        ("case.assigned", {"team": "quality", "agent": "anna"}),
        *(
            (f"node.{verb}", {"node": node})
            for node in nodes[: random.randint(1, 7)]
            for verb in ("entered", "started", "completed")
        ),
        ("contact.logged", {"direction": "outbound", "channel": "phone", "purpose": "response"}),
        ("case.exception_raised", {"code": "awaiting_customer"}),
        ("case.exception_cleared", {"code": "awaiting_customer"}),
        ("case.resolved", {"agent": "anna", "team": "quality"}),
        ("case.reopened", {"reason": "again"}),
        ("case.resolved", {"agent": "bo", "team": "quality"}),
        ("survey.sent", {"survey_id": survey_id, "channel": "email", "expires_at": (BEGIN + timedelta(days=90)).isoformat()}),
        ("survey.answered", {"survey_id": survey_id, "overall": random.randint(1, 5)}),
        ("case.closed", {}),
        ("import.figures_stated", {"figures": {"reassignment_count": 1, "made_sla": True}}),
    ]
    for sequence, (type, data) in enumerate(told, 1):
        # Some instants are shared by several facts: then the source's sequence decides.
        at += timedelta(minutes=random.choice((0, 7, 90, 900)))
        yield {"system": "old", "case": case, "sequence": sequence, "type": type, "time": at.isoformat(), "data": data}


def importing(batch, at):
    """Return what imports these rows."""

    def make(shelf):
        verdicts = [judge(msgspec.Raw(msgspec.json.encode(row)), shelf, at=at) for row in batch]
        rejected = [verdict for verdict in verdicts if not isinstance(verdict, Recorded)]
        assert not rejected, rejected
        return Command(
            answered, facts=[one.fact for one in verdicts], private=lambda _: [row for one in verdicts for row in one.private]
        )

    return Asked("intake", make, f"import {len(batch)}")
