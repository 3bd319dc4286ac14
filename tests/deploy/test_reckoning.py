"""`loopdesk reckon` sends a file to sla, shows how far it is, and ends with the sums; a refusal says what to do."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from typer.testing import CliRunner

from deploy import cli
from deploy.commands import reckon
from deploy.home import SHIPPED
from deploy.reckoning import NotReckoned, Sla, asked_in
from libs.events.testing.spec import knowing
from libs.events.words.now import real_now
from libs.web.written import read_yaml
from services.routing.domain.standards.standard import sound
from services.sla.reckonings.requests import ReckoningBody
from services.sla.reckonings.sums import Part, Sums

STANDARD = SHIPPED / "standards" / "inbound-call.yaml"
WRITTEN = """
name: what if
scope: {process: inbound-call, registered_since: 2026-01-01T00:00:00Z}
as_of: 2026-05-01T00:00:00Z
calendars: [{id: office, version: 1, added: [2026-12-24]}]
limits: {response: 30m}
"""
SUMS = {name: 1_000 + n for n, name in enumerate(Sums.__dataclass_fields__)}


class Service:
    """An sla that is done after so many looks, or refuses all; it notes what it was asked."""

    def __init__(self, looks=2, state="done", refuses=None):
        self.looks, self.state, self.refuses, self.posted, self.keys = looks, state, refuses, [], []

    def __call__(self, request):
        if self.refuses:
            return httpx.Response(self.refuses, json={"detail": "The clock x is not known."})
        if request.method == "POST":
            self.posted.append(json.loads(request.content))
            self.keys.append(request.headers["Idempotency-Key"])
            if self.posted[-1].get("dry"):
                return httpx.Response(200, json={"cases": 1234, "promises": 5678})
            return httpx.Response(202, json={"reckoning_id": "id-1"})
        if request.url.path.endswith("/summary"):
            return httpx.Response(200, json={"items": [{"part": request.url.params["by"]} | SUMS]})
        self.looks -= 1
        shown = {"state": self.state if self.looks < 0 else "running", "cases_done": 7, "cases": 9, "why": "case c7: odd"}
        return httpx.Response(200, json=shown | {"cases_per_second": 3.5, "remaining_seconds": 2.0, "summary": SUMS})


@pytest.fixture
def service(monkeypatch):
    made = Service()

    def client(**options):
        return KEPT(transport=httpx.MockTransport(made), **options)

    monkeypatch.setattr(reckon.httpx, "Client", client)
    monkeypatch.setattr("deploy.reckoning.LOOK_SECONDS", 0.0)
    return made


KEPT = httpx.Client


def run(tmp_path, *options, written=WRITTEN):
    file = tmp_path / "asked.yaml"
    file.write_text(written)
    return CliRunner().invoke(cli.app, ["reckon", str(file), *options], env={"LOOPDESK_SLA_URL": None, "LOOPDESK_API_KEY": None})


def test_it_counts_asks_follows_and_sums(service, tmp_path):
    done = run(tmp_path, "--by", "team")
    assert done.exit_code == 0, done.output
    dry, asked = service.posted
    assert dry == asked | {"dry": True} and len(set(service.keys)) == 2
    assert "1,234 cases, 5,678 promises" in done.output and "id-1" in done.output
    assert "team" in done.output and f"{SUMS['kept_before']:,}" in done.output and f"{SUMS['cases_that_flip']:,}" in done.output


def test_what_it_sends_is_what_sla_takes(service, tmp_path):
    run(tmp_path)
    body = ReckoningBody.model_validate(service.posted[1])
    assert body.as_of == datetime(2026, 5, 1, tzinfo=UTC) == body.scope.registered_since.replace(month=5)
    assert body.calendars[0]["added"] == ["2026-12-24"] and body.limits == {"response": "30m"}


def test_the_columns_are_those_that_sla_counts():
    assert set(reckon.COLUMNS) < set(Sums.__dataclass_fields__) and {one.value for one in reckon.By} and Part(part="x")


def test_a_dry_run_only_counts(service, tmp_path):
    done = run(tmp_path, "--dry-run")
    assert done.exit_code == 0 and "1,234 cases" in done.output and [one["dry"] for one in service.posted] == [True]


@pytest.mark.parametrize(("state", "says"), [("failed", "case c7: odd"), ("cancelled", "case c7: odd")])
def test_one_that_is_not_done_says_so_and_ends_with_1(service, tmp_path, state, says):
    service.state = state
    done = run(tmp_path)
    assert done.exit_code == 1 and state in done.output and says in done.output


@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "LOOPDESK_API_KEY"), (403, "reckonings:write"), (404, "--url"), (422, "in the file"), (500, "output")],
)
def test_a_refusal_is_quoted_with_what_to_do(service, tmp_path, status, says):
    service.refuses = status
    done = run(tmp_path)
    assert done.exit_code == 1 and "The clock x is not known." in done.stderr and says in done.stderr


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("- a", "asks for nothing"),
        ("name: a\nname: b", "written twice"),
        ("standards: [{schema: process-standard/1, id: odd}]", "the standard odd is not sound"),
    ],
)
def test_a_file_that_asks_for_nothing_is_told(service, tmp_path, written, says):
    done = run(tmp_path, written=written)
    assert done.exit_code == 1 and says in done.stderr and service.posted == []


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(NotReckoned, match="cannot be read"):
        asked_in(tmp_path / "none.yaml")


def test_a_standard_as_its_author_writes_it_becomes_what_sla_takes(tmp_path):
    file = tmp_path / "asked.yaml"
    file.write_text("standards:\n" + "".join(f"  {'- ' if n == 0 else '  '}{line}\n" for n, line in enumerate(lines())))
    [shown] = asked_in(file)["standards"]
    body = ReckoningBody.model_validate({"standards": [shown]})
    standard = sound(read_yaml(STANDARD.read_text())).standard
    known = knowing(standard)
    assert body.asked(known, real_now()).standards == (standard,)


def lines():
    """Return the shipped standard's lines, without those before its first entry."""
    return [line for line in STANDARD.read_text().splitlines() if line.strip() and not line.startswith(("#", "---"))]


def test_it_looks_until_it_is_over():
    seen, pauses = [], []
    with httpx.Client(transport=httpx.MockTransport(Service(looks=3))) as http:
        assert Sla("http://sla", http).followed("id-1", seen.append, pauses.append)["state"] == "done"
    assert len(seen) == len(pauses) == 3
