"""Whom we ask: a customer we know, once for each time our work resolved their case, never about imported history."""

from libs.events.now import derived_id
from services.survey.domain.survey import Resolution, SurveyCase

NOBODY = ("", "anonymous")
"""Customer references behind which nobody can be asked; the first also means that the registration is not known yet."""


def to_ask(case: SurveyCase) -> list[Resolution]:
    """Return the resolutions the customer ought to be asked about and was not."""
    if case.customer_ref in NOBODY:
        return []
    return [asked for cycle in case.cycles if not _was_asked(case, cycle) and (asked := _first_live(cycle))]


def survey_id_of(resolution: Resolution) -> str:
    """Return the id of the survey about a resolution."""
    return str(derived_id("survey", resolution.fact_id))


def _was_asked(case: SurveyCase, cycle: list[Resolution]) -> bool:
    # Any of the run counts: a resolution that becomes known late must not ask about the same work again.
    return any(survey_id_of(resolution) in case.surveys for resolution in cycle)


def _first_live(cycle: list[Resolution]) -> Resolution | None:
    return next((resolution for resolution in cycle if resolution.origin != "import"), None)
