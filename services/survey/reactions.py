"""Another system's surveys, passed on by intake, become survey's own facts, without judgement."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from libs.events.catalogue.intake import FactRecorded
from libs.events.engine.book import Reaction
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, draft
from libs.events.words.event import TYPES
from services.survey.domain.survey import SAID, SurveyCase

_OWN: Mapping[str, type[Any]] = {TYPES[cls].name: cls for cls in SAID}


def say_imported(case: SurveyCase, heard: Fact, known: Known) -> Iterable[Fact]:
    """Say an imported survey fact as our own, at the time and place in the sequence at which it happened."""
    told: FactRecorded = heard.data
    if (cls := _OWN.get(told.fact)) is None:
        return []
    try:
        event = msgspec.convert(told.data, cls)
    except msgspec.ValidationError:
        return []  # intake refuses such data; if some gets through, it must not park the case
    return [draft(event, heard.key, heard.time, sequence=heard.sequence, because=heard)]


REACTIONS: Mapping[type[Any], Reaction] = {FactRecorded: say_imported}
