"""What counted surveys add up to: how many were asked and answered, how satisfied, and the funnel of both."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from libs.pictures.funnel import Loss, Stage, funnel
from libs.pictures.numbers import share
from libs.pictures.picture import Picture, both
from libs.pictures.words import WORDS
from libs.web.problems import Language
from services.survey.queries import Tally

SCORES = (5, 4, 3, 2, 1)
SATISFIED_MIN = 4
"""From this overall score on a customer counts as satisfied, as in the key figure of satisfaction."""


@dataclass(slots=True)
class Sums:
    """The sums of some tallies."""

    asked: int = 0
    open: int = 0
    expired: int = 0
    reopened: int = 0
    answered: int = 0
    commented: int = 0
    scores: Counter[int] = field(default_factory=Counter)

    def add(self, one: Tally) -> None:
        """Take a tally in."""
        self.asked += one.number
        if one.status == "answered":
            self.answered += one.number
            self.commented += one.number if one.commented else 0
            self.scores[one.overall or 0] += one.number
        elif one.status == "open":
            self.open += one.number
        elif one.end_reason:
            self.reopened += one.number
        else:
            self.expired += one.number

    @property
    def answer_share(self) -> str:
        return share(self.answered, self.asked)

    @property
    def satisfied_share(self) -> str:
        return share(sum(self.scores[score] for score in SCORES if score >= SATISFIED_MIN), self.answered)

    @property
    def mean(self) -> str:
        """The mean of the overall scores, with two decimals."""
        total = sum(score * number for score, number in self.scores.items())
        return f"{total / self.answered:.2f}" if self.answered else "–"


def summed(found: Iterable[Tally]) -> Sums:
    """Return the sums of all."""
    sums = Sums()
    for one in found:
        sums.add(one)
    return sums


def grouped(found: Iterable[Tally]) -> list[tuple[str, Sums]]:
    """Return the sums by name, the largest group first."""
    groups: dict[str, Sums] = {}
    for one in found:
        groups.setdefault(one.name, Sums()).add(one)
    return sorted(groups.items(), key=lambda one: (-one[1].asked, one[0]))


def funnels(sums: Sums, unasked: Mapping[str, int], t: Mapping[str, str], lang: Language) -> Sequence[Picture]:
    """Return the funnel for a wide window and for a phone."""
    never, late = ("nobody", "not_asked"), ("reopened", "scheduled")
    eligible = sums.asked + sum(unasked.get(one, 0) for one in late)
    unanswered = ((t["status open"], sums.open), (t["status expired"], sums.expired), (t["status reopened"], sums.reopened))
    stages = [
        Stage(t["stage ended"], sums.asked + sum(unasked.values()), losses=_unasked(unasked, never, t)),
        Stage(t["stage eligible"], eligible, losses=_unasked(unasked, late, t)),
        Stage(t["stage asked"], sums.asked, losses=tuple(Loss(name, number) for name, number in unanswered if number)),
        Stage(t["stage answered"], sums.answered),
        Stage(t["stage commented"], sums.commented),
    ]
    return both(lambda sheet: funnel(sheet, stages), "funnel", t["funnel title"], WORDS[lang])


def _unasked(found: Mapping[str, int], reasons: Iterable[str], t: Mapping[str, str]) -> tuple[Loss, ...]:
    return tuple(Loss(t[f"unasked {why}"], found[why]) for why in reasons if found.get(why))
