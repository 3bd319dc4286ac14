"""The import contracts of pyproject.toml hold, and each of them can be broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, limit_to_contracts={}))"


def lint(root, *contracts):
    """Run import-linter in a process of its own: it imports nothing, but it remembers."""
    command = [sys.executable, "-c", LINT.format(contracts)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)


def test_every_contract_is_kept():
    run = lint(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the house that may be damaged."""
    copy = tmp_path_factory.mktemp("house")
    for name in ("libs", "services", "deploy"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


@pytest.mark.parametrize(
    ("why", "contract", "file", "line"),
    [
        ("a service imports its neighbour", "strangers", "services/sla/domain/breach.py", "import services.intake.domain.case"),
        ("a file that no service has", "shape", "services/sla/leftovers.py", ""),
        ("a table imports what reads it", "shape", "services/intake/tables.py", "import services.intake.queries"),
        ("the domain waits", "purity", "services/sla/domain/breach.py", "import asyncio"),
        ("the domain rolls dice", "purity", "services/survey/domain/eligibility.py", "import random"),
        ("the domain reaches a database by a detour", "purity", "libs/events/words/event.py", "import sqlalchemy"),
        ("the kernel knows a service", "direction", "libs/events/log/port.py", "import services.sla"),
        ("the kernel knows the web", "direction", "libs/events/log/port.py", "import libs.web"),
        ("the HTTP shell knows what runs a service", "direction", "libs/web/app.py", "import libs.service.running"),
        ("the HTTP shell asks a database", "web", "libs/web/health.py", "import asyncpg"),
        ("what is opened knows who is given it", "process", "libs/service/opening.py", "import libs.service.running"),
        ("a picture knows the kernel", "pictures", "libs/pictures/funnel.py", "import libs.events.words.now"),
        ("a picture reads a file", "pictures", "libs/pictures/picture.py", "import pathlib"),
        ("a picture knows a framework", "pictures", "libs/pictures/svg.py", "import jinja2"),
        ("a service knows its deployment", "direction", "services/sla/tables.py", "import deploy.postgres"),
    ],
)  # fmt: skip
def test_a_contract_is_broken_when(house, why, contract, file, line):
    path = house / file
    before = path.read_text("utf-8") if path.exists() else None
    path.write_text((before or "") + f"\n{line}\n", "utf-8")
    try:
        run = lint(house, contract)
        assert run.returncode == 1, why
        assert "BROKEN" in run.stdout, run.stdout
    finally:
        path.unlink() if before is None else path.write_text(before, "utf-8")
