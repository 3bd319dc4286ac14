"""An open visit as its team sees it. A case shows it to what falls due of it, and that to the team."""

from datetime import datetime
from typing import NamedTuple

from libs.events.words.now import LAST


class TeamVisit(NamedTuple):
    """An open visit of a team: where it stands, and who has it since when; empty while it waits.

    `role` and `named` are what tells the role where the standard leaves it open: the role assigned, and outputs by name.
    With `owns`, who has it answers for the case, too. `handed_back` are those who had it and let it go.
    """

    case_id: str
    process_id: str
    process_version: int
    node: str
    number: int
    team: str
    agent: str
    since: datetime
    sequence: int
    entered_at: datetime
    role: str = ""
    named: tuple[tuple[str, str], ...] = ()
    owns: bool = False
    handed_back: tuple[str, ...] = ()
    due_at: datetime | None = None

    @property
    def urgency(self) -> tuple[datetime, datetime, str]:
        """What falls due first comes first, then what waits longest."""
        return self.due_at or LAST, self.entered_at, self.case_id
