"""The facts of a case, a process, a team → their rows."""

from collections.abc import Iterable

from libs.events.words.row import Row
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.dues import Dues
from services.routing.domain.people.roster import Team
from services.routing.domain.standards.process import Process
from services.routing.tables import DueRow, ProcessRow, RosterRow, case_row


def case_rows(key: str, state: RoutingCase) -> Iterable[Row]:
    """Return the case's one row."""
    return (case_row(state).row,)


def due_rows(key: str, state: Dues) -> Iterable[Row]:
    """Yield what falls due first, and whether the customer is to be reminded."""
    first, reminders = state.first, state.reminders
    if first is not None or reminders:
        due_at, kind = first or (None, "")
        yield DueRow(case_id=key, due_at=due_at, due_kind=kind, warns=state.warned, reminders=reminders).row


def process_rows(key: str, state: Process) -> Iterable[Row]:
    """Yield a row for every version."""
    for number, version in state.versions.items():
        if (standard := version.content) is not None:
            yield ProcessRow(
                process_id=key,
                version=number,
                state=version.state,
                name_en=standard.name.en,
                name_zh=standard.name.zh,
                nodes=len(standard.nodes),
                change=standard.change,
                reviewer=standard.reviewer,
                warnings=list(version.warnings),
                drafted_at=version.drafted_at,
                published_at=version.published_at,
                effective_at=standard.effective_from,
                retired_at=version.retired_at,
                retired_because=version.retired_because,
            ).row


def roster_rows(key: str, state: Team) -> Iterable[Row]:
    """Yield a row for every version."""
    for number, version in state.versions.items():
        yield RosterRow(
            team=key,
            version=number,
            name_en=version.roster.name.en,
            name_zh=version.roster.name.zh,
            people=len(version.roster.people),
            capacity=sum(one.capacity for one in version.roster.people),
            published_at=version.published_at,
        ).row
