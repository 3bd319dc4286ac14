"""The backlog that four services find on the log after they were away: the events that intake has said meanwhile."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from benchmarks.desk import Filling, instance_of
from libs.events.catalogue.intake import CaseRegistered, ContactLogged
from libs.events.engine.runtime import send_rest
from libs.events.log.envelope import Fact, draft
from libs.events.log.opening import open_log
from libs.events.words.now import derived_id, real_now
from services.intake.service import SERVICE

FACTS_PER_CASE = 10
SAID_AT_ONCE = 2_000
AGO = timedelta(hours=2)


async def said(url: str, events: int) -> None:
    """Let intake say so many events, and its relay send them all."""
    facts = backlog(events // FACTS_PER_CASE, real_now() - AGO)
    log = open_log(url)
    await Filling(log).make_topics()
    await log.close()
    async with instance_of(SERVICE, url, url) as intake:
        while portion := list(islice(facts, SAID_AT_ONCE)):
            await intake.work.say(portion)
        await send_rest(intake)


def backlog(cases: int, since: datetime) -> Iterator[Fact]:
    """Yield cases that are answered in a minute and then talked about, all of it before anybody reads of it.

    Their `response` promises were kept long before the readers begin, and are long due when they do. An alarm that does not
    wait until the log is known calls them broken.
    """
    for n in range(cases):
        key, came = str(derived_id("backlog", n)), since + n * AGO / 2 / cases
        registered = CaseRegistered(
            channel="email", customer_ref=f"customer-{n % 5_000}", process_id="inbound-call", process_version=1,
            fields={"customer_name": "held by the vault", "problem_description": "it does not start when it is cold outside"},
        )  # fmt: skip
        answered = ContactLogged(direction="outbound", channel="email", purpose="response", agent=f"agent-{n % 60}")
        later = ContactLogged(direction="outbound", channel="email", purpose="progress", agent=f"agent-{n % 60}")
        for place, data in enumerate([registered, answered, *[later] * (FACTS_PER_CASE - 2)]):
            id = derived_id("backlog", n, place)
            yield draft(data, key, came + place * timedelta(minutes=1), id=id, sequence=place, actor="benchmark")
