"""One simulated life: clients who ask, a world that stumbles, and a model that learns of every accepted command."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

from libs.events.log.envelope import open_envelope
from libs.events.log.port import partition_of
from libs.events.testing.world import World
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from services.intake.domain.history import imported_case_id
from tests import asked
from tests.asked import BEGIN, calendar, importing, publish_calendar, publish_processes, rows, shipped
from tests.laws.story import SERVICES
from tests.simulation.compare import expected, observed
from tests.simulation.history import tell
from tests.simulation.model import Case
from tests.simulation.promises import WorkingDays

PROCESSES = ("complaint-quality", "inbound-call")
HEARD_AFTER = 12
CUSTOMERS = 2
"""Only a few customers, so that each has several cases in different partitions."""


class Life:
    """A world, its model, and the clients between them. Every method asks something, or lets something happen."""

    def __init__(self, seed, trouble=0.1):
        self.seed, self.random = seed, Random(f"clients of {seed}")
        self.world = World(SERVICES, seed, at=BEGIN, trouble=trouble)
        self.days = WorkingDays(calendar())
        self.cases, self.keys = {}, 0
        self.answers, self.acknowledged, self.counts = [], set(), Counter()
        self.lateness = Random(f"calendar of {seed}")

    async def begin(self):
        """Publish the standards; one time in three nobody has published their calendar yet, as on logs of old."""
        await self.world.start()
        self.days.is_published = self.lateness.random() > 1 / 3
        for one in [publish_calendar()] * self.days.is_published + [*publish_processes(PROCESSES)]:
            await self.world.execute(one.service, one.make)
        await self.world.come_to_rest()

    async def publish_calendar(self):
        """Publish the calendar, if nobody has."""
        if not self.days.is_published:
            late = publish_calendar()
            await self.world.execute(late.service, late.make)
            self.days.is_published = True
            self.counts["calendar published late"] += 1

    @property
    def at(self):
        return self.world.clock.at

    def pass_time(self, by):
        self.world.clock.advance(by + timedelta(seconds=1))

    async def ask(self, one):
        """Return the answer, or nothing when a rule says no."""
        restores = self._restores  # one while the answer is on its way may have lost it already
        try:
            answer = await self.world.execute(one.service, one.make)
        except Refused:
            self.counts["refused"] += 1
            return None
        self.counts["accepted"] += 1
        self.acknowledged |= set(answer.body.decode().split())
        self.answers.append((one, answer, restores))
        return answer

    @property
    def _restores(self):
        return self.world.trouble.struck.get("database back in time", 0)

    def _key(self):
        self.keys += 1
        return f"{self.seed}/{self.keys}"

    # Requests of clients
    async def register(self, process, affected):
        id = str(derived_id("simulated", self.seed, len(self.cases)))
        case = self.cases[id] = Case(shipped(process).standard)
        customer = f"customer {partition_of(id, CUSTOMERS)}"
        await self.ask(asked.register(self._key(), id, process, affected, at=self.at, customer=customer))
        case.registered(self.at, affected)

    async def contact(self, id, purpose, ago=timedelta()):
        occurred_at = max(self.cases[id].moments["registered"], self.at - ago)
        if await self.ask(asked.contact(self._key(), id, purpose, at=self.at, occurred_at=occurred_at)):
            self.cases[id].contact(occurred_at, purpose)

    async def cancel(self, id):
        if await self.ask(asked.cancel(self._key(), id, at=self.at)):
            self.cases[id].cancel(self.at)

    async def walk(self, id, agent="bo"):
        """Begin or finish the node at which the case stands."""
        case, at = self.cases[id], self.at
        if not case.node:
            return
        node = next(one for one in case.standard.nodes if one.id == case.node)
        if not case.is_started:
            await self.routing(id, "start", node=node.id, agent=agent)
        elif await self.ask(asked.complete(self._key(), id, node, at=at, agent=agent)):
            case.complete(at, node.id)

    async def routing(self, id, verb, **words):
        if await self.ask(asked.of_routing(self._key(), id, verb, at=self.at, **words)):
            MEANS[verb](self.cases[id], self.at, words)

    async def answer(self, id, overall):
        answer = await self.ask(asked.answer(self._key(), id, overall, at=self.at))
        if answer and answer.headers[0][1]:
            self.cases[id].answer(self.at, datetime.fromisoformat(answer.headers[0][1]), overall)

    async def bring_history(self, number):
        """Import another system's record, in two batches and any order."""
        told = rows(f"{self.seed}/{number}", cases=1, begin=BEGIN - timedelta(days=60))
        id = imported_case_id("old", told[0]["case"])
        if id not in self.cases:
            self.cases[id] = tell(Case(shipped("complaint-quality").standard), told)
            self.random.shuffle(told)
            for batch in (told[::2], told[1::2]):
                await self.ask(importing(batch, self.at))

    async def repeat(self):
        """Repeat a request: the answer is the same, unless a lost database forgot it."""
        one, before, restores = self.random.choice(self.answers)
        if restores == self._restores and "import" not in one.what:
            again = await self.world.execute(one.service, one.make)
            assert again == before, f"asked again, {one.what} was answered differently: {before} and then {again}"
            self.counts["repeated"] += 1

    # Events in the world
    async def heard(self, id):
        """Let the world go on until routing has heard intake's facts of the case, as a client with a position does."""
        for _ in range(HEARD_AFTER):
            if self._is_heard(id):
                return
            await self.world.wander(1)
        await self.world.come_to_rest()

    def _is_heard(self, id):
        said = {event.id for _, event in self.world.stores["intake"].memory.outbox.values() if event.key == id}
        return said <= self.world.stores["routing"].memory.heard.get(("cases", id), {}).keys()

    async def rest(self):
        """Let the world come to rest, and compare it with the model and with itself."""
        await self.world.come_to_rest()
        await self.world.check()
        on_log = {str(open_envelope(r.body).id) for line in self.world.broker.partitions.values() for r in line.records}
        assert self.acknowledged <= on_log, f"acknowledged, but not on the log: {self.acknowledged - on_log}"
        wanted, found = expected(self.cases, self.at, self.days), observed(self.world)
        wrong = {at: (wanted.get(at), found.get(at)) for at in wanted.keys() | found.keys() if wanted.get(at) != found.get(at)}
        assert not wrong, "\n".join(f"{at}: the model says {a}, the tables {b}" for at, (a, b) in sorted(wrong.items(), key=str))


MEANS = {
    "start": lambda case, at, words: case.start(at, words["node"]),
    "resolve": lambda case, at, words: case.resolve(at, words["outcome"]),
    "reopen": lambda case, at, words: case.reopen(at),
    "raise_exception": lambda case, at, words: case.wait(at),
    "clear_exception": lambda case, at, words: case.cleared(at),
    "grade": lambda case, at, words: case.grade(at, words["grade"]),
    "assign": lambda case, at, words: case.assign(at, words["agent"]),
}
"""The model's method for an accepted command."""
