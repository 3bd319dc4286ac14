"""The peers' own environment, made once. A script gets its question as JSON and answers in JSON."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "benchmarks" / "peers"
PINNED = ROOT / "benchmarks" / "peers.txt"
FOLDER = ROOT / ".venv-peers"
STAMP = FOLDER / "installed"
ANSWER_SECONDS_MAX = 600


class PeerFailed(Exception):
    """A peer could not be installed or did not answer; the message ends with what it said."""


def python() -> Path:
    """Return the interpreter of the peers' environment. It is made when it is missing or the pinned versions have changed."""
    wanted = sha256(PINNED.read_bytes()).hexdigest()
    interpreter = FOLDER / "bin" / "python"
    if STAMP.exists() and STAMP.read_text() == wanted:
        return interpreter
    _run(sys.executable, "-m", "venv", "--clear", str(FOLDER))
    _run(str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(PINNED))
    STAMP.write_text(wanted)  # last: an installation that was cut short must not look whole
    return interpreter


def ask(script: str, **question: Any) -> Any:
    """Return what benchmarks/peers/<script>.py answers; it reads the question from stdin and prints the answer last."""
    said = _run(str(python()), str(SCRIPTS / f"{script}.py"), said=json.dumps(question))
    return json.loads(said.splitlines()[-1])


def version(package: str) -> str:
    """Return the pinned version of a peer."""
    pinned = dict(line.split("==") for line in PINNED.read_text().splitlines() if "==" in line)
    return pinned[package]


def _run(*command: str, said: str = "") -> str:
    try:
        done = subprocess.run(command, input=said, capture_output=True, text=True, timeout=ANSWER_SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired as error:
        raise PeerFailed(f"{' '.join(command)} took longer than {ANSWER_SECONDS_MAX} s") from error
    if done.returncode:
        raise PeerFailed(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return done.stdout
