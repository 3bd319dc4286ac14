"""Every text of a page is there in both languages, and every template says only words that there are."""

import re
from pathlib import Path

import pytest
import yaml

from libs.web.pages.site import SITE
from libs.web.pages.words import NAME, words_of

ROOT = Path(__file__).parents[4]
SHELL = ROOT / "libs/web/pages"
FOLDERS = [SHELL, *(file.parent for file in ROOT.glob(f"services/*/pages/{NAME}"))]
IDS = [str(one.relative_to(ROOT)) for one in FOLDERS]


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_each_text_is_there_in_both_languages(folder: Path) -> None:
    words = words_of((SHELL, folder))
    assert words["en"].keys() == words["zh"].keys()


@pytest.mark.parametrize("folder", FOLDERS, ids=IDS)
def test_a_template_says_only_words_that_there_are(folder: Path) -> None:
    known = words_of((SHELL, folder))["en"]
    said = {word for file in (folder / "templates").glob("*.html") for word in _said(file.read_text())}
    assert said and said <= known.keys(), said - known.keys()


def test_a_text_of_one_language_only_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(yaml.safe_dump({"hello": {"en": "Hello"}}))
    with pytest.raises(ValueError, match="hello"):
        words_of((tmp_path,))


def test_navigation_has_a_word_for_each_page() -> None:
    known = words_of((SHELL,))["en"]
    assert {f"nav {page}" for place in SITE.values() for page in place.pages} <= known.keys()
    assert {f"{kind} {name}" for name in SITE for kind in ("service", "about")} <= known.keys()


def _said(template: str) -> set[str]:
    """Return the words of a template that are called by their whole name."""
    return {*re.findall(r"\bt\.(\w+)", template), *re.findall(r"\bt\[\"([^\"~]+)\"\]", template)}
