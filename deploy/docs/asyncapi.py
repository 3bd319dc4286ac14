"""docs/asyncapi.json: the log as an AsyncAPI 3.0.0 document, for tools and for other teams' code generators."""

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import yaml

from deploy.docs.cards import SERVICES, card, events_in
from deploy.docs.events import when_said
from libs import VERSION
from libs.events.log.envelope import SEQUENCE_MAX, Envelope
from libs.events.log.port import TopicSettings
from libs.events.log.schema import adapter
from libs.events.words.event import TYPES, EventType, Topic

CLOUDEVENT = "application/cloudevents+json"
ROOT = Path(__file__).parents[2]
KAFKA = {"bindingVersion": "0.5.0"}

Json = dict[str, Any]


def text() -> str:
    """Return the document as it is written to the file."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> Json:
    """Return the document."""
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": CLOUDEVENT,
        "channels": {topic.value: _channel(topic) for topic in Topic},
        "operations": _operations(),
        "components": {
            "messages": {kind.wire: _message(kind) for kind in TYPES.values()},
            "schemas": {"Envelope": _envelope(), **_data_schemas()},
        },
    }


def _info() -> Json:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {"title": "Loopdesk", "version": VERSION, "description": project["description"]}


def _channel(topic: Topic) -> Json:
    wanted = TopicSettings(topic, **yaml.safe_load((ROOT / "deploy" / "topics.yaml").read_text("utf-8"))[topic])
    configuration = {
        "cleanup.policy": [wanted.cleanup_policy],
        "retention.ms": wanted.retention_ms,
        "retention.bytes": wanted.retention_bytes,
        "message.timestamp.type": wanted.timestamp_type,
    }
    binding = {"topic": topic, "partitions": wanted.partitions, "topicConfiguration": configuration, **KAFKA}
    kinds = [kind for kind in TYPES.values() if topic in kind.lives]
    return {
        "address": topic,
        "messages": {kind.wire: {"$ref": f"#/components/messages/{kind.wire}"} for kind in kinds},
        "bindings": {"kafka": binding},
    }


def _operations() -> Json:
    operations: Json = {}
    for service in SERVICES:
        spoken = (kind.lives.values() for kind in TYPES.values() if kind.owner == service)
        operations |= _operation(service, "send", [one for each in spoken for one in each])
        if found := card(service):
            operations |= _operation(service, "receive", events_in(found.hears))
    return operations


def _operation(service: str, action: str, kinds: list[EventType]) -> Json:
    """Return one operation per topic that a service speaks on or listens to."""
    verb = {"send": "says", "receive": "hears"}[action]
    topics = {topic: [kind for kind in kinds if kind.topic is topic] for topic in Topic}
    return {
        f"{service}.{verb}.{topic}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic}"},
            "summary": f"The events that {service} {verb} on {topic}.",
            "messages": [{"$ref": f"#/channels/{topic}/messages/{kind.wire}"} for kind in found],
        }
        for topic, found in topics.items()
        if found
    }


def _message(kind: EventType) -> Json:
    narrowed = {
        "type": "object",
        "properties": {
            "type": {"const": kind.wire},
            "source": {"const": f"/services/{kind.owner}"},
            "data": {"$ref": f"#/components/schemas/{kind.cls.__name__}"},
        },
    }
    return {
        "name": kind.wire,
        "title": kind.cls.__name__,
        "summary": when_said(kind),
        "contentType": CLOUDEVENT,
        "payload": {"allOf": [{"$ref": "#/components/schemas/Envelope"}, narrowed]},
        "bindings": {"kafka": {"key": {"type": "string"}, **KAFKA}},
        "examples": [{"name": "golden", "payload": _golden(kind)}],
    }


def _golden(kind: EventType) -> Any:
    return json.loads((ROOT / "tests" / "golden" / f"{kind.wire}.json").read_bytes())


def _envelope() -> Json:
    """Return the envelope's schema, with the two things that msgspec leaves out: instants, and CloudEvents' Integer."""
    _, components = msgspec.json.schema_components([Envelope], ref_template="#/components/schemas/{name}")
    schema: Json = components["Envelope"]
    properties = schema["properties"]
    properties["specversion"]["const"] = "1.0"
    properties["sequence"] |= {"minimum": 0, "maximum": SEQUENCE_MAX}
    for name in ("time", "recordedtime"):
        properties[name]["format"] = "date-time"
    for name in ("source", "type", "subject"):
        properties[name]["minLength"] = 1
    return schema


def _data_schemas() -> Json:
    schemas: Json = {}
    for kind in TYPES.values():
        schema = adapter(kind.cls).json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[kind.cls.__name__] = schema
    return dict(sorted(schemas.items()))
