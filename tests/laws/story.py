"""A random but valid story of some cases: requests and their instants, the same in every world it is told in."""

from datetime import timedelta
from random import Random

from libs.events.words.now import derived_id
from services.analytics.service import SERVICE as ANALYTICS
from services.intake.service import SERVICE as INTAKE
from services.routing.service import SERVICE as ROUTING
from services.sla.service import SERVICE as SLA
from services.survey.service import SERVICE as SURVEY
from tests import asked
from tests.asked import BEGIN, shipped

SERVICES = (INTAKE, ROUTING, SLA, SURVEY, ANALYTICS)


def story(seed, *, cases=4, instants=30):
    """Return instants with what is asked at each; of one case at most one thing at a time."""
    random = Random(f"story {seed}")
    lives = [Case(random, f"{seed}-{n}") for n in range(cases)]
    at = BEGIN
    told = []
    for _ in range(instants):
        at += timedelta(minutes=random.choice((0, 1, 5, 10, 20, 45, 130, 400, 1500)))
        busy = random.sample(lives, random.randint(1, cases))
        told.append((at, [case.next(at) for case in busy]))
    return told


class Case:
    """One case's walk: mostly forward through its standard, with detours."""

    def __init__(self, random, name):
        self.random, self.id, self.name = random, str(derived_id("story", name)), name
        self.standard = shipped(random.choice(("complaint-quality", "inbound-call"))).standard
        self.place, self.is_started, self.count = 0, False, 0
        self.registered_at = None

    @property
    def key(self):
        return f"{self.id} {self.count}"

    def next(self, at):
        self.count += 1
        if self.registered_at is None:
            return self.register(at)
        forward = [self.walk] * 14
        detours = [self.contact, self.contact, self.late_contact, self.wait, self.go_on, self.assign, self.grade, self.finish]
        return self.random.choice([*forward, *detours, self.reopen, self.answer, self.answer, self.withdraw])(at)

    def register(self, at):
        self.registered_at = at
        channel, affected = self.random.choice(("phone", "web", "email")), self.random.choice(("one", "batch"))
        process, customer = self.standard.process_id, f"customer {self.name}"
        return asked.register(self.key, self.id, process, affected, at=at, customer=customer, channel=channel)

    def contact(self, at, occurred_at=None):
        purpose = self.random.choice(("response", "info", "result"))
        return asked.contact(self.key, self.id, purpose, at=at, occurred_at=occurred_at)

    def late_contact(self, at):
        return self.contact(at, self.registered_at + (at - self.registered_at) * self.random.choice((0.01, 0.3, 0.9)))

    def withdraw(self, at):
        return self.walk(at) if self.random.random() < 0.7 else asked.cancel(self.key, self.id, at=at)

    def walk(self, at):
        if self.place >= len(self.standard.nodes):
            return self.answer(at)
        node = self.standard.nodes[self.place]
        if not self.is_started:
            self.is_started = True
            return self.of_routing("start", at, node=node.id, agent="bo")
        self.place, self.is_started = self.place + 1, False
        return asked.complete(self.key, self.id, node, at=at, agent="bo")

    def wait(self, at):
        return self.of_routing("raise_exception", at, code="awaiting_customer")

    def go_on(self, at):
        return self.of_routing("clear_exception", at, code="awaiting_customer")

    def assign(self, at):
        return self.of_routing("assign", at, team=self.random.choice(("quality", "second_line")), agent="cy")

    def grade(self, at):
        return self.of_routing("grade", at, grade=self.random.choice(("normal", "urgent")), reason="looked again")

    def finish(self, at):
        return self.of_routing(
            "resolve", at, outcome=self.random.choice(("resolved", "unreachable", "rejected")), reason="no more to do"
        )

    def reopen(self, at):
        self.place = max(0, self.place - 1)
        return self.of_routing("reopen", at, reason="fails again")

    def answer(self, at):
        return asked.answer(self.key, self.id, self.random.randint(1, 5), at=at)

    def of_routing(self, verb, at, **words):
        return asked.of_routing(self.key, self.id, verb, at=at, **words)
