"""How many facts a second the `eventsourcing` library projects: its ProjectionRunner, its PostgreSQL view, psycopg.

Rows and tracking are written in one transaction for each event, as its documentation shows. The rows are ours, made
simpler: a case, its parts, and the sums of the day they count for.
"""

import json
import os
import sys
import time
from typing import Any
from urllib.parse import urlsplit

from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing_case import Case, Desk
from psycopg.sql import SQL

TABLES = (
    "create table if not exists cases (case_id text primary key, process_id text, channel text, customer_ref text, "
    "category text, grade text, team text, agent text, waiting_on text, received_at timestamptz, resolved_at timestamptz, "
    "closed_at timestamptz, contacts int not null default 0)",
    "create table if not exists parts (case_id text, kind text, name text, began_at timestamptz, until_at timestamptz, "
    "status text, primary key (case_id, kind, name))",
    "create table if not exists sums (day date, name text, n bigint not null, primary key (day, name))",
)

_PART = (
    "insert into parts values (%(case)s, '{kind}', {name}, %(at)s::timestamptz, null, '{status}') "
    "on conflict (case_id, kind, name) do update set until_at = %(at)s::timestamptz, status = excluded.status"
)
_SUM = (
    "insert into sums values ((%(at)s::timestamptz at time zone 'UTC')::date, '{name}', 1) "
    "on conflict (day, name) do update set n = sums.n + 1"
)


def _set(columns: str) -> str:
    return f"update cases set {columns} where case_id = %(case)s"


def _part(kind: str, name: str, status: str) -> str:
    return _PART.format(kind=kind, name=name, status=status)


def _sum(name: str) -> str:
    return _SUM.format(name=name)


STATEMENTS: dict[str, tuple[str, ...]] = {
    "case.registered": (
        "insert into cases (case_id, process_id, channel, customer_ref, received_at) "
        "values (%(case)s, %(process_id)s, %(channel)s, %(customer_ref)s, %(at)s)",
        _sum("registered"),
    ),
    "case.classified": (_set("category = %(category)s"),),
    "case.graded": (_set("grade = %(grade)s"),),
    "case.assigned": (_set("team = %(team)s, agent = %(agent)s"), _part("team", "%(team)s", "open"), _sum("assigned")),
    "node.entered": (_part("node", "%(node)s", "entered"),),
    "node.started": (_part("node", "%(node)s", "started"),),
    "node.completed": (_part("node", "%(node)s", "completed"), _sum("nodes")),
    "clock.started": (_part("clock", "%(clock)s", "running"),),
    "clock.paused": (_part("clock", "%(clock)s", "paused"),),
    "clock.resumed": (_part("clock", "%(clock)s", "running"),),
    "clock.met": (_part("clock", "%(clock)s", "met"), _sum("met")),
    "contact.logged": (_set("contacts = contacts + 1"), _part("contact", "%(at)s::text", "done"), _sum("contacts")),
    "case.exception_raised": (_set("waiting_on = %(code)s"),),
    "case.exception_cleared": (_set("waiting_on = null"),),
    "case.resolved": (_set("resolved_at = %(at)s"), _sum("resolved")),
    "case.closed": (_set("closed_at = %(at)s"), _sum("closed")),
    "survey.sent": (_part("survey", "%(survey_id)s", "sent"),),
    "survey.answered": (_part("survey", "%(survey_id)s", "answered"), _sum("answers")),
}


class CaseRows(PostgresTrackingRecorder):
    """The materialised view."""

    def __init__(self, datastore: Any, **options: Any) -> None:
        super().__init__(datastore, **options)
        self.sql_create_statements.extend(map(SQL, TABLES))

    def tell(self, said: Case.Event, tracking: Tracking) -> None:
        """Write the fact's rows and the position in one transaction."""
        words = {**said.data, "case": str(said.originator_id), "at": said.at}
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            for statement in STATEMENTS[said.what]:
                cursor.execute(statement, words, prepare=True)


class Rows(Projection[CaseRows]):
    """The projection."""

    name = "rows"
    topics = ()

    @singledispatchmethod
    def process_event(self, domain_event: DomainEventProtocol, tracking: Tracking) -> None:
        """Skip the events that change no row."""

    @process_event.register
    def said(self, domain_event: Case.Said, tracking: Tracking) -> None:
        self.view.tell(domain_event, tracking)


def main(url: str, cases: dict[str, list[Any]]) -> float:
    """Save the cases, then project all of them; the second half is measured."""
    os.environ |= _environment(url)
    desk, taken = Desk(), []
    for case_id, facts in cases.items():
        desk.take(case_id, facts)
        taken.append(desk.recorder.max_notification_id())
    desk.close()
    half = len(taken) // 2
    with ProjectionRunner(application_class=Desk, projection_class=Rows, view_class=CaseRows) as runner:
        runner.wait(taken[half - 1], timeout=300)
        begun = time.perf_counter()
        runner.wait(taken[-1], timeout=300)
        return sum(map(len, list(cases.values())[half:])) / (time.perf_counter() - begun)


def _environment(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parts.hostname or "",
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": parts.password or "",
    }


if __name__ == "__main__":
    print(json.dumps(main(**json.load(sys.stdin))))
