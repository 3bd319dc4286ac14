"""docker-compose.yml and the Dockerfile, read as their programs read them; and every setting the code has."""

import json
import re
import shlex
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import yaml

from libs.service.settings import AuditSettings, StoreSettings
from libs.web.environment import Described, describe
from libs.web.logs import LogSettings
from libs.web.pages.settings import PageSettings
from libs.web.settings import WebSettings
from services.__main__ import PORTS

ROOT = Path(__file__).parents[2]
INSIDE = "/loopdesk"
BY_COMMAND = {
    "LOOPDESK_HOME": "Folder of `loopdesk up`'s databases, secrets and output.",
    "LOOPDESK_INTAKE_URL": "Where `loopdesk import` sends what it reads.",
    "LOOPDESK_SLA_URL": "Where `loopdesk publish` sends holiday sets, calendars and policies, and `loopdesk reckon` asks.",
    "LOOPDESK_ROUTING_URL": "Where `loopdesk publish` sends process standards and rosters.",
    "LOOPDESK_API_KEY": "The key that `loopdesk import`, `loopdesk publish` and `loopdesk reckon` show.",
}
"""Variables of the command, which no service reads."""

_VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


@cache
def compose():
    """Return the compose file with its anchors resolved."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


def ours():
    """Return the containers made from our image."""
    return {name: one for name, one in compose()["services"].items() if one["image"].startswith("loopdesk:")}


@cache
def dockerfile():
    """Return (instruction, arguments) of every line."""
    text = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    lines = re.sub(r"\\\n", " ", "\n".join(line for line in text.splitlines() if not line.startswith("#"))).splitlines()
    return [(line.split()[0], line.split(None, 1)[1]) for line in lines if line.strip()]


def of_image(instruction):
    """Return the arguments of every such instruction."""
    return [arguments for name, arguments in dockerfile() if name == instruction]


def entrypoint():
    return json.loads(of_image("ENTRYPOINT")[0])


def image_environment():
    return dict(pair.split("=", 1) for line in of_image("ENV") for pair in shlex.split(line))


def wanted_of_the_operator():
    """Return the variables that the compose file takes from .env."""
    return {name for name, _, _ in _VARIABLE.findall((ROOT / "docker-compose.yml").read_text("utf-8"))}


def filled_in(text):
    """Return a value of the compose file as it is with a filled-in .env."""
    return _VARIABLE.sub(lambda found: found[3] if found[2] == "-" else "given", str(text))


@cache
def described() -> dict[str, list[Described]]:
    """Return every variable of the code, by the program that reads it."""
    of_all = (StoreSettings, AuditSettings, WebSettings, PageSettings, LogSettings)
    found = {"every service": [one for kind in of_all for one in describe(kind)]}
    for service in PORTS:
        has_own = find_spec(f"services.{service}.settings")
        module = import_module(f"services.{service}.settings" if has_own else f"services.{service}")
        own = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]
        found[service] = [one for kind in own for one in describe(kind)]
    return found
