"""The smallest service that uses everything the kernel has: own and heard facts, a rollup, a vault, a timer and reactions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, DateTime, MetaData, Table, Text

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged
from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.routing import CaseAssigned, NodeEntered
from libs.events.engine.book import Book
from libs.events.engine.known import Known
from libs.events.engine.service import Service
from libs.events.log.envelope import Fact, draft
from libs.events.store.values import Part
from libs.events.words.event import Topic
from libs.events.words.now import derived_id
from libs.events.words.row import Row, Timer

PATIENCE = timedelta(days=1)
POISON = "poison"
"""A node of this name cannot be handled; one named like a process must be on the shelf first."""

TABLES, VAULT = MetaData(), MetaData()
Table(
    "toys",
    TABLES,
    Column("case_id", Text, primary_key=True),
    Column("channels", Text, nullable=False),
    Column("nodes", Text, nullable=False),
    Column("last_at", DateTime(timezone=True)),
)
Table(
    "contacts",
    TABLES,
    Column("case_id", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("place", BigInteger, nullable=False),
)
Table(
    "channels",
    TABLES,
    Column("channel", Text, primary_key=True),
    Column("cases", BigInteger, nullable=False),
    Column("contacts", BigInteger, nullable=False),
    info={"additive": True},
)
Table(
    "crowds",
    TABLES,
    Column("channel", Text, primary_key=True),
    Column("toys", Text, nullable=False),
)
Table("notes", VAULT, Column("case_id", Text, primary_key=True), Column("note", Text, nullable=False))


@dataclass(slots=True)
class Toy:
    """A case's channels in order, the nodes it came to, and since when nobody has been heard of."""

    case_id: str
    channels: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    last_at: datetime | None = None
    cancelled: bool = False


def evolve(toy: Toy, fact: Fact) -> Toy:
    """Take a fact in."""
    match fact.data:
        case CaseRegistered(channel=channel) | ContactLogged(channel=channel):
            toy.channels.append(channel)
        case NodeEntered(node=node):
            toy.nodes.append(node)
        case CaseCancelled():
            toy.cancelled = True
    toy.last_at = fact.time
    return toy


def rows(key: str, toy: Toy) -> Iterable[Row]:
    """Show the last channel's place only: a late fact moves it, and a row must go."""
    yield Row("toys", (key,), (" ".join(toy.channels), " ".join(toy.nodes), toy.last_at))
    if toy.channels:
        yield Row("contacts", (key, toy.channels[-1]), (len(toy.channels),))
        yield Row("channels", (toy.channels[-1],), (1, len(toy.channels)))


def timers(key: str, toy: Toy) -> Iterable[Timer]:
    """Wait for the next word."""
    if toy.last_at is not None and toy.channels and not toy.cancelled:
        yield Timer("silence", toy.last_at + PATIENCE)


def settle(key: str, toy: Toy, known: Known, until: datetime | None) -> list[Fact]:
    """Cancel what nobody has said a word about for a day."""
    if until is None or toy.last_at is None or toy.cancelled or until <= toy.last_at + PATIENCE:
        return []
    at = toy.last_at + PATIENCE
    return [draft(CaseCancelled(reason="silence"), key, at, id=derived_id("silence", key))]


def arrived(toy: Toy, heard: Fact, known: Known) -> list[Fact]:
    """Tell the customer where the case is."""
    node: str = heard.data.node
    if node == POISON:
        raise ValueError("this node cannot be handled")
    if node.startswith("process-"):
        known.version(PROCESS, node, 1)
    contact = ContactLogged(direction="outbound", channel=f"told-{node}", purpose="progress", automated=True)
    return [draft(contact, heard.key, heard.time, because=heard)]


@dataclass(slots=True)
class Crowd:
    """Everybody whose last word came by one channel, from whatever partition."""

    parts: dict[str, datetime] = field(default_factory=dict)


def joined(key: str, toy: Toy) -> Iterable[Part]:
    """Show the channel of the last word when that was."""
    if toy.channels and toy.last_at is not None:
        yield Part(toy.channels[-1], toy.last_at)


def crowd_rows(key: str, crowd: Crowd) -> Iterable[Row]:
    """Show everybody in the order of their last words."""
    if crowd.parts:
        yield Row("crowds", (key,), (" ".join(sorted(crowd.parts, key=lambda one: (crowd.parts[one], one))),))


TOYS = Book(
    name="cases",
    topic=Topic.CASES,
    state=Toy,
    initial=Toy,
    evolve=evolve,
    keeps=frozenset({CaseRegistered, ContactLogged, CaseCancelled, NodeEntered, CaseAssigned}),
    feeds="crowds",
    parts=joined,
    rows=rows,
    timers=timers,
    reactions={NodeEntered: arrived},
    settle=settle,
)

CROWDS = Book(name="crowds", topic=Topic.CASES, state=Crowd, initial=lambda key: Crowd(), rows=crowd_rows)

TOY = Service(
    name="intake",
    books=(TOYS, CROWDS),
    tables=TABLES,
    vault=VAULT,
    version=1,
)
"""It bears intake's name, because only intake may say what it says."""
