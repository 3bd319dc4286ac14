"""Every route asks for one scope: with it, it opens; with all others together, or without a key, it does not."""

import json
from pathlib import Path

import pytest
import yaml

from libs.web.keys import new_key
from services.__main__ import PORTS
from tests.safety.asking import Operation, answer, app_with, asked, operations
from tests.safety.scopes import SCOPES

pytestmark = pytest.mark.slow

OPEN = {"alive", "ready", "scrape", "get_problem", "get_form", "post_form"}
"""What asks for no key: the operation of the service, and the customer's form, whose address is its key."""

SCOPE_OF = {name: scope for scope, names in SCOPES.items() for name in names}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """The five apps with a key for each scope, and for each scope a key with all the others."""
    folder: Path = tmp_path_factory.mktemp("keys")
    plain, entries = {}, []
    for scope in SCOPES:
        plain[scope], one = new_key(scope, [scope])
        plain[f"not {scope}"], rest = new_key(f"not {scope}", sorted(SCOPES.keys() - {scope}))
        entries += [one, rest]
    (folder / "keys.yaml").write_text(yaml.safe_dump(entries))
    return {name: app_with(name, folder / "keys.yaml") for name in PORTS}, plain


GUARDED = [one for one in operations() if one.told["operationId"] not in OPEN]


def test_every_route_is_in_the_table():
    assert {one.name for one in GUARDED} == SCOPE_OF.keys()
    assert all(one.is_open == (one.told["operationId"] in OPEN) for one in operations())


@pytest.mark.parametrize("operation", GUARDED, ids=lambda one: one.name)
async def test_a_route_opens_to_its_scope_and_to_no_other(guarded, operation: Operation):
    apps, plain = guarded
    target, scope = apps[operation.service], SCOPE_OF[operation.name]

    async def status(**headers: str) -> int:
        response = await answer(target, asked(target, operation, headers))
        if response.status_code in (401, 403):
            assert response.headers["Content-Type"] == "application/problem+json"
            assert response.status_code == 401 or scope in response.json()["detail"]
        return response.status_code

    assert await status() == 401
    assert await status(Authorization="Bearer loopdesk_wrong") == 401
    assert await status(Authorization=f"Bearer {plain[f'not {scope}']}") == 403
    assert await status(**{"X-API-Key": plain[f"not {scope}"]}) == 403
    assert await status(Authorization=f"Bearer {plain[scope]}") not in (401, 403)
    assert await status(**{"X-API-Key": plain[scope]}) not in (401, 403)


def test_the_manual_names_every_scope():
    manual = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")
    assert [scope for scope in SCOPES if f"`{scope}`" not in manual] == []


def test_a_key_is_nowhere_in_its_file_or_in_the_description(guarded):
    apps, plain = guarded
    for target in apps.values():
        keys_file = target.state.keyring._path.read_text()
        assert not any(key in keys_file or key in json.dumps(target.openapi()) for key in plain.values())
