"""The containers fit the code: valid, complete, on the right ports, with settings that exist."""

import copy
import json
import os
import re
import subprocess
import sys
from functools import cache
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml
from jsonschema_specifications import REGISTRY

from deploy.kafka import SETTINGS
from libs import VERSION
from libs.web.environment import PREFIX
from services.__main__ import PORTS, app_of, main
from tests.deploy.containers import (
    INSIDE,
    ROOT,
    compose,
    described,
    entrypoint,
    filled_in,
    image_environment,
    of_image,
    ours,
    wanted_of_the_operator,
)

pytestmark = pytest.mark.slow

OWN_OF_THE_BROKER = {"process.roles", "node.id", "controller.listener.names"}
QUICKER_IN_TESTS = {"broker.session.timeout.ms", "broker.heartbeat.interval.ms"}


@cache
def official():
    schema = json.loads((ROOT / "tests/deploy/compose-spec.schema.json").read_text("utf-8"))
    return jsonschema.Draft7Validator(schema, registry=REGISTRY)


def test_the_file_is_valid_by_the_compose_specification():
    assert [error.message for error in official().iter_errors(compose())] == []


@pytest.mark.parametrize(
    ("why", "path", "value"),
    [
        ("a service key that there is not", ("services", "sla", "comand"), ["sla"]),
        ("a port that is a map of nothing", ("services", "sla", "ports"), {"8003": "8003"}),
        ("a condition that there is not", ("services", "sla", "depends_on", "kafka", "condition"), 1),
        ("a section that there is not", ("volume",), {}),
    ],
)
def test_the_specification_refuses(why, path, value):
    broken = copy.deepcopy(compose())
    place = broken
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert list(official().iter_errors(broken)) != [], why


def test_there_is_a_container_for_each_service_on_its_port():
    found = {name: (one["command"], one["ports"]) for name, one in ours().items()}
    assert found == {name: ([name], [f"127.0.0.1:{port}:{port}"]) for name, port in PORTS.items()}
    assert of_image("EXPOSE")[0].split() == [str(port) for port in PORTS.values()]


@pytest.mark.parametrize("name", PORTS)
def test_its_health_is_asked_of_its_own_port(name):
    kind, program, option, line = ours()[name]["healthcheck"]["test"]
    assert (kind, program, option) == ("CMD", "python", "-c")
    compile(line, name, "exec")
    assert f":{PORTS[name]}/readyz" in line


def environment(name, keys):
    """Return the variables a container has, its keys file in our file system, and nothing of ours."""
    given = {**image_environment(), **{key: filled_in(value) for key, value in ours()[name]["environment"].items()}}
    return {**given, "LOOPDESK_KEYS_FILE": str(keys)}


@pytest.mark.parametrize("name", PORTS)
def test_a_container_has_every_setting_its_service_insists_on(name, tmp_path, monkeypatch):
    keys = tmp_path / "keys.yaml"
    keys.write_text("[]")
    for variable in [variable for variable in os.environ if variable.startswith(PREFIX)]:
        monkeypatch.delenv(variable)
    for variable, value in environment(name, keys).items():
        monkeypatch.setenv(variable, value)
    app, web = app_of(name)
    assert (app.title, web.host, web.port) == (f"Loopdesk {name}", "0.0.0.0", PORTS[name])


@pytest.mark.parametrize("arguments", [[], ["slaa"], ["all", "sla"]])
def test_a_misspelt_service_is_refused_with_the_right_names(arguments, capsys):
    assert main(arguments) == 2
    assert "usage: python -m services intake|" in capsys.readouterr().err


def test_the_entrypoint_runs_where_nothing_is_set_and_says_what_is_missing():
    program, *options = entrypoint()
    assert program == "python"
    run = subprocess.run(
        [sys.executable, *options, "sla"], env={}, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert (run.returncode, "LOOPDESK_DATABASE_URL is not set" in run.stderr) == (1, True), run.stderr


CONTAINERS = compose()["services"]
WRITES_TO_ITS_IMAGE = {"kafka"}
RIGHTS = {"postgres": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}}
"""Where the general rule cannot hold; docker-compose.yml gives the reason beside it."""

TAGGED = rf"loopdesk:{re.escape(VERSION)}|(?!loopdesk)[a-z/]+:v?\d+(\.\d+)+"
SECRET = "PASSWORD|SECRET|PEPPER|DATABASE_URL"


def rights(one):
    return one["cap_drop"], set(one.get("cap_add", ()))


def mounts(one):
    return [mount.split(":") for mount in one.get("volumes", ())]


def secrets(one):
    return [str(value) for key, value in one.get("environment", {}).items() if re.search(SECRET, key)]


CONVENTIONS = [
    ("its image cannot be written to", lambda name, one: one["read_only"] is (name not in WRITES_TO_ITS_IMAGE)),
    ("it has no rights but those it needs", lambda name, one: rights(one) == (["ALL"], RIGHTS.get(name, set()))),
    ("it gains none", lambda name, one: one["security_opt"] == ["no-new-privileges:true"]),
    ("its output cannot fill the disk", lambda name, one: set(one["logging"]["options"]) == {"max-size", "max-file"}),
    ("it cannot take the machine", lambda name, one: set(one["deploy"]["resources"]["limits"]) == {"memory", "cpus", "pids"}),
    ("it comes back after a crash", lambda name, one: one["restart"] == "unless-stopped"),
    ("somebody sees whether it works", lambda name, one: {"test", "interval", "timeout", "retries"} <= set(one["healthcheck"])),
    ("its health needs no shell", lambda name, one: one["healthcheck"]["test"][0] == "CMD"),
    ("it is the same image tomorrow", lambda name, one: re.fullmatch(TAGGED, one["image"])),
    ("only this machine reaches it", lambda name, one: all(port.startswith("127.0.0.1:") for port in one.get("ports", ()))),
    ("what it keeps has a name", lambda name, one: all(m[0][0] == "." or m[0] in compose()["volumes"] for m in mounts(one))),
    ("it changes no file of ours", lambda name, one: all(m[-1] == "ro" for m in mounts(one) if m[0][0] == ".")),
    ("no secret is written down", lambda name, one: all("${" in value for value in secrets(one))),
]


@pytest.mark.parametrize(("why", "holds"), CONVENTIONS, ids=[why for why, _ in CONVENTIONS])
def test_a_container_is_kept_in_bounds(why, holds):
    assert [name for name, one in CONTAINERS.items() if not holds(name, one)] == [], why


@pytest.mark.parametrize(
    ("why", "broken"),
    [
        ("its image cannot be written to", {"read_only": False}),
        ("it has no rights but those it needs", {"cap_add": ["NET_ADMIN"]}),
        ("it is the same image tomorrow", {"image": "grafana/grafana:latest"}),
        ("it is the same image tomorrow", {"image": "postgres:18"}),
        ("it is the same image tomorrow", {"image": "loopdesk"}),
        ("it is the same image tomorrow", {"image": "loopdesk:0.0.9"}),
        ("only this machine reaches it", {"ports": ["3000:3000"]}),
        ("it changes no file of ours", {"volumes": ["./deploy/keys.yaml:/keys"]}),
        ("no secret is written down", {"environment": {"GF_SECURITY_ADMIN_PASSWORD": "admin"}}),
        ("its health needs no shell", {"healthcheck": {"test": ["CMD-SHELL", "wget x || exit 1"]}}),
    ],
)
def test_the_judge_sees_a_container_out_of_bounds(why, broken):
    assert not dict(CONVENTIONS)[why]("grafana", {**CONTAINERS["grafana"], **broken})


def test_the_image_has_a_version_and_a_user_without_rights():
    [image] = of_image("FROM")
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim", image)
    assert of_image("USER") == ["loopdesk"]
    assert of_image("ADD") == []


@pytest.mark.parametrize("name", PORTS)
def test_a_service_comes_to_the_database_as_itself(name):
    address = urlsplit(filled_in(ours()[name]["environment"]["LOOPDESK_DATABASE_URL"]))
    assert (address.username, address.hostname, address.path) == (f"loopdesk_{name}", "postgres", "/loopdesk")
    own = f"${{{name.upper()}_DB_PASSWORD:?make .env first, see docs/operating.md}}"
    assert own in ours()[name]["environment"]["LOOPDESK_DATABASE_URL"]
    assert CONTAINERS["postgres"]["environment"][f"{name.upper()}_DB_PASSWORD"] == own


def test_the_roles_are_made_with_the_database():
    assert "./deploy/service-roles.sql:/docker-entrypoint-initdb.d/service-roles.sql:ro" in CONTAINERS["postgres"]["volumes"]
    given = set(re.findall(r"^\\getenv \w+ (\w+)$", (ROOT / "deploy/service-roles.sql").read_text("utf-8"), re.MULTILINE))
    assert given == {f"{name.upper()}_DB_PASSWORD" for name in PORTS}


@pytest.mark.parametrize("name", PORTS)
def test_every_variable_is_one_the_code_reads(name):
    known = {one.variable for who in ("every service", name) for one in described()[who]}
    given = {*image_environment(), *ours()[name]["environment"]}
    # Every setting that the image gives to all is read by one of them.
    anybody = {one.variable for variables in described().values() for one in variables}
    assert {variable for variable in ours()[name]["environment"] if variable not in known} == set()
    assert {variable for variable in given if variable not in anybody} == set()


def test_what_the_operator_must_give_is_written_down():
    manual = (ROOT / "docs/operating.md").read_text("utf-8")
    assert {name for name in wanted_of_the_operator() if name not in manual} == set()


def test_what_the_image_copies_is_there_and_not_left_out():
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = [name for line in of_image("COPY") for name in line.split()[:-1]]
    assert [name for name in copied if not (ROOT / name).exists() or name not in let_in] == []
    assert of_image("WORKDIR") == [INSIDE]


def test_folders_named_by_the_image_are_in_it():
    named = [path for value in image_environment().values() for path in value.split(":") if path.startswith(INSIDE)]
    assert named != []
    assert [path for path in named if not (ROOT / path.removeprefix(f"{INSIDE}/")).is_dir()] == []


def test_every_mounted_file_is_there():
    mounts = [volume.split(":")[0] for one in compose()["services"].values() for volume in one.get("volumes", [])]
    files = [mount for mount in mounts if mount.startswith("./")]
    assert len(files) >= 4
    assert [file for file in files if not (ROOT / file).is_file()] == []
    assert {mount for mount in mounts if not mount.startswith("./")} == set(compose()["volumes"])


def test_the_broker_is_set_as_the_one_the_tests_run_on():
    given = {name: str(value) for name, value in compose()["services"]["kafka"]["environment"].items()}
    same = {f"KAFKA_{name.upper().replace('.', '_')}": value for name, value in SETTINGS.items()
            if name not in OWN_OF_THE_BROKER | QUICKER_IN_TESTS}  # fmt: skip
    assert len(same) >= 7
    assert {name: given.get(name) for name in same} == same


def test_prometheus_asks_every_service_and_knows_its_name():
    config = yaml.safe_load((ROOT / "deploy/monitoring/prometheus.yml").read_text("utf-8"))
    asked = {one["labels"]["service"]: one["targets"] for one in config["scrape_configs"][0]["static_configs"]}
    assert asked == {name: [f"{name}:{port}"] for name, port in PORTS.items()}


def test_prometheus_and_grafana_have_every_file_that_the_code_ships():
    shipped = {str(path.relative_to(ROOT)) for path in (ROOT / "deploy/monitoring").rglob("*") if path.is_file()}
    mounts = [volume.split(":")[0] for one in compose()["services"].values() for volume in one.get("volumes", [])]
    assert shipped == {mount.removeprefix("./") for mount in mounts if mount.startswith("./deploy/monitoring/")}
