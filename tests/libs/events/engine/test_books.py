"""Several books listen to one topic, each with subjects of its own; what many partitions feed is a function of a set."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

import asyncpg
import pytest

from libs.events.catalogue.intake import CaseCancelled
from libs.events.catalogue.routing import CaseAssigned
from libs.events.engine.book import Book
from libs.events.engine.deciding import Culprit
from libs.events.engine.known import Known
from libs.events.engine.service import Service
from libs.events.engine.work import Work
from libs.events.log.envelope import draft
from libs.events.store.port import Conflict
from libs.events.store.postgres import PostgresStore
from libs.events.store.tables import tables_of
from libs.events.testing.memory_transaction import MemoryTransaction
from libs.events.testing.tables import rows_of
from libs.events.testing.toy import CROWDS, TABLES, TOY, TOYS, VAULT, ChannelRow, ContactRow, CrowdRow, ToyRow
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.column import column, key
from libs.events.words.event import Topic
from libs.events.words.row import Part, Row, TableRow, Timer, columns
from tests.libs.events.kernel import ELSEWHERE, KEY, Kernel, at, contact, entered, registered
from tests.mutants import MUTANTS

CASES = [KEY, *ELSEWHERE]


@columns("teams")
class TeamRow(TableRow):
    """The cases of a team."""

    team: str = key("The team")
    cases: str = column("Its cases in the order in which it got them")


@dataclass(slots=True)
class Team:
    """A team's cases."""

    cases: list[str] = field(default_factory=list)


def given_to(team: Team, fact) -> Team:
    team.cases.append(fact.key)
    return team


def team_rows(key: str, team: Team) -> Iterable[Row]:
    yield TeamRow(team=key, cases=" ".join(team.cases)).row


TEAMS = Book(
    name="teams",
    topic=Topic.CASES,
    state=Team,
    initial=lambda key: Team(),
    evolve=given_to,
    keeps=frozenset({CaseAssigned}),
    key=lambda fact: fact.data.team,
    rows=team_rows,
)


def assigned(minute, key, team):
    return draft(CaseAssigned(team=team), key, at(minute))


@pytest.mark.parametrize("seed", range(5))
async def test_two_books_of_one_topic_hear_the_same_fact_each_for_its_own_subject(seed):
    service = replace(TOY, books=(*TOY.books, TEAMS), tables=tables_of(TeamRow, ToyRow, ContactRow, ChannelRow, CrowdRow))
    kernel = Kernel(service=service)
    one = await kernel.open()
    told = [assigned(minute, key, "a" if minute % 3 else "b") for minute, key in enumerate(CASES[:7])]
    for fact in Random(seed).sample(told, len(told)):
        await kernel.put(fact)
        if Random(seed + fact.time.minute).random() < 0.5:
            await one.read(wait=0)
    while await one.read(wait=0):
        pass
    teams = {team: cases.split() for (team,), (cases,) in kernel.rows("teams").items()}
    assert teams == {team: [fact.key for fact in told if fact.data.team == team] for team in ("a", "b")}
    assert kernel.rows("toys").keys() == {(key,) for key in CASES[:7]}
    assert kernel.rows("teams") == rows_of(service, told)["teams"]


async def test_what_is_said_of_somebody_else_reaches_him_in_the_same_transaction():
    """A contact with one case is passed on to the next one: a decision speaks of several subjects."""
    other = CASES[1]

    def pass_on(key, toy, known, until):
        told = [f"from-{KEY}" in toy.channels, key == KEY and len(toy.channels) > 1]
        return [] if told != [False, True] else [contact(9, f"from-{KEY}", other)]

    kernel = Kernel(service=replace(TOY, books=(replace(TOYS, settle=pass_on, reactions={}), CROWDS)))
    await kernel.open()
    work = Work(kernel.service, kernel.store, Known(), asyncio.Event())
    await work.say([registered(0), registered(0, other)])
    before = len(kernel.said())

    async def hear(unit):
        unit.say([contact(5, "web")])
        await unit.settle((Topic.CASES, KEY))

    await work.do([(Topic.CASES, KEY)], hear)
    assert [(fact.key, fact.data.channel) for fact in kernel.said()[before:]] == [(KEY, "web"), (other, f"from-{KEY}")]
    assert kernel.state(other).channels == ["phone", f"from-{KEY}"]
    assert kernel.rows("crowds")[f"from-{KEY}",] == (other,)


@pytest.mark.parametrize(
    ("why", "says_all", "until", "said"),
    [
        ("each thing that it says implies the next", False, None, ["echo-1", "echo-2", "echo-3"]),
        ("a book that says all at once is not asked again", True, None, ["echo-1"]),
        ("but when time has passed it is", True, at(9), ["echo-1", "echo-2", "echo-3"]),
    ],
)
async def test_a_book_is_asked_until_it_says_nothing_new(why, says_all, until, said):
    def echo(key, toy, known, until):
        heard = len(toy.channels)
        return [contact(heard, f"echo-{heard}")] if heard < 4 else []

    kernel = Kernel(service=replace(TOY, books=(replace(TOYS, settle=echo, says_all=says_all, reactions={}), CROWDS)))
    await kernel.say(registered(0))

    async def settle(unit):
        await unit.settle((Topic.CASES, KEY), until=until)

    await Work(kernel.service, kernel.store, Known(), asyncio.Event()).do([(Topic.CASES, KEY)], settle)
    assert [fact.data.channel for fact in kernel.said()[1:]] == said, why


@pytest.mark.parametrize("until", [None, at(9)])
async def test_a_book_at_once_goes_by_the_instant_of_the_transaction(until):
    asked = []
    books = (replace(TOYS, settle=lambda key, toy, known, until: asked.append(until) or [], at_once=True), CROWDS)
    kernel = Kernel(service=replace(TOY, books=books))
    kernel.clock.at = at(12)
    await kernel.say(registered(0))

    async def settle(unit):
        await unit.settle((Topic.CASES, KEY), until=until)

    await Work(kernel.service, kernel.store, Known(), asyncio.Event()).do([(Topic.CASES, KEY)], settle)
    assert asked == [at(12)]


async def test_who_settles_knows_all_that_was_just_said():
    known_of = []
    crowds = replace(CROWDS, settle=lambda key, crowd, known, until: known_of.append({*crowd.parts}) or [])
    kernel = Kernel(service=replace(TOY, books=(replace(TOYS, settle=None, reactions={}), crowds)))

    async def speak(unit):
        unit.say([contact(1, "web", KEY), contact(1, "web", CASES[1])])  # the second case is not loaded

    await Work(kernel.service, kernel.store, Known(), asyncio.Event()).do([(Topic.CASES, KEY)], speak)
    assert known_of == [{KEY, CASES[1]}]


async def test_what_was_just_said_and_is_implied_again_is_no_news():
    def insist(key, toy, known, until):
        return [contact(5, "web", CASES[1])]

    kernel = Kernel(service=replace(TOY, books=(replace(TOYS, settle=insist, reactions={}), CROWDS)))

    async def settle(unit):
        await unit.settle((Topic.CASES, KEY))

    await Work(kernel.service, kernel.store, Known(), asyncio.Event()).do([(Topic.CASES, KEY)], settle)
    assert len(kernel.said()) == 1


async def test_books_that_never_come_to_an_end_set_their_key_aside():
    def echo(key, toy, known, until):
        return [contact(len(toy.channels), f"echo-{len(toy.channels)}", CASES[1] if key == KEY else KEY)]

    kernel = Kernel(service=replace(TOY, books=(replace(TOYS, settle=echo, reactions={}), CROWDS)))
    await kernel.open()

    async def settle(unit):
        await unit.settle((Topic.CASES, KEY))

    with pytest.raises(Culprit, match="without end"):
        await Work(kernel.service, kernel.store, Known(), asyncio.Event()).do([(Topic.CASES, KEY)], settle)
    assert kernel.said() == []


def feeding(name, feeds):
    return replace(TOYS, name=name, feeds=feeds)


@pytest.mark.parametrize(
    ("why", "books", "says"),
    [
        ("two of one name", (TOYS, TOYS, CROWDS), "two books are called cases"),
        ("fed by two", (TOYS, feeding("twins", "crowds"), CROWDS), "two books feed crowds"),
        ("a hungry one that is not there", (TOYS,), "a book feeds crowds, which is not among"),
        ("it feeds itself", (feeding("a", "a"),), "a circle: a, a"),
        ("two feed each other", (feeding("a", "b"), feeding("b", "a")), "a circle: a, b, a"),
        ("and so do three", (feeding("c", "a"), TOYS, CROWDS, feeding("a", "b"), feeding("b", "c")), "a circle: c, a, b, c"),
    ],
)
def test_books_that_cannot_be_kept_are_refused_when_they_are_declared(why, books, says):
    with pytest.raises(ValueError, match=f"^intake: .*{says}"):
        Service(name="intake", books=books, tables=TABLES, version=1)


def test_a_book_may_be_fed_by_one_that_is_fed_itself():
    chain = (feeding("a", "b"), feeding("b", "c"), feeding("c", ""))
    assert Service(name="intake", books=chain, tables=TABLES, version=1).fed == {"b", "c"}


TOLD = [fact for key in CASES for fact in (registered(0, key, "web"), contact(5, "mail", key), contact(7, "web", key))]
"""Everybody moves from one crowd to another and back, wherever they live."""


async def crowded(work):
    """Say everything, case by case and all cases at once; after a conflict with a quicker one, try again."""

    async def say(key):
        for fact in (fact for fact in TOLD if fact.key == key):
            while True:
                try:
                    await work.say([fact])
                    break
                except Conflict:
                    await asyncio.sleep(0)

    await asyncio.gather(*map(say, CASES))


@pytest.fixture
def interleaved(monkeypatch):
    """Transactions in memory meet in the middle of each other's work, as on a real database."""
    reading = MemoryTransaction.states

    async def states(self, *arguments):
        await asyncio.sleep(0)
        return await reading(self, *arguments)

    monkeypatch.setattr(MemoryTransaction, "states", states)


async def in_memory():
    kernel = Kernel()
    await crowded(Work(TOY, kernel.store, Known(), asyncio.Event()))
    return {name: dict(kernel.rows(name)) for name in ("crowds", "toys")}


async def test_a_subject_of_many_partitions_is_what_the_set_of_facts_implies(interleaved):
    assert await in_memory() == {name: rows_of(TOY, TOLD)[name] for name in ("crowds", "toys")}


async def test_and_not_when_it_is_written_without_its_lock(monkeypatch):
    with MUTANTS["unlocked"]():
        reading = MemoryTransaction.states

        async def states(self, *arguments):
            found = await reading(self, *arguments)
            await asyncio.sleep(0)
            return found

        monkeypatch.setattr(MemoryTransaction, "states", states)
        assert (await in_memory())["crowds"] != rows_of(TOY, TOLD)["crowds"], "a mutant that nobody notices is none"


async def test_postgresql_lets_them_wait_for_each_other_and_nobody_has_to_try_again(database_url):
    version = await bootstrap(database_url, TOY)
    async with asyncpg.create_pool(database_url, min_size=8, max_size=8) as pool:
        store = PostgresStore(pool, "intake", TABLES, version, vault=VAULT)
        work = Work(TOY, store, Known(), asyncio.Event())
        await asyncio.gather(*(work.say([fact for fact in TOLD if fact.key == key]) for key in CASES))
        found = {row["channel"]: row["toys"] for row in await pool.fetch(f"select * from {store.data}.crowds")}
    assert found == {channel: toys for (channel,), (toys,) in rows_of(TOY, TOLD)["crowds"].items()}


HALF_A_DAY = 12 * 60
CLOSED = "counted "


@dataclass(slots=True)
class Window:
    """Everybody who was heard of on a day, and the word said at its close."""

    parts: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def on_this_day(key, toy):
    if toy.channels:
        yield Part("noon", len(toy.channels))


def closed(window, fact):
    window.said.append(fact.data.reason)
    return window


def close(key, window, known, until):
    if until is None or until <= at(HALF_A_DAY) or not window.parts:
        return []
    counted = f"{CLOSED}{sum(window.parts.values())}"
    if window.said and window.said[-1] == counted:
        return []
    return [draft(CaseCancelled(reason=counted), key, at(HALF_A_DAY), sequence=len(window.said))]


WINDOWS = Book(
    name="windows",
    topic=Topic.CASES,
    state=Window,
    initial=lambda key: Window(),
    evolve=closed,
    keeps=frozenset({CaseCancelled}),
    timers=lambda key, window: [Timer("noon", at(HALF_A_DAY))] if window.parts and not window.said else [],
    settle=close,
)


async def test_a_window_over_many_cases_closes_once_and_only_when_all_partitions_are_known():
    of_the_day = replace(TOYS, feeds="windows", parts=on_this_day, settle=None, timers=lambda key, toy: ())
    kernel = Kernel(service=replace(TOY, books=(of_the_day, WINDOWS)))
    one = await kernel.open()
    await kernel.say(*(registered(0, key) for key in CASES[:4]))

    def said():
        return [fact.data.reason for fact in kernel.said() if fact.key == "noon"]

    async def ticks(who):
        for _ in range(3):
            kernel.clock.advance(timedelta(seconds=2))
            await who.tick()
        return said()

    kernel.clock.at = at(HALF_A_DAY - 20)
    await kernel.put(entered(HALF_A_DAY - 30, "n1", CASES[3]))  # it makes a contact of its own, and nobody has read it
    kernel.clock.at = at(HALF_A_DAY + 5)
    assert await ticks(one) == [], "one partition is not known until noon"
    await one.read(wait=0)
    kernel.clock.advance(timedelta(minutes=1))
    assert await ticks(one) == [f"{CLOSED}5"]
    two = await kernel.successor()
    kernel.clock.advance(timedelta(hours=1))
    assert await ticks(two) == [f"{CLOSED}5"], "a successor closes nothing again"
