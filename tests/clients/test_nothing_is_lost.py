"""A client generated from our description sends and reads every field: none is dropped on the way."""

import importlib
from collections.abc import Iterator

import pytest

from services.__main__ import PORTS
from tests.clients.generated import Generated, fullest, generated
from tests.safety.asking import app

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Generated]]:
    with generated(tmp_path_factory.mktemp("clients"), {name: app(name).openapi() for name in PORTS}) as made:
        yield made


@pytest.mark.parametrize("service", PORTS)
def test_every_operation_has_its_function(clients: dict[str, Generated], service: str) -> None:
    client = clients[service]
    assert client.operations
    assert all(client.takes(operation) for operation in client.operations)


@pytest.mark.parametrize("service", PORTS)
def test_every_shape_comes_back_as_it_went(clients: dict[str, Generated], service: str) -> None:
    client = clients[service]
    models = importlib.import_module(f"{client.package.__name__}.models")
    classes = {name.casefold(): one for name, one in vars(models).items() if isinstance(one, type)}
    shapes = {name: schema for name, schema in client.document["components"]["schemas"].items() if schema.get("type") == "object"}
    lost = {}
    for name, schema in shapes.items():
        value = fullest(client.document, schema)
        model = classes[name.replace("_", "").casefold()]
        if (back := model.from_dict(value).to_dict()) != value:
            lost[name] = (value, back)
    assert shapes and lost == {}


@pytest.mark.parametrize("service", PORTS)
def test_every_body_is_sent_as_it_was_given(clients: dict[str, Generated], service: str) -> None:
    client, sent = clients[service], 0
    for operation, (_, _, told) in client.operations.items():
        content = told.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        given = fullest(client.document, content["schema"])
        model = client.model(operation)
        assert model is not None and model.from_dict(given).to_dict() == given, operation
        sent += 1
    assert sent or service == "survey"


@pytest.mark.parametrize("service", PORTS)
def test_no_map_is_said_in_a_way_that_generators_drop(service: str) -> None:
    assert "patternProperties" not in str(app(service).openapi())
