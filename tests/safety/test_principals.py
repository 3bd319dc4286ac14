"""A person's key acts in no other name: every route whose body says who does it is found by itself, and tried."""

import pytest
import yaml

from libs.web.keys import new_key
from services.__main__ import PORTS
from tests.safety.asking import Operation, answer, app_with, asked, operations, sample

pytestmark = pytest.mark.slow

GIVING = {"routing.assign_case_id", "routing.handover_node"}
"""Here the agent is to whom something is given."""

NAMING = [one for one in operations() if "agent" in (one.body() or {}).get("properties", {})]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    made = {"wei": new_key("wei's", ["*"], "wei"), "": new_key("crm", ["*"])}
    (folder / "keys.yaml").write_text(yaml.safe_dump([entry for _, entry in made.values()]))
    return {name: app_with(name, folder / "keys.yaml") for name in PORTS}, {who: plain for who, (plain, _) in made.items()}


def test_there_are_such_routes():
    assert {one.name for one in NAMING} > GIVING and {one.service for one in NAMING} == {"intake", "routing", "analytics"}


@pytest.mark.parametrize("operation", NAMING, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("person", "agent", "refuses"), [("wei", "mei", True), ("wei", "wei", False), ("wei", "", False), ("", "mei", False)]
)
async def test_nobody_else_is_named(guarded, operation: Operation, person, agent, refuses):
    apps, plain = guarded
    target = apps[operation.service]
    body = sample(operation.service, operation.body()) | {"agent": agent}
    response = await answer(target, asked(target, operation, {"Authorization": f"Bearer {plain[person]}"}, body=body))
    is_refused = (response.status_code, response.json()["type"]) == (403, "/problems/not-yourself")
    assert is_refused is (refuses and operation.name not in GIVING), response.text
    assert is_refused or response.status_code == 503, "it went on to where the database is asked"
