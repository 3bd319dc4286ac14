"""Tables, and the views that people read, made from the classes of their rows."""

from collections.abc import Iterable, Iterator

from libs.events.words.column import Column
from libs.events.words.row import Index, Table, TableRow, Tables


def tables_of(*rows: type[TableRow]) -> Tables:
    """Return the tables of these rows by name."""
    return {row.__table__.name: row.__table__ for row in rows}


def table_in(schema: str, table: Table) -> str:
    """Return the statements that make a table in a schema, with its indexes; it says there what it is."""
    name = f'{schema}."{table.name}"'
    columns = [f'"{one.name}" {one.type}{"" if one.is_null else " not null"}' for one in table.stored]
    keys = ", ".join(f'"{one.name}"' for one in table.stored[: table.key_width])
    made = f"create table {name} (\n  {_lines([*columns, f'primary key ({keys})'])}\n);"
    return "\n".join([made, *(_index(name, one) for one in table.indexes), *_comments("table", name, table, table.stored)])


def views_of(service: str, tables: Iterable[Table]) -> str:
    """Return the statements that make a service's views over `{data}`, the schema of the tables' live version."""
    return "\n".join(f"{_view(service, table)}\n{comments_of(service, table)}" for table in tables)


def comments_of(service: str, table: Table) -> str:
    """Return the statements by which a view and its columns say what they are."""
    return "\n".join(_comments("view", f'{service}."{table.name}"', table, table.columns))


def _index(table: str, one: Index) -> str:
    using, where = one.using and f" using {one.using}", one.where and f" where {one.where}"
    return f"create index {one.name} on {table}{using} ({', '.join(one.on)}){where};"


def _view(service: str, table: Table) -> str:
    columns = _lines(f'{_shown(one)} as "{one.name}"' for one in table.columns)
    made = f'create or replace view {service}."{table.name}" as select\n  {columns}\nfrom {{data}}."{table.name}"'
    return f"{made}{_some(table)};"


def _lines(parts: Iterable[str]) -> str:
    return ",\n  ".join(parts)


def _comments(kind: str, name: str, table: Table, columns: Iterable[Column]) -> Iterator[str]:
    yield f"comment on {kind} {name} is {_quoted(table.comment)};"
    for one in columns:
        yield f'comment on column {name}."{one.name}" is {_quoted(one.comment)};'


def _shown(one: Column) -> str:
    return one.sql or f'"{one.name}"'


def _some(table: Table) -> str:
    """Leave out sums of nothing: a row of a rollup stays when what it counted was taken back."""
    if not table.additive:
        return ""
    sums = [f'"{one.name}"' for one in table.stored if not one.is_key]
    return f"\nwhere ({', '.join(sums)}) <> ({', '.join('0' for _ in sums)})"


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
