"""docs/importing.md: its example does what it says, and no word of the language is missing from it."""

import re
from pathlib import Path

from deploy.importer import conditions, mapping, rules, templates
from deploy.importer.mapping import read_mapping
from tests.deploy.importer.samples import outcomes

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "importing.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


def test_the_example_gives_the_facts_it_shows(tmp_path):
    for name in ("csv", "yaml"):
        (tmp_path / f"tickets.{name}").write_text(block(name), encoding="utf-8")
    found = outcomes(read_mapping(tmp_path / "tickets.yaml"), tmp_path / "tickets.csv")
    said = [f"{one.case} {one.sequence} {one.type} {one.time:%Y-%m-%dT%H:%M:%SZ}" for row in found for one in row.facts]
    assert said == block("text").splitlines()
    reasons = {number: row.reason for number, row in enumerate(found, 1) if row.reason}
    assert reasons == {5: "nothing of note changed", 7: "a test case"}


def test_every_word_of_the_language_is_on_the_page():
    words = {*mapping.KEYS, *rules.KEYS, *rules.ON, *conditions.WORDS, *templates.KEYS, "delimiter", "encoding", "change", "zone"}
    assert [word for word in sorted(words) if not re.search(rf"`[^`]*\b{word}\b[^`]*`", PAGE)] == []
