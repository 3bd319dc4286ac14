"""The picture of one promise's life, from its start to its end or its due instant, with every instant that matters."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from libs.pictures.clock_life import Moment, Part, clock_life
from libs.pictures.picture import Picture, both
from libs.pictures.words import WORDS
from services.sla.domain.breach import is_broken
from services.sla.domain.clock import ClockLife
from services.sla.domain.difference import unsaid
from services.sla.domain.explanation import Explanation
from services.sla.domain.history import Saying, history
from services.sla.domain.lives import lives
from services.sla.domain.past import hearing
from services.sla.domain.tiles import tiles
from services.sla.pages.wording import Wording, exactly
from services.sla.questions import AsOf, Counted


def sayings(found: Counted, asked: AsOf, life: ClockLife) -> tuple[Saying, ...]:
    """Return what was said of a promise; of one as it stood, what would have been said by then."""
    case = found.case
    if asked.is_past:
        case = hearing(case, unsaid(found.case_id, case, [*lives(case, found.terms, found.at)], found.terms, found.at))
    return history(case, life.name)


def pictures(
    zone: ZoneInfo, said: Wording, found: Counted, life: ClockLife, told: Explanation, sayings: Sequence[Saying]
) -> Sequence[Picture]:
    """Return the drawing for a wide window and for a phone. Its sums are the figures of the explanation."""
    process = told.process_id, told.process_version
    parts = [
        Part(one.what.value, one.since, one.until, said.reason(*process, one.reason) if one.reason else "")
        for one in tiles(life, told)
    ]
    moments = sorted(_moments(said, found, life, told, sayings), key=lambda one: one.at)
    name = said.promise(*process, life.target.kind, life.target.node, told.occurrence)
    now = found.at if told.ended_at is None else None
    title = said.t["life title"].format(promise=name)
    return both(lambda sheet: clock_life(sheet, parts, moments, zone, _exactly, now), "life", title, WORDS[said.lang])


def _moments(said: Wording, found: Counted, life: ClockLife, told: Explanation, sayings: Sequence[Saying]) -> Iterator[Moment]:
    yield Moment(said.t["said started"], life.started_at)
    earlier = {life.first_due_at, *(one.due_at for one in life.pauses), *(one.due_at for one in sayings)}
    for due_at in earlier - {None, life.due_at}:
        if due_at is not None:
            yield Moment(said.t["was due"], due_at)
    for one in sayings:
        if one.what == "warned" and not one.withdrawn:
            yield Moment(f"{said.t['said warned']} ({one.mark})", one.at)
    if life.due_at is not None:
        yield Moment(said.t["said due"], life.due_at, "due")
    if life.due_at is not None and is_broken(life.due_at, told.ended_at or found.at):
        at = next((one.at for one in sayings if one.what == "breached" and not one.withdrawn), life.due_at)
        yield Moment(said.t["said breached"], at, "broken")
    if told.ended_at is not None:
        yield Moment(said.t["over at"], told.ended_at)


def _exactly(length: timedelta) -> str:
    return exactly(length // timedelta(microseconds=1))
