"""The tables of reckonings as the database has them, and the views of all that sla shows."""

from libs.events.store.tables import tables_of, views_of
from services.sla.reckonings.tables import SCHEMA, ReckonedRow, ReckoningRow
from services.sla.tables import TABLES

VAULT = tables_of(ReckoningRow, ReckonedRow)
"""They stand beside the log's own tables, which a replay does not touch."""

VIEWS = "\n".join((views_of("sla", TABLES.values()), views_of("sla", VAULT.values()).replace("{data}", SCHEMA)))
