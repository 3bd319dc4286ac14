"""What became of promises and resolutions lately, by process: the figures that /metrics shows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from libs.events.catalogue.phases import OUTCOMES
from libs.events.store.asked import Database
from services.analytics.domain.figures import COUNTED
from services.analytics.queries.filters import named

Take = tuple[int, int]
"""What is shown of a figure: so many times its numerator and so many times its denominator."""

NUMERATOR, DENOMINATOR, REST = (1, 0), (0, 1), (-1, 1)

FCR_RULE = "one_contact"
"""The one rule that /metrics shows; `GET /first-contact-resolution` has them side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """A metric of /metrics over the last days. `takes`: figure → the word of label `what` → what is shown of it.

    Of its labels, `figure`, `process` and `what` say what they are called; any other has the word of the figure's own dimension.
    With `words` these are all the words that it shows, and `other` for the rest.
    """

    name: str
    meaning: str
    labels: tuple[str, ...]
    takes: Mapping[str, Mapping[str, Take]]
    words: tuple[str, ...] = ()

    async def count(self, db: Database, since: date) -> Sequence[tuple[Any, ...]]:
        """Return the labels and the number of each series, for that day and all days after it."""
        rows = await db.fetch(
            "select figure, process_id as process, part, sum(num)::float8 as num, sum(den)::float8 as den "
            f"from analytics.figures where {named(*self.takes)} and day >= $1 group by 1, 2, 3",
            since,
        )
        sums: dict[tuple[str, ...], float] = defaultdict(float)
        for row in rows:
            part = row["part"] if not self.words or row["part"] in self.words else "other"
            for what, (nums, dens) in self.takes[row["figure"]].items():
                known = {"figure": row["figure"], "process": row["process"], "what": what}
                sums[tuple(known.get(label, part) for label in self.labels)] += nums * row["num"] + dens * row["den"]
        return [(*labels, value) for labels, value in sums.items()]


COUNTED_LATELY: tuple[Lately, ...] = (
    Lately(
        name="survey_answers_30d",
        meaning="Customers' answers of the last 30 days: given, and satisfied",
        labels=("process", "what"),
        takes={"satisfaction": {"given": DENOMINATOR, "satisfied": NUMERATOR}},
    ),
    Lately(
        name="promises_30d",
        meaning="Promises decided in the last 30 days: kept, and broken",
        labels=("process", "kind", "what"),
        takes={"timeliness_by_kind": {"kept": NUMERATOR, "broken": REST}},
    ),
    Lately(
        name="first_contacts_30d",
        meaning="Cases of the last 30 days: resolved, and resolved at first contact",
        labels=("process", "what"),
        takes={f"first_contact_resolution.{FCR_RULE}": {"resolved": DENOMINATOR, "first": NUMERATOR}},
    ),
    Lately(
        name="incoming_contacts_30d",
        meaning="Customers' contacts of the last 30 days: all, those that the first level can resolve, and those that resolved "
        "a case",
        labels=("process", "what"),
        takes={
            "first_contact_resolution.field_gross": {"all": DENOMINATOR, "first": NUMERATOR},
            "first_contact_resolution.field_net": {"first_level": DENOMINATOR},
        },
    ),
    Lately(
        name="figures_30d",
        meaning="Counted figures of the last 30 days (GET /measures): numerator and denominator",
        labels=("figure", "process", "what"),
        takes={one.name: {"numerator": NUMERATOR, "denominator": DENOMINATOR} for one in COUNTED},
    ),
    Lately(
        name="outcomes_30d",
        meaning="Cases that ended in the last 30 days, by how: resolved, rejected, unreachable, withdrawn, other",
        labels=("process", "outcome"),
        takes={"outcomes": {"": NUMERATOR}},
        words=OUTCOMES,
    ),
)
"""What /metrics shows of the last 30 days, each made of figures."""
