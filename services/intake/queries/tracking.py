"""What a customer may see of her case, by its key alone."""

from libs.events.store.asked import Database, names_of, read
from services.intake.tables import CaseRow, ProgressRow

_BESIDE = ", ".join(f"p.{one.name}" for one in ProgressRow.__table__.stored if not one.is_key)
_SQL = f"select {names_of(CaseRow)}, {_BESIDE} from intake.cases left join intake.progress p using (case_id) where case_id = $1"


async def tracked(db: Database, case_id: str) -> tuple[CaseRow, ProgressRow | None] | None:
    """Return a case, and how it stands as far as anything is known beyond its registration; or nothing."""
    row = await db.fetchrow(_SQL, case_id)
    if row is None:
        return None
    return read(CaseRow, row), None if row["phase"] is None else read(ProgressRow, row)
