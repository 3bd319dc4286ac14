"""Customers that a log does not name are nobody, and never one person: in the shipped mappings and on the page."""

import re
from pathlib import Path

import pytest

from deploy.importer.mapping import SHIPPED, read_mapping
from deploy.importer.templates import Cell

PAGES = [*SHIPPED.glob("*.yaml"), Path(__file__).resolve().parents[3] / "docs" / "importing.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_whom_a_log_does_not_name_is_nobody(page):
    assert not re.search(r"customer_ref: \{.*missing: (?!anonymous)", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [path.stem for path in SHIPPED.glob("*.yaml")])
def test_every_customer_column_of_a_shipped_mapping_may_be_missing_without_making_a_person(name):
    mapping = read_mapping(name)
    (said,) = [rule.data["customer_ref"] for rule in mapping.rules if rule.fact == "case.registered"]
    assert isinstance(said, Cell) and (said.missing == "anonymous" or said.column == mapping.case)
