"""The generated documents are those of the code beside them."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.docs import __main__ as docs
from deploy.docs import projections
from deploy.docs.cards import SERVICES, UnknownEvent, card, events_in
from deploy.docs.fields import type_words
from libs.events.catalogue import intake, routing
from libs.events.words.column import Column
from libs.events.words.event import TYPES
from libs.events.words.row import Table

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TABLES = {service: found for service in SERVICES if (found := projections.tables(service))}


@pytest.mark.parametrize("name", docs.documents())
def test_the_document_is_fresh(name):
    assert name not in docs.stale(), "run: python -m deploy.docs"


def test_writing_repairs_what_is_stale_and_nothing_else(tmp_path):
    assert docs.write(tmp_path) == list(docs.documents())
    (tmp_path / "docs/events.md").write_text("yesterday")
    assert docs.stale(tmp_path) == ["docs/events.md"]
    assert docs.write(tmp_path) == ["docs/events.md"]
    assert docs.write(tmp_path) == []


def test_the_command_runs_from_the_root():
    command = [sys.executable, "-m", "deploy.docs", "--check"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode == 0) == (docs.stale() == []), run.stderr


@pytest.mark.parametrize(
    ("why", "schema", "words"),
    [
        ("plain", {"type": "string"}, "text"),
        ("both limits", {"type": "string", "minLength": 1, "maxLength": 200}, "text (1 to 200)"),
        ("an upper limit", {"type": "string", "maxLength": 500}, "text (up to 500)"),
        ("a lower limit", {"type": "integer", "minimum": 0}, "whole number (0 or more)"),
        ("a closed list", {"type": "string", "pattern": "^(a|b)$"}, "text: a, b"),
        ("an instant", {"type": "string", "format": "date-time"}, "instant"),
        ("a list", {"type": "array", "items": {"type": "string"}}, "list of text"),
        ("a map", {"type": "object", "additionalProperties": {"type": "integer"}}, "map of text to whole number"),
        (
            "a map by date",
            {"type": "object", "propertyNames": {"format": "date"}, "additionalProperties": {"type": "integer"}},
            "map of date to whole number",
        ),
        ("an open map", {"type": "object", "additionalProperties": True}, "map of text to anything"),
        ("a choice", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, "whole number or nothing"),
        ("a shape", {"$ref": "#/$defs/Label"}, "[Label](#label)"),
    ],
)
def test_types_in_words(why, schema, words):
    assert type_words(schema) == words


@pytest.mark.parametrize(
    ("why", "text", "classes"),
    [
        ("by name", "case.registered, case.closed", [intake.CaseRegistered, routing.CaseClosed]),
        ("by class", "CaseClosed, CaseRegistered", [routing.CaseClosed, intake.CaseRegistered]),
        ("with the module that decides", "case.closed (domain/ending.py)", [routing.CaseClosed]),
        ("underscores", "case.exception_raised;\nimport.fact_recorded", [routing.ExceptionRaised, intake.FactRecorded]),
        ("nothing", "nothing; people and other systems come to it", []),
    ],
)  # fmt: skip
def test_a_cards_line_names_events(why, text, classes):
    assert [kind.cls for kind in events_in(text)] == classes


def test_a_card_may_hear_a_whole_topic():
    assert events_in("every event of topic cases") == [kind for kind in TYPES.values() if kind.topic == "cases"]


@pytest.mark.parametrize("text", ["case.exploded", "CaseExploded"])
def test_a_card_may_not_name_what_nobody_says(text):
    with pytest.raises(UnknownEvent, match=text):
        events_in(text)


def test_a_card_without_a_line_is_refused(tmp_path):
    (tmp_path / "services" / "sla").mkdir(parents=True)
    (tmp_path / "services" / "sla" / "__init__.py").write_text('"""sla.\n\nOwns: x\nSays: nothing\n"""')
    with pytest.raises(ValueError, match="hears, answers"):
        card("sla", tmp_path)
    assert card("intake", tmp_path) is None


@pytest.mark.parametrize("service", TABLES)
def test_every_table_and_column_says_what_it_means(service):
    silent = [table.name for table in TABLES[service].values() if not table.comment]
    silent += [column.name for table in TABLES[service].values() for column in table.columns if not column.comment]
    assert silent == []


@pytest.mark.parametrize("service", TABLES)
def test_names_carry_their_units(service):
    """Instants end in _at and know their zone; durations end in _us and are whole."""
    columns = [column for table in TABLES[service].values() for column in table.stored]
    wrong = [c.name for c in columns if c.name.endswith("_at") != (c.type == "timestamptz")]
    wrong += [c.name for c in columns if c.name.endswith("_us") and c.type != "bigint"]
    assert wrong == []


@pytest.mark.parametrize("service", TABLES)
def test_a_rollup_sums_whole_numbers_only(service):
    rollups = [table for table in TABLES[service].values() if table.additive]
    sums = [column for table in rollups for column in table.stored if not column.is_key]
    assert [column.name for column in sums if column.type not in ("bigint", "integer")] == []


def test_a_rollup_is_marked():
    table = Table("r", "Sums.", (Column("a|b", is_key=True, type="text", name="k"),), additive=True)
    lines = list(projections._table("sla", table))
    assert lines[1] == "**Rollup.** Sums.\n"
    assert lines[4] == "| `k` (key) | text | a\\|b |"
