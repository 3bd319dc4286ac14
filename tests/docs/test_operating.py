"""The operator's manual lists every setting, figure, scope and command that the code has, and no other."""

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from deploy.cli import COMMANDS
from deploy.docs.cards import ROOT
from libs.events.engine.meters import Meters
from services.__main__ import PORTS, app_of
from tests.deploy.containers import BY_COMMAND, described

pytestmark = pytest.mark.slow

MANUAL = (ROOT / "docs/operating.md").read_text("utf-8")


def settings_rows():
    rows = [(who, f"`{one.variable}`", one.default, one.unit, one.meaning) for who, many in described().items() for one in many]
    return rows + [("the command", f"`{name}`", "", "", meaning) for name, meaning in BY_COMMAND.items()]


def figure_rows():
    registry = CollectorRegistry()
    Meters(registry, "any")
    every = [*registry.collect(), *(one for name in PORTS for one in app(name).state.metrics.registry.collect())]
    named = {f"{one.name}_total" if one.type == "counter" else one.name: one for one in every if one.name.startswith("loopdesk_")}
    return [(f"`{name}`", one.type, one.documentation) for name, one in named.items()]


def app(name):
    """Return a service's app, which is never started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LOOPDESK_DATABASE_URL", "postgresql://nowhere")
        patch.setenv("LOOPDESK_SURVEY_SECRET", "secret")
        return app_of(name)[0]


def line(row):
    return re.sub(" +", " ", f"| {' | '.join(row)} |")


@pytest.mark.parametrize("row", settings_rows(), ids=lambda row: row[1])
def test_a_setting_is_in_the_manual_as_the_code_describes_it(row):
    assert line(row) in MANUAL


@pytest.mark.parametrize("row", figure_rows(), ids=lambda row: row[0])
def test_a_figure_is_in_the_manual_as_the_code_describes_it(row):
    assert line(row) in MANUAL


def test_the_manual_names_no_setting_or_figure_that_there_is_not():
    known = {row[1].strip("`") for row in settings_rows()} | {row[0].strip("`") for row in figure_rows()}
    named = set(re.findall(r"^\| (?:[\w ]+ \| )?`((?:LOOPDESK|loopdesk)_\w+)`", MANUAL, re.MULTILINE))
    assert named - known == set()


def test_the_manual_lists_every_scope_a_route_asks_for():
    asked = {
        scope
        for api in Path(ROOT / "services").glob("*/api.py")
        for scope in re.findall(r'require\("([^"]+)"\)', api.read_text("utf-8"))
    }
    assert len(asked) > 5
    assert {scope for scope in asked if f"`{scope}`" not in MANUAL} == set()


@pytest.mark.parametrize(("name", "port"), PORTS.items(), ids=list(PORTS))
def test_every_process_is_listed_with_its_port(name, port):
    assert f"| `python -m services {name}` | {port} |" in MANUAL


def test_the_documents_name_every_command_and_no_other():
    pages = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    named = {word for page in pages for word in re.findall(r"(?:`|bin/)loopdesk ([a-z][a-z-]+)", page.read_text("utf-8"))}
    assert named == COMMANDS.keys()
