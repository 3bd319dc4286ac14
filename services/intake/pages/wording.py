"""What pages call a thing that intake knows by its id."""

from collections.abc import Callable, Mapping

from libs.events.catalogue.references import PROCESS
from libs.events.engine.known import Known, NotYetKnown
from libs.web.problems import Language
from services.intake.domain.case import IntakeCase
from services.intake.tables import CaseRow


def process_name(known: Known, case: CaseRow | IntakeCase, lang: Language) -> str:
    """Return the name of the process standard as the case's version has it; its id while that is not known here."""
    try:
        name: str = getattr(known.version(PROCESS, case.process_id, case.process_version).name, lang)
    except NotYetKnown:
        return case.process_id
    return name


def worder(known: Mapping[str, str]) -> Callable[[str, str], str]:
    """Return what tells a word of a channel, a kind, a field; a client's own word stays as it is."""
    return lambda what, name: known.get(f"{what} {name}", name)
