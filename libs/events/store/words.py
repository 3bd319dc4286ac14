"""What people wrote freely, in the vault of a service that takes such words (libs/events/words/free.py)."""

from libs.events.store.asked import Database


async def words_of(db: Database, service: str, case_id: str) -> dict[str, str]:
    """Return what was written about a case, by reference."""
    rows = await db.fetch(f"select reference, words from {service}_core.words where case_id = $1 order by reference", case_id)
    return {row["reference"]: row["words"] for row in rows}


async def forget_words(db: Database, service: str, case_id: str) -> int:
    """Forget what was written about a case, and return how many texts that were."""
    done = await db.execute(f"delete from {service}_core.words where case_id = $1", case_id)
    return int(done.rsplit(" ", 1)[-1])
