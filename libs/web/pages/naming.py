"""What standards are called, and what they call a thing, in one language."""

from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.standard import Label, Standard
from libs.events.engine.known import Known
from libs.web.problems import Language


def named(label: Label, lang: Language) -> str:
    """Return a name."""
    return label.zh if lang == "zh" else label.en


def standard_of(known: Known, id: str, version: int = 0) -> Standard | None:
    """Return a process's standard: the version given, or else the newest."""
    versions = known.versions(PROCESS, id)
    return next((one for one in versions if one.version == version), versions[-1] if versions else None)


def process_name(known: Known, lang: Language, id: str, version: int = 0) -> str:
    """Return a process's name. One that no published standard names is called by its id."""
    found = standard_of(known, id, version)
    return named(found.name, lang) if found else id


def exception_name(standard: Standard | None, lang: Language, code: str) -> str:
    """Return what a standard calls the exception of a code. One that it does not list is called by its code."""
    listed = standard.exceptions if standard else ()
    return next((named(one.name, lang) for one in listed if one.code == code), code)
