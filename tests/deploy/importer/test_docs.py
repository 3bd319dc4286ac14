"""docs/importing.md: its example does what it says, and no word of the language is missing from it."""

import re
from pathlib import Path

from deploy.importer import columns, conditions, mapping, moments, rules, stamps, templates
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


def test_the_less_tidy_example_gives_the_facts_it_shows(tmp_path):
    section = PAGE.split("## A log that is less tidy")[1].split("\n## ")[0]
    log, agents, plan, said = re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)
    for name, text in (("calls.csv", log), ("agents.csv", agents), ("calls.yaml", plan)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = [one for row in outcomes(read_mapping(tmp_path / "calls.yaml"), tmp_path / "calls.csv") for one in row.facts]
    assert [f"{one.case} {one.sequence} {one.type} {one.time:%Y-%m-%dT%H:%M:%SZ}" for one in found] == said.splitlines()
    assert found[1].data == {"team": "north", "agent": "mia"}
    assert f"{found[3].data['expires_at']:%Y-%m-%d}" == "2024-08-16"


def test_every_word_of_the_language_is_on_the_page():
    words = {*mapping.KEYS, *rules.KEYS, *rules.ON, *conditions.WORDS, *templates.KEYS, "delimiter", "encoding", "change", "zone"}
    words |= {*columns.JOIN_KEYS, *columns.FILE_KEYS, *moments.KEYS, *stamps.WORDS}
    assert [word for word in sorted(words) if not re.search(rf"`[^`]*\b{word}\b[^`]*`", PAGE)] == []
