"""The requests of a run: callers, agents, customers who answer, and another system's history."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from libs.events.words.now import real_now
from tests.faults.client import Client
from tests.faults.history import Attempt, History, Request
from tests.faults.standard import NODES, PROCESS, RESOLUTION, RESOLVES, RESPONSE, WAITING, standard

SURVEY_LOOKS = 30
SYSTEM = "faults"
ENOUGH, SECONDS_MAX = 40, 20.0
"""A machine that is busy otherwise gets the time for so many acknowledgements, but not for ever."""

CUSTOMERS = 5
"""Only a few customers, so that each has several cases in different partitions."""


class Shift:
    """How long new requests are made: some seconds, and until there was something to judge."""

    def __init__(self, history: History, *, seconds: float) -> None:
        self._history, self._seconds = history, seconds

    @property
    def is_over(self) -> bool:
        passed = self._history.now()
        answered = sum(one.is_acknowledged for one in self._history.attempts)
        return passed > self._seconds and (answered > ENOUGH or passed > SECONDS_MAX)


VALUE, HOLDER = "<value>", "<holder>"


class Step(NamedTuple):
    """One request about a case.

    VALUE in its words is replaced by a value that is in no other request, HOLDER by the agent who has the work at the node.
    """

    kind: str
    service: str
    path: str
    words: dict[str, Any]


class Load:
    """The stories of one worker. Every value it sends is in no other request: `<run>-<worker>-<number>`."""

    def __init__(self, client: Client, random: Random, name: str, shift: Shift) -> None:
        self._client, self._random, self._name, self._shift = client, random, name, shift
        self._count = 0

    async def work(self) -> None:
        """Live through one story after another until the time is over."""
        while not self._shift.is_over:
            await (self._imported() if self._random.random() < 0.15 else self._case())

    async def publish(self, version: int) -> None:
        """Draft and publish a version of the process, while everything else goes on."""
        value = self._value()
        body = {"standard": standard(version)}
        if await self._client.ask(Request(f"draft-{value}", "draft", "routing", "/processes", value, body=body)):
            path = f"/processes/{PROCESS}/versions/{version}/publish"
            await self._client.ask(Request(f"publish-{value}", "publish", "routing", path, value, body={}))

    def _value(self) -> str:
        self._count += 1
        return f"{self._name}-{self._count}"

    async def _case(self) -> None:
        registered_at = real_now() - self._age()
        value = self._value()
        body = {
            "channel": "phone",
            "process_id": PROCESS,
            "subject": value,
            "external_ref": value,
            "fields": {"topic": value, "customer_name": "Zhou"},
            "customer": {"id": f"customer-{self._random.randrange(CUSTOMERS)}"} if self._random.random() < 0.8 else {},
            "occurred_at": registered_at.isoformat(),
        }
        answered = await self._client.ask(Request(value, "register", "intake", "/cases", value, body=body))
        if answered is None or not answered.is_acknowledged:
            return
        holder = ""
        for step in self.steps(registered_at):
            if self._shift.is_over:
                return
            done = await self._do(step, answered, holder)
            if done is None or not done.is_acknowledged:
                return
            answered, holder = done, _holder_after(step, done, holder)
            await asyncio.sleep(self._random.uniform(0.0, 0.15))

    def _age(self) -> timedelta:
        """Return how long ago the case came in: often so that a promise breaks in these seconds."""
        due = timedelta(seconds=self._random.uniform(-3.0, 1.5))
        promise = self._random.choice((RESPONSE, RESPONSE, RESOLUTION, due))
        return promise - due

    async def _do(self, step: Step, last: Attempt, holder: str) -> Attempt | None:
        name, case = self._value(), last.about
        value = holder if HOLDER in step.words.values() else name
        words = {word: name if said == VALUE else value if said == HOLDER else said for word, said in step.words.items()}
        if step.kind == "answer":
            return await self._answer(case, value, words, last)
        if "outputs" in words:
            words["outputs"] = [*words["outputs"], f"note={name}"]
        request = Request(name, step.kind, step.service, f"/cases/{case}{step.path}", value, case, words)
        return await self._client.ask(request, last.headers.get("position", ""))

    def steps(self, registered_at: datetime) -> list[Step]:
        """Return the steps of a case: its nodes, a response, two messages taken by machines, and sometimes its end."""
        steps = self._handling()
        steps.insert(
            self._random.randrange(len(steps) + 1), Step("contact", "intake", "/contacts", self._response(registered_at))
        )
        for at in sorted(self._random.sample(range(len(steps)), 2), reverse=True):
            # Taken by a person it would be a response, and no such promise would ever break.
            steps.insert(at, Step("contact", "intake", "/contacts", {**_contact("inbound", "info"), "automated": True}))
        if self._random.random() < 0.2:
            # With its last node the case closes, and a cancellation is refused as soon as intake has heard of that.
            last = max(n for n, step in enumerate(steps) if step.kind == "complete")
            steps[self._random.randrange(last + 1) :] = [Step("cancel", "intake", "/cancel", {"reason": VALUE})]
        return steps

    def _handling(self) -> list[Step]:
        steps = []
        for node in NODES:
            steps.append(Step("start", "routing", f"/nodes/{node}/start", {"agent": VALUE}))
            steps.append(Step("complete", "routing", f"/nodes/{node}/complete", {"agent": HOLDER, "outputs": [node]}))
        steps.insert(self._random.randrange(5), Step("assign", "routing", "/assign", {"agent": VALUE}))
        if self._random.random() < 0.5:
            raised, cleared = sorted(self._random.sample(range(5), 2))
            steps.insert(cleared, Step("clear", "routing", f"/exceptions/{WAITING}/clear", {}))
            steps.insert(raised, Step("raise", "routing", f"/exceptions/{WAITING}/raise", {}))
        resolved = next(n for n, step in enumerate(steps) if step.path == f"/nodes/{RESOLVES}/complete")
        steps.insert(resolved + self._random.randrange(1, 3), Step("answer", "survey", "", {"comment": VALUE}))
        return steps

    def _response(self, registered_at: datetime) -> dict[str, Any]:
        """Return a response: now, or told late of an instant that may still have been in time."""
        if self._random.random() < 0.4:
            return _contact("outbound", "response")
        earlier = registered_at + self._random.random() * min(RESPONSE * 1.5, real_now() - registered_at)
        return {**_contact("outbound", "response"), "occurred_at": earlier.isoformat()}

    async def _answer(self, case: str, value: str, words: dict[str, Any], last: Attempt) -> Attempt | None:
        """Fill in the customer's form, once the customer was asked."""
        for _ in range(SURVEY_LOOKS):
            found = await self._client.look("survey", f"/invitations?case_id={case}")
            if found and found["items"]:
                path = urlsplit(found["items"][0]["link"]).path
                form = {"overall": str(self._random.randint(1, 5)), **words}
                return await self._client.ask(Request(value, "answer", "survey", path, value, case, form))
            if self._shift.is_over:
                break
            await asyncio.sleep(0.1)
        return last

    async def _imported(self) -> None:
        """Tell another system's case: registered yesterday, answered in time or late, handled or not."""
        value, facts = self._value(), []
        at = real_now().astimezone(UTC) - timedelta(days=1)
        told: list[tuple[str, int, dict[str, Any]]] = [
            ("case.registered", 0, {"channel": "email", "customer_ref": value, "process_id": PROCESS, "process_version": 1}),
            ("contact.logged", 50, _contact("outbound", "response") | {"agent": value}),
            ("node.entered", 51, {"node": NODES[0]}),
            ("node.completed", 110, {"node": NODES[1], "agent": value}),
        ]
        for number, (kind, seconds, data) in enumerate(told[: self._random.randint(1, len(told))], 1):
            time_ = at + timedelta(seconds=seconds * self._random.uniform(0.8, 1.4))
            facts.append(
                {"system": SYSTEM, "case": value, "sequence": number, "type": kind, "time": time_.isoformat(), "data": data}
            )
        self._random.shuffle(facts)
        await self._client.ask(Request(value, "import", "intake", "/import", value, body={"facts": facts}))


def _holder_after(step: Step, done: Attempt, holder: str) -> str:
    """Return who has the work at the node after a step: who began it, or to whom the case was given since; then nobody."""
    if step.kind == "start" or (step.kind == "assign" and holder):
        return done.value
    return "" if step.kind == "complete" else holder


def _contact(direction: str, purpose: str) -> dict[str, Any]:
    return {"direction": direction, "channel": "phone", "purpose": purpose, "agent": VALUE}
