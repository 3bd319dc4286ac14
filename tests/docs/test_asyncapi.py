"""The AsyncAPI document is valid by the AsyncAPI project's own schema, and describes the bytes we really write."""

import copy
import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from jsonschema.validators import validator_for
from jsonschema_specifications import REGISTRY

from deploy.docs import asyncapi
from libs.events.words.event import TYPES, Topic

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"


@cache
def official():
    """A validator that looks nothing up on a network: a registry of its own, without a way to retrieve."""
    schema = json.loads((HERE / "asyncapi-3.0.0.schema.json").read_text("utf-8"))
    assert validator_for(schema) is jsonschema.Draft7Validator
    return jsonschema.Draft7Validator(schema, registry=REGISTRY)


@cache
def document():
    return asyncapi.document()


def resolved(reference):
    found = document()
    for part in reference["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_the_document_is_valid_by_the_official_schema():
    assert [f"{list(error.path)}: {error.message}" for error in official().iter_errors(document())] == []


@pytest.mark.parametrize(
    ("why", "break_it"),
    [
        ("no info", lambda d: d.pop("info")),
        ("another version", lambda d: d.update(asyncapi="2.6.0")),
        ("an unknown key", lambda d: d.update(topics={})),
        ("an action that is none", lambda d: d["operations"]["intake.says.cases"].update(action="publish")),
        ("an operation without a channel", lambda d: d["operations"]["intake.says.cases"].pop("channel")),
        ("messages written out, not referred to", lambda d: d["operations"]["intake.says.cases"].update(messages=["x"])),
        ("no partitions", lambda d: d["channels"]["cases"]["bindings"]["kafka"].update(partitions=0)),
        ("a binding of no known version", lambda d: d["channels"]["cases"]["bindings"]["kafka"].update(bindingVersion="9")),
        ("a message with an unknown key", lambda d: d["components"]["messages"]["case.closed.v1"].update(topic="cases")),
        ("a type that is none", lambda d: d["components"]["schemas"]["CaseClosed"].update(type="record")),
    ],
)  # fmt: skip
def test_the_official_schema_notices(why, break_it):
    broken = copy.deepcopy(document())
    break_it(broken)
    assert not official().is_valid(broken)


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def test_every_reference_leads_somewhere():
    for reference in references(document()):
        assert resolved(reference)


def test_there_is_a_channel_per_topic():
    assert document()["channels"].keys() == {topic.value for topic in Topic}


@pytest.mark.parametrize(("topic", "partitions"), [("cases", 12), ("standards", 1), ("quality", 12)])
def test_channels_are_kept_for_ever_and_never_compacted(topic, partitions):
    kafka = document()["channels"][topic]["bindings"]["kafka"]
    assert kafka["partitions"] == partitions
    assert kafka["topicConfiguration"] == {
        "cleanup.policy": ["delete"],
        "retention.ms": -1,
        "retention.bytes": -1,
        "message.timestamp.type": "LogAppendTime",
    }


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.wire)
def test_exactly_its_owner_says_an_event(kind):
    messages = {f"{kind.owner}.says.{topic}": {"$ref": f"#/channels/{topic}/messages/{kind.wire}"} for topic in kind.lives}
    operations = document()["operations"].items()
    sent = {
        name: one for name, said in operations if said["action"] == "send" for one in said["messages"] if one in messages.values()
    }
    assert sent == messages


def payload_validator(wire):
    """The payload as a schema of its own, with the document's components behind its references."""
    payload = document()["components"]["messages"][wire]["payload"]
    return jsonschema.Draft7Validator(payload | {"components": document()["components"]})


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.wire)
def test_the_golden_bytes_are_what_the_document_describes(kind):
    payload_validator(kind.wire).validate(json.loads((GOLDEN / f"{kind.wire}.json").read_bytes()))


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("of another type", {"type": "case.closed.v1"}),
        ("said by another service", {"source": "/services/sla"}),
        ("data of another shape", {"data": {"channel": "phone"}}),
        ("a sequence beyond CloudEvents' Integer", {"sequence": 2**31}),
        ("CloudEvents 0.3", {"specversion": "0.3"}),
        ("about nothing", {"subject": ""}),
    ],
)
def test_the_document_does_not_describe(why, change):
    event = json.loads((GOLDEN / "case.registered.v1.json").read_bytes())
    assert not payload_validator("case.registered.v1").is_valid(event | change)
