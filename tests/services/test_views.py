"""What stands in other people's queries stays: the columns of the last release's views, with their types and in their order."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from libs.events.engine.service import Service
from libs.events.upkeep.bootstrap import bootstrap

BEFORE: dict[str, list[str]] = json.loads((Path(__file__).parent / "views.json").read_text("utf-8"))
"""View → its columns, as the last release had them. A release that takes one away has said so in the one before."""

COLUMNS = """
select c.relname as view, a.attname || ' ' || format_type(a.atttypid, a.atttypmod) as shown,
  coalesce(col_description(c.oid, a.attnum), '') as says, coalesce(obj_description(c.oid, 'pg_class'), '') as about
from pg_class c join pg_attribute a on attrelid = c.oid and attnum > 0
where relnamespace = $1::regnamespace and relkind = 'v' order by c.relname, a.attnum
"""


@pytest.mark.parametrize("name", ["intake", "routing", "sla", "survey", "analytics"])
async def test_old_columns_stay_in_front_and_all_say_what_they_are(name: str, database_url: str) -> None:
    service: Service = import_module(f"services.{name}.service").SERVICE
    await bootstrap(database_url, service)
    connection: Any = await asyncpg.connect(database_url)
    found = await connection.fetch(COLUMNS, name)
    await connection.close()
    before = {view: columns for view, columns in BEFORE.items() if view.startswith(f"{name}.")}
    assert before
    for view, columns in before.items():
        now = [row["shown"] for row in found if f"{name}.{row['view']}" == view]
        assert now[: len(columns)] == columns, view
    assert [row["shown"] for row in found if not row["says"] or not row["about"]] == []
