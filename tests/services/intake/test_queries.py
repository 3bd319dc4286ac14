"""intake's questions, put to a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import asyncpg
import httpx
import pytest

from libs.events.catalogue.intake import CaseRegistered, ContactLogged
from libs.events.engine.service import Service
from libs.events.log.port import Partition, Record
from libs.events.store.asked import words_of
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import given, happened
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.free import Spoken
from libs.events.words.now import derived_id
from libs.events.words.row import Row
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.intake import queries
from services.intake.api import routes
from services.intake.books import CASES
from services.intake.domain.customer import Customer
from services.intake.domain.link import Links
from services.intake.domain.need import Need
from services.intake.domain.vault import note_row, vault_row
from services.intake.storage import Files
from services.intake.tables import TABLES, VAULT

AT = datetime(2025, 7, 15, tzinfo=UTC)
SERVICE = Service(name="intake", books=(CASES,), tables=TABLES, version=1, vault=VAULT)
CONTACT_ID = derived_id("contact", "1")
NEED = Need(
    channel="web",
    process_id="p",
    subject="it smokes",
    description="since Tuesday",
    fields={"serial": "SN-1"},
    customer=Customer(name="李娜"),
)


def rows_of_case(key, ref, at):
    registered = CaseRegistered(channel="web", customer_ref=ref, process_id="p", process_version=1, missing=("x",))
    contact = ContactLogged(direction="inbound", channel="web", purpose="info")
    return list(CASES.rows(key, given(CASES, *happened(key, at, registered, contact)).state))


@pytest.fixture
async def pool(database_url):
    version = await bootstrap(database_url, SERVICE)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        changes = Changes()
        for n in range(5):
            # Two of the five came in at the same instant, so the id must break the tie.
            changes.upserts += rows_of_case(f"c{n}", "li" if n < 2 else "anonymous", AT + timedelta(hours=n // 2))
        changes.private += [vault_row(f"c{n}", NEED, STANDARD) for n in (0, 4)]
        changes.private.append(note_row("c0", CONTACT_ID, "called"))
        for key in ("c0", "c4"):
            spoken = Spoken(key)
            spoken.text("the neighbour's parrot")
            changes.private += spoken.rows()
        async with PostgresStore(pool, "intake", TABLES, version, vault=VAULT).transaction() as transaction:
            await transaction.change(changes)
        yield pool


async def test_one_case_with_its_vault(pool):
    case, kept = await queries.case(pool, "c0")
    assert (case.case_id, case.customer_ref, case.missing, case.contacts, case.received_at) == ("c0", "li", ["x"], 1, AT)
    assert (kept.subject, kept.fields, kept.customer) == ("it smokes", {"serial": "SN-1"}, {"name": "李娜"})
    assert kept.notes == {CONTACT_ID: "called"} and list(kept.words.values()) == ["the neighbour's parrot"]


async def test_a_case_without_a_vault_and_no_case(pool):
    assert (await queries.case(pool, "c2"))[1].subject == ""
    assert await queries.case(pool, "nobody") is None


async def test_pages_meet_without_gap_or_repetition(pool):
    first = await queries.cases(pool, fetch=3)
    rest = await queries.cases(pool, after=(first[-1].received_at, first[-1].case_id), fetch=10)
    assert [case.case_id for case in first + rest] == ["c0", "c1", "c2", "c3", "c4"]


async def test_a_customers_cases(pool):
    assert [case.case_id for case in await queries.cases(pool, chosen=queries.Filter(customer_ref="li"))] == ["c0", "c1"]


async def test_erasing_a_person_leaves_their_figures(pool):
    before = await queries.cases(pool)
    erased = [await queries.erase(pool, "li") for _ in range(2)]
    assert erased == [["c0", "c1"]] * 2
    _, kept = await queries.case(pool, "c0")
    assert (kept.subject, kept.customer, kept.notes, kept.words) == ("", {}, {}, {})
    assert (await queries.case(pool, "c4"))[1].subject == "it smokes"
    assert await queries.cases(pool) == before


async def test_a_person_who_gave_only_a_name_is_forgotten_case_by_case(pool):
    before = await queries.cases(pool)
    assert [await queries.erase_case(pool, "c4") for _ in range(2)] == [["c4"]] * 2
    _, kept = await queries.case(pool, "c4")
    assert (kept.subject, kept.customer, kept.words) == ("", {}, {})
    assert (await queries.case(pool, "c0"))[1].subject == "it smokes"
    assert await queries.cases(pool) == before


async def test_a_case_without_a_registration_is_forgotten_too(pool):
    """Another system may have told us of the work, and never how the case came in."""
    store = PostgresStore(pool, "intake", TABLES, 1, vault=VAULT)
    async with store.transaction() as transaction:
        await transaction.append([(Partition("cases", 0), Record(CONTACT_ID, "c9", "import.fact_recorded.v1", b""))])
        await transaction.change(Changes(private=[Row("words", ("c9", "words:1"), ("her name",))]))
    running = RunningService(SERVICE, StoreSettings())
    running._opened = SimpleNamespace(pool=pool, instance=SimpleNamespace(store=store, watermark=lambda: None))
    app = app_of(running, "intake", [routes(running, "pepper", Links("a secret"), Files())], WebSettings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as http:
        answers = [await http.delete(f"/cases/{case_id}/personal") for case_id in ("c9", "c9", "nobody")]
    assert [(one.status_code, one.json().get("case_ids")) for one in answers] == [(200, ["c9"]), (200, ["c9"]), (404, None)]
    assert await words_of(pool, "intake", "c9") == {}


@pytest.mark.parametrize("nobody", ["anonymous", ""])
async def test_nobody_cannot_be_erased(pool, nobody):
    assert await queries.erase(pool, nobody) == []
    assert (await queries.case(pool, "c4"))[1].subject == "it smokes"
