"""What may be asked for. A word that stands for nothing here is refused: a figure of zero would hide a slip of the pen."""

from collections.abc import Iterable

from libs.events.catalogue.references import PROCESS
from libs.events.engine.known import Known
from libs.events.store.asked import Database
from libs.events.words.refusal import LISTED_MAX, Refused, suggestion
from services.analytics.domain.figure import Figure
from services.analytics.domain.first_contact import NAMED
from services.analytics.queries.filters import Filter, named

RULES = tuple(rule.name for rule in NAMED)

NEAR_MAX = 1000
"""The most known words among which the nearest is looked for."""

# A team or agent that any figure counts is in one of these views; the processes are in all of them.
_COUNTED = " union ".join(
    f"select {{column}} as word from analytics.{view}"
    for view in ("workload", "timeliness", "node_durations", "satisfaction", "outcomes")
)


async def refuse_unknown(db: Database, chosen: Filter, known: Known) -> None:
    """Refuse a word that no case has and no published standard either. An answer with rows proves that all are known."""
    if chosen.process is not None:
        await _among(db, "process", "process_id", chosen.process, known.ids(PROCESS))
    if chosen.version is not None:
        await _among(db, "version", "process_version::text", str(chosen.version), _versions(known, chosen.process))
    for name in ("team", "agent", "grade", "service_class"):
        word = getattr(chosen, name, None)
        if word:  # an empty word asks for the rows without a team or agent
            await _among(db, name, name, word, ())
    if chosen.rule is not None and chosen.rule not in RULES:
        raise _unknown("rule", chosen.rule, RULES)


async def refuse_unknown_part(db: Database, figure: Figure, part: str | None) -> None:
    """Refuse a word of a figure's own dimension under which nothing was ever counted."""
    if part is None:
        return
    words = f"select distinct part from analytics.figures where {named(figure.name)}"
    found = [row["part"] for row in await db.fetch(f"{words} order by 1 limit {NEAR_MAX}")]
    if part not in found:
        raise _unknown(figure.part, part, found)


async def _among(db: Database, name: str, column: str, word: str, published: Iterable[str]) -> None:
    counted, known = _COUNTED.format(column=column), set(published)
    if word in known or await db.fetchval(f"select exists (select from ({counted}) k where word = $1)", word):
        return
    found = await db.fetch(f"select word from ({counted}) k where word <> '' order by 1 limit {NEAR_MAX}")
    raise _unknown(name, word, known | {row["word"] for row in found})


def _versions(known: Known, process: str | None) -> list[str]:
    latest = (known.latest(PROCESS, id) for id in ([process] if process is not None else known.ids(PROCESS)))
    published = ((one.process_id, version) for one in latest if one for version in range(1, one.version + 1))
    return [str(version) for id, version in published if known.knows(PROCESS.one_version(id, version))]


def _unknown(name: str, word: str, known: Iterable[str]) -> Refused:
    words = sorted(known)
    near, listed = suggestion(word, words), ", ".join(words[:LISTED_MAX])
    more = ", …" if len(words) > LISTED_MAX else ""
    all_of_them = "" if not words or near.startswith("Known") else f" Known here: {listed}{more}."
    return Refused("unknown-value", f"Nothing here has the {name} {word}. {near}{all_of_them}", 422)
