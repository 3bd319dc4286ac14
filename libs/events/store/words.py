"""The vault's table of what people wrote freely, the same in every service that takes such words."""

from sqlalchemy import Column, MetaData, Table, Text

from libs.events.store.asked import Database
from libs.events.words.free import TABLE


def words_table(vault: MetaData) -> Table:
    """Return the table of words by the reference that events carry."""
    return Table(
        TABLE,
        vault,
        Column("case_id", Text, primary_key=True, comment="The case."),
        Column("reference", Text, primary_key=True, comment="What stands in the event instead of the words."),
        Column("words", Text, nullable=False, comment="What somebody wrote."),
        comment="Free words that came with steps of a case; personal data. Erasing a person deletes rows here.",
    )


async def words_of(db: Database, service: str, case_id: str) -> dict[str, str]:
    """Return what was written about a case, by reference."""
    rows = await db.fetch(f"select reference, words from {service}_core.words where case_id = $1 order by reference", case_id)
    return {row["reference"]: row["words"] for row in rows}


async def forget_words(db: Database, service: str, case_id: str) -> int:
    """Forget what was written about a case, and return how many texts that were."""
    done = await db.execute(f"delete from {service}_core.words where case_id = $1", case_id)
    return int(done.rsplit(" ", 1)[-1])
