"""Which Chromium the tests drive, and what is said where there is none."""

import os
from pathlib import Path

import pytest

from tests.browser import getting
from tests.browser.getting import ChromiumMissing, program

pytestmark = pytest.mark.slow


def tool(folder: Path, name: str, says: str = "", code: int = 0) -> str:
    file = folder / name
    file.write_text(f"#!/bin/sh\necho {name} $* >>{folder}/asked\necho '{says}'\necho '{says}' >&2\nexit {code}\n")
    file.chmod(0o755)
    return str(file)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with fonts and nothing else."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(getting.SETTING, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    tool(tmp_path, "fc-list", "Some Font")
    return tmp_path


def asked(machine: Path) -> str:
    return (machine / "asked").read_text()


def test_the_one_that_is_named_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(machine, "chromium")
    monkeypatch.setenv(getting.SETTING, named := tool(machine, "my-own"))
    assert str(program()) == named


def test_the_smaller_one_comes_before_the_larger(machine: Path) -> None:
    tool(machine, "chromium")
    assert program().name == "chromium"
    tool(machine, "chromium-headless-shell")
    assert program().name == "chromium-headless-shell"


def must_be_one_line(machine: Path, *words: str) -> None:
    with pytest.raises(ChromiumMissing) as missing:
        program()
    said = str(missing.value)
    assert "\n" not in said
    assert all(word in said for word in words), said


def test_a_name_that_is_no_program_is_refused(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(machine, "chromium")
    monkeypatch.setenv(getting.SETTING, "/no/such/browser")
    must_be_one_line(machine, "/no/such/browser", getting.SETTING)


def test_without_root_it_says_what_to_install(machine: Path) -> None:
    tool(machine, "apt-get")
    must_be_one_line(machine, "sudo apt-get install chromium-headless-shell", getting.SETTING)
    tool(machine, "fc-list")
    tool(machine, "chromium")
    must_be_one_line(machine, "sudo apt-get install fonts-wqy-microhei fonts-noto-color-emoji")


def test_root_installs_what_is_missing(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    tool(machine, "apt-get")
    tool(machine, "fc-list")
    must_be_one_line(machine, "There is no Chromium")  # this apt-get only says so
    update, install = [line for line in asked(machine).splitlines() if line.startswith("apt-get")]
    assert update.endswith(" update")
    wanted = "chromium-headless-shell fonts-wqy-microhei fonts-noto-color-emoji"
    assert install.endswith(f" install -y --no-install-recommends {wanted}")


def test_a_failed_installation_says_why(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    tool(machine, "apt-get", "E: Unable to locate package", 100)
    must_be_one_line(machine, "apt-get could not install chromium-headless-shell", "E: Unable to locate package")
