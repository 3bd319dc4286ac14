"""The smallest service that uses everything the kernel has: own and heard facts, a rollup, a vault, a timer and reactions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged
from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.routing import CaseAssigned, NodeEntered
from libs.events.engine.book import Book
from libs.events.engine.known import Known
from libs.events.engine.service import Service
from libs.events.log.envelope import Fact, draft
from libs.events.store.tables import tables_of
from libs.events.words.column import big, column, key
from libs.events.words.event import Topic
from libs.events.words.now import derived_id
from libs.events.words.row import Part, Row, TableRow, Timer, columns

PATIENCE = timedelta(days=1)
POISON = "poison"
"""A node of this name cannot be handled; one named like a process must be on the shelf first."""


@columns("toys")
class ToyRow(TableRow):
    """A toy."""

    case_id: str = key("The case")
    channels: str = column("Its channels")
    nodes: str = column("Its nodes")
    last_at: datetime | None = column("When somebody was heard of last")


@columns("contacts")
class ContactRow(TableRow):
    """The last channel."""

    case_id: str = key("The case")
    channel: str = key("The channel")
    place: int = big("How many came before, and itself")


@columns("channels", additive=True)
class ChannelRow(TableRow):
    """Cases by their last channel."""

    channel: str = key("The channel")
    cases: int = big("How many")
    contacts: int = big("How many contacts they had")


@columns("crowds")
class CrowdRow(TableRow):
    """The toys of a channel."""

    channel: str = key("The channel")
    toys: str = column("Their cases")


@columns("notes")
class NoteRow(TableRow):
    """A note about a case."""

    case_id: str = key("The case")
    note: str = column("What was written")


TABLES, VAULT = tables_of(ToyRow, ContactRow, ChannelRow, CrowdRow), tables_of(NoteRow)


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
    yield ToyRow(case_id=key, channels=" ".join(toy.channels), nodes=" ".join(toy.nodes), last_at=toy.last_at).row
    if toy.channels:
        last = toy.channels[-1]
        yield ContactRow(case_id=key, channel=last, place=len(toy.channels)).row
        yield ChannelRow(channel=last, cases=1, contacts=len(toy.channels)).row


def timers(key: str, toy: Toy) -> Iterable[Timer]:
    """Wait for the next word."""
    if toy.last_at is not None and toy.channels and not toy.cancelled:
        yield Timer("silence", toy.last_at + PATIENCE)


def settle(key: str, toy: Toy, known: Known, until: datetime | None) -> list[Fact]:
    """Cancel a case of which nobody has said a word for a day."""
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
    """The cases whose last word came by one channel, from any partition."""

    parts: dict[str, datetime] = field(default_factory=dict)


def joined(key: str, toy: Toy) -> Iterable[Part]:
    """Show the channel of the last word when that was."""
    if toy.channels and toy.last_at is not None:
        yield Part(toy.channels[-1], toy.last_at)


def crowd_rows(key: str, crowd: Crowd) -> Iterable[Row]:
    """Show everybody in the order of their last words."""
    if crowd.parts:
        toys = " ".join(sorted(crowd.parts, key=lambda one: (crowd.parts[one], one)))
        yield CrowdRow(channel=key, toys=toys).row


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
"""It has intake's name, because only intake may say its events."""
