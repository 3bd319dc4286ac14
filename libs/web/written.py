"""YAML that people write: an entry that stands twice is an error, because plain YAML would silently take the last."""

import json
from datetime import date
from typing import Any

import yaml


class _Once(yaml.SafeLoader):
    """Refuses an entry that is written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            word = str(key.value)
            if word in seen:
                raise yaml.MarkedYAMLError(None, None, f"the entry {word!r} is written twice; write it once", key.start_mark)
            seen.add(word)
        return super().construct_mapping(node, deep)


def read_yaml(text: str) -> Any:
    """Return what a text says, or raise YAMLError with the place of what is wrong."""
    return yaml.load(text, _Once)  # noqa: S506  (a safe loader)


def json_of(read: Any) -> str:
    """Return as JSON what a text said: a date or an instant is text there, also where it is the name of an entry."""
    return json.dumps(_by_text(read), default=_text)


def _by_text(read: Any) -> Any:
    # `default` is asked for values only.
    if isinstance(read, dict):
        return {_text(name) if isinstance(name, date) else name: _by_text(value) for name, value in read.items()}
    return [_by_text(one) for one in read] if isinstance(read, list) else read


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
