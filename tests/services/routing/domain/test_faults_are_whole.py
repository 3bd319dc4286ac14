"""Whatever a standard lacks, what it is told ends in words that can be used: never in an empty list."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.routing.domain.standards.page import BrokenStandard
from services.routing.domain.standards.standard import sound

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[4] / "deploy" / "standards"
PAGES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yaml"))}
NAMES = sorted({name for page in PAGES.values() for name in page})
_CUT = re.compile(r"(one of|some of|are|is|:|,)\s*$", re.MULTILINE)


def faults(page: Any) -> str:
    try:
        sound(page)
    except BrokenStandard as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("instead", ["left out", {}, [], "", None, "no such word", [{}]], ids=str)
def test_no_fault_ends_in_an_empty_list(name: str, instead: Any) -> None:
    for page in PAGES.values():
        spoilt = copy.deepcopy(page)
        if instead == "left out":
            spoilt.pop(name, None)
        else:
            spoilt[name] = instead
        assert not _CUT.search(faults(spoilt)), faults(spoilt)


def test_nothing_but_names_is_told_what_to_write() -> None:
    for page in (
        {},
        [],
        {"nodes": [{"id": "n1", "role": "nobody"}]},
        {"exceptions": [{"code": "x", "at": ["n1"], "pauses": ["y"]}]},
    ):
        assert faults(page) and not _CUT.search(faults(page)), faults(page)
