"""The words of pages, in both languages: those of the shell, and those of a service beside its templates."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from libs.web.problems import LANGUAGES, Language
from libs.web.written import read_yaml

NAME = "words.yaml"


@cache
def words_of(folders: tuple[Path, ...]) -> Mapping[Language, Mapping[str, str]]:
    """Return language → key → text, of the files in these folders; refuse a text that one language does not have."""
    found: dict[Language, dict[str, str]] = {one: {} for one in LANGUAGES}
    for key, texts in _read(folders):
        if missing := [one for one in LANGUAGES if not texts.get(one)]:
            raise ValueError(f"The words of {key!r} are missing in {', '.join(missing)}.")
        for one in LANGUAGES:
            found[one][key] = texts[one]
    return found


def _read(folders: Iterable[Path]) -> Iterable[tuple[str, Mapping[Language, str]]]:
    for folder in folders:
        yield from (read_yaml((folder / NAME).read_text("utf-8")) or {}).items()
