"""docs/projections.md: every table an analyst or a service reads, made from the services' tables."""

import importlib
from collections.abc import Iterator
from importlib.util import find_spec

from deploy.docs.cards import ROOT, SERVICES
from libs.events.words.row import Table, Tables
from services.analytics.domain.figures import FIGURES
from services.analytics.domain.key_figures import KEY_FIGURES
from services.analytics.tables import GOING

HEAD = """\
# Projections

Made from the classes of rows in `services/*/tables` by `python -m deploy.docs`; edit these, not this page.

Every table is a function of the facts on the log: you can drop it and rebuild it at any time, and it comes out the same.
Read the views, `<service>.<table>`: their names stay, while the schemas of the tables are versioned and change.
Instants end in `_at` (UTC), durations in `_us` (whole microseconds). A column *(view)* is in
the view only, because it follows from the others or depends on the present. A *rollup* is the sum of its cases' contributions;
it equals a recount from the facts, exactly.

`analytics.data_as_of`, a view of one row and one column (timestamptz), says how old the data is: the views of analytics have
everything that stood on the log at that instant, except keys that are set aside. It is null while the instant is not known,
as at the first start. Later facts may be in the views in part, so compare complete periods only up to `data_as_of`.
"""


def document() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(line for service in SERVICES for line in _section(service)), *_measures(), *_deprecated()])


def _measures() -> Iterator[str]:
    yield "## What the figures mean\n"
    yield "`GET /measures` of analytics has the same words, also in Chinese. A key figure's number and name stand in brackets.\n"
    yield "`GET /figures/NAME` sums up each figure that has `by`, over days, weeks or months, by process, version, grade, class,"
    yield "team, agent and the dimension named there; `analytics.figures` has all of them by day.\n"
    yield "| figure | in | is | by | meaning |"
    yield "|---|---|---|---|---|"
    for one in FIGURES.values():
        divided = " / ".join(f"`{name}`" for name in (one.numerator, one.denominator) if name)
        told = f"figure = '{one.name}'" if one.count else one.where
        where = f" where `{told}`" if told else ""
        own = one.part if one.is_askable and one.part else ("day, …" if one.is_askable else "")
        number = f" ({one.kpi} {KEY_FIGURES[one.kpi].en})" if one.kpi else ""
        yield f"| `{one.name}` | `{one.view}` | {divided}{where} | {own} | {one.definition.en}{number} |"
    yield ""


def _deprecated() -> Iterator[str]:
    yield "## Removed with the next release\n"
    yield "| view | column or rule | read instead |"
    yield "|---|---|---|"
    for old in GOING:
        yield f"| `{old.view}` | `{old.column}` | `{old.read}` |"
    yield ""


def tables(service: str) -> Tables:
    """Return a service's tables."""
    for module in (f"services.{service}", f"services.{service}.tables"):
        if find_spec(module) is None:
            return {}
    found: Tables = importlib.import_module(f"services.{service}.tables").TABLES
    return found


def _section(service: str) -> Iterator[str]:
    if not (found := tables(service)):
        return
    yield f"## {service}\n"
    views = f"services/{service}/views.sql"
    if (ROOT / views).exists():
        yield f"Views over more than one table: [{views}](../{views}).\n"
    for table in found.values():
        yield from _table(service, table)


def _table(service: str, table: Table) -> Iterator[str]:
    yield f"### {service}.{table.name}\n"
    yield f"{'**Rollup.** ' if table.additive else ''}{table.comment}\n"
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for one in table.columns:
        mark = " (key)" if one.is_key else " (view)" if one.sql else ""
        yield f"| `{one.name}`{mark} | {one.type} | {_meaning(one.comment)} |"
    yield ""


def _meaning(comment: str) -> str:
    return comment.replace("|", "\\|").replace("\n", " ")
